"""What `sam build` makes for each processor: compiled modules of that processor alone, and bytecode of every module."""

import importlib.util
import json
import marshal
import re
import struct
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import botocore
import pytest

import lean_botocore
import local_build
import template

MACHINES = {"x86_64": 62, "arm64": 183}
"""Architecture → e_machine of its ELF files (EM_X86_64, EM_AARCH64)."""
LARGEST_LAYER = 41 * 1024**2
"""Unpacked, in bytes: a tenth more than it is. cryptography is a third of it."""


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


LAYER = "DmsLayer/python"
OUR_OWN = {"okd_dms", "requirements.txt", "__pycache__"}


def names_and_versions(built: Path) -> set[tuple[str, str]]:
    """The distributions in the built layer."""
    found = distributions(path=[str(built / LAYER)])
    return {(re.sub(r"[-_.]+", "-", each.name).lower(), each.version) for each in found}


def test_the_layer_holds_the_locked_packages_and_no_other(built: Path) -> None:
    lock = (template.ROOT / "layers/dms/requirements.txt").read_text(encoding="utf-8")
    assert names_and_versions(built) == set(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock, re.MULTILINE))


def test_every_file_in_the_layer_is_a_locked_packages_or_ours(built: Path) -> None:
    recorded = {
        str(file).partition("/")[0] for each in distributions(path=[str(built / LAYER)]) for file in each.files or []
    }
    folders = {path.name for path in (built / LAYER).iterdir()}
    strangers = {name for name in folders - recorded - OUR_OWN if not name.endswith(".data")}
    assert strangers == set()


def test_the_layer_brings_no_more_than_it_asks_for(built: Path) -> None:
    """Of what Lambda has, botocore alone, which must be the version that was tested."""
    assert not {name for name, _ in names_and_versions(built)} & {"boto3", "s3transfer", "awslambdaric"}
    folders = {path.name for path in (built / LAYER).rglob("*") if path.is_dir()}
    assert not folders & {"tests", "test", "testing", ".git"}
    left = {path.name for path in built.rglob("*") if path.suffix in {".pem", ".key", ".env", ".whl", ".gz"}}
    assert left == {"cacert.pem", "dateutil-zoneinfo.tar.gz"}, "authorities, and time zones"


def test_of_botocores_data_nothing_is_shipped_but_what_the_build_keeps(built: Path) -> None:
    """sam build runs the step; what it keeps has tests of its own."""
    shipped = built / LAYER / "botocore/data"
    kept = lean_botocore.lean(Path(botocore.__file__).parent / "data")
    assert {
        str(path.relative_to(shipped).with_suffix("")): json.loads(path.read_text()) for path in shipped.rglob("*.*")
    } == kept


def test_the_layer_stays_small(built: Path) -> None:
    """Lambda unpacks it at every cold start."""
    assert sum(path.stat().st_size for path in (built / LAYER).rglob("*") if path.is_file()) < LARGEST_LAYER


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
