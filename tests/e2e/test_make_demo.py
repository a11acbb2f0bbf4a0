"""`make demo` as its user sees it: it ends well, shows what it did, and leaves no process."""

import re
import subprocess
import time
from pathlib import Path

import pytest

from processes import descendants, processes, without_make

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, set[int]]:
    """Its exit status, all that it said, and every process that it was seen to start."""
    log = tmp_path_factory.mktemp("demo") / "log"
    started: set[int] = set()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["make", "demo"], cwd=ROOT, env=without_make(), stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        while process.poll() is None:
            started |= descendants(process.pid)
            time.sleep(0.05)
    return process.returncode, log.read_text(encoding="utf-8"), started


def test_it_ends_well_and_says_so(demo: tuple[int, str, set[int]]) -> None:
    status, said, _ = demo
    assert status == 0, said
    assert said.splitlines()[-1].startswith("All five documents came back bit for bit.")
    assert said.count("exactly as sent") == 5


def test_it_leaves_no_process(demo: tuple[int, str, set[int]]) -> None:
    _, _, started = demo
    assert len(started) > 1
    assert started & processes().keys() == set()


def test_a_file_that_its_lines_name_is_there_to_repeat_them(demo: tuple[int, str, set[int]]) -> None:
    _, said, _ = demo
    named = set(re.findall(r"(?:@|-T ')(\.demo/[^'\s]+)", said))
    assert len(named) > 6
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
