"""What `sam build` makes for each processor: compiled modules of that processor alone, and bytecode of every module."""

import importlib.util
import marshal
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

import local_build
import template

MACHINES = {"x86_64": 62, "arm64": 183}
"""Architecture → e_machine of its ELF files (EM_X86_64, EM_AARCH64)."""


def machines(folder: Path) -> Iterator[int]:
    """The e_machine of every ELF file, whatever its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(20)
            if head.startswith(b"\x7fELF"):
                yield struct.unpack_from("<H", head, 18)[0]


@pytest.fixture(scope="module", params=template.load()["Parameters"]["Architecture"]["AllowedValues"])
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def built(architecture: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("build")
    if architecture == local_build.ARCHITECTURE:
        return local_build.build(home)
    local_build.sam(
        *("build", "--template-file", str(local_build.ROOT / "template.yaml"), "--build-dir", str(home / "build")),
        *("--no-cached", "--parallel", "--parameter-overrides", f"Architecture={architecture}"),
        home=home,
    )
    return home / "build"


def test_every_function_and_the_layer_are_built(built: Path) -> None:
    parts = template.functions().keys() | template.resources("AWS::Serverless::LayerVersion").keys()
    assert {path.name for path in built.iterdir() if path.is_dir()} == parts


def test_every_compiled_module_is_for_this_processor(built: Path, architecture: str) -> None:
    assert set(machines(built)) == {MACHINES[architecture]}


def test_the_layer_ships_bytecode_that_no_date_can_outdate_and_no_place_tells_apart(built: Path) -> None:
    """By hash and unchecked, since SAM's zip dates every file 1980 and nothing changes on Lambda (PEP 552)."""
    libraries = built / "DmsLayer/python"
    modules = {path for path in libraries.rglob("*.py") if "data" not in path.parts}
    assert {path.name for path in modules} >= {"vault.py", "main.py", "multipart.py"}
    for module in modules:
        compiled = Path(importlib.util.cache_from_source(str(module))).read_bytes()
        assert compiled[:4] == importlib.util.MAGIC_NUMBER, module
        assert struct.unpack("<L", compiled[4:8]) == (0b01,), module
        assert marshal.loads(compiled[16:]).co_filename == f"/opt/python/{module.relative_to(libraries)}"  # noqa: S302


def test_the_layer_holds_nothing_but_packages(built: Path) -> None:
    assert not (built / "DmsLayer/python/bin").exists()
