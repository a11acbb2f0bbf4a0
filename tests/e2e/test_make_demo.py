"""`make demo` as its user sees it: it ends well, shows what it did, and leaves no process."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from processes import descendants, processes, without_make

ROOT = Path(__file__).parents[2]


type Run = tuple[int, str, set[int]]


def without_curl(folder: Path) -> str:
    """A PATH with every command of ours but curl."""
    for directory in reversed(os.environ["PATH"].split(os.pathsep)):
        for command in Path(directory).glob("*"):
            if command.name != "curl":
                link = folder / command.name
                link.unlink(missing_ok=True)
                link.symlink_to(command)
    return str(folder)


def run(log: Path, environment: dict[str, str], *settings: str) -> Run:
    """Its exit status, all that it said, and every process that it was seen to start."""
    started: set[int] = set()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["make", "demo", *settings], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        while process.poll() is None:
            started |= descendants(process.pid)
            time.sleep(0.05)
    return process.returncode, log.read_text(encoding="utf-8"), started


@pytest.fixture(scope="module")
def with_curl(tmp_path_factory: pytest.TempPathFactory) -> Run:
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    return run(tmp_path_factory.mktemp("demo") / "log", without_make())


@pytest.fixture(scope="module")
def with_stand_in(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = without_curl(tmp_path_factory.mktemp("commands"))
    return run(tmp_path_factory.mktemp("demo") / "log", without_make() | {"PATH": path})


@pytest.fixture(scope="module")
def with_tokens(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = without_curl(tmp_path_factory.mktemp("commands"))
    return run(tmp_path_factory.mktemp("demo") / "log", without_make() | {"PATH": path}, "AUTH=1")


@pytest.fixture(params=["with_curl", "with_stand_in", "with_tokens"])
def demo(request: pytest.FixtureRequest) -> Run:
    ran: Run = request.getfixturevalue(request.param)
    return ran


def test_it_ends_well_and_says_so(demo: Run) -> None:
    status, said, _ = demo
    assert status == 0, said
    assert said.splitlines()[-1].startswith("All five documents came back bit for bit.")
    assert said.count("exactly as sent") == 5 + 2  # and two versions of the first
    assert "versie 3: metagegevens, versie 2: inhoud, versie 1: aanlevering" in said
    assert said.rstrip().splitlines()[-3].strip() == "404  Document not found"


def test_it_leaves_no_process(demo: Run) -> None:
    _, _, started = demo
    assert len(started) > 1
    assert started & processes().keys() == set()


def test_a_file_that_its_lines_name_is_there_to_repeat_them(demo: Run) -> None:
    _, said, _ = demo
    named = set(re.findall(r"(?:@|-T ')(\.demo/[^'\s]+)", said))
    assert len(named) > 6
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_its_lines_and_their_outcomes_are_the_same_without_curl(with_curl: Run, with_stand_in: Run) -> None:
    lines = [[line for line in said.splitlines() if line.startswith("  ")] for _, said, _ in (with_curl, with_stand_in)]
    assert lines[0] == lines[1]


def test_with_tokens_it_shows_who_is_turned_away(with_tokens: Run, with_stand_in: Run) -> None:
    _, said, _ = with_tokens
    refused = {"401  Unauthorized: ": 2, "403  Forbidden: ": 1, "404  Document not found: ": 2}
    assert {refusal: said.count(f"    {refusal}") for refusal in refused} == refused
    assert "AuthMode=none" not in said
    assert "AuthMode=none" in with_stand_in[1]
