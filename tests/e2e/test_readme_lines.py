"""Every shell line of the README runs as it stands there, in order, and prints what the README says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import exam_papers
import readme
from local_stack import LocalStack

SHOWN = [line for block in readme.blocks("console") if not block.not_run for line in readme.lines(block)]


@pytest.fixture(scope="module")
def printed(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each line prints. One shell runs them all, beside the papers that the demo leaves."""
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    folder = tmp_path_factory.mktemp("readme")
    (folder / ".demo").mkdir()
    exam_papers.write(folder / ".demo")
    mark = "-- the next line --"
    script = f"\necho '{mark}'\n".join(line.command for line in SHOWN)
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "API": stack.api, "no_proxy": "localhost"}
    done = subprocess.run(["sh", "-c", script], cwd=folder, env=known, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [each.strip("\n") for each in done.stdout.split(mark)]


@pytest.mark.parametrize("number", range(len(SHOWN)), ids=lambda number: SHOWN[number].command[:60])
def test_a_line_prints_what_the_readme_says(printed: list[str], number: int) -> None:
    pattern = re.escape(SHOWN[number].prints).replace("…", ".*")
    assert re.fullmatch(pattern, printed[number])


def test_a_line_that_is_not_run_says_why() -> None:
    reasons = [block.not_run for block in readme.blocks("console") if block.not_run]
    assert len(reasons) < len(readme.blocks("console"))
    assert all(reasons)


def test_the_papers_that_the_readme_names_are_those_of_the_demo(tmp_path: Path) -> None:
    exam_papers.write(tmp_path)
    named = set(re.findall(r"\.demo/([\w.-]+)", readme.TEXT))
    assert named - {path.name for path in tmp_path.iterdir()} == {"ticket.json"}
