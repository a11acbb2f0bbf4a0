"""The README's own lines for `sam local`, as they stand there; only the image is not pulled but taken as it is."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

import curl
import exam_papers
import readme
from local_build import ROOT
from sam_cli import CALL_SECONDS, OUR_IMAGE, SAM, serving

PORT = 3000
"""On which `sam local start-api` listens unless told otherwise."""
LINES = [line for block in readme.blocks("console") if "$ sam local" in block.text for line in readme.lines(block)]


def is_server(line: readme.Line) -> bool:
    """Whether it stays up, for the lines that follow to call it."""
    return line.command.startswith("sam local start-api")


def run(command: str, environment: dict[str, str]) -> str:
    """What a line prints. To build, SAM downloads packages, in the network in which we were started."""
    outside = ("nsenter", f"--net=/proc/{os.getppid()}/ns/net", "--") if command.startswith("sam build") else ()
    done = subprocess.run(
        [*outside, "sh", "-c", command],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=CALL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def assert_printed(printed: str, shown: str) -> None:
    """… stands for anything, also between what is printed before and after."""
    pattern = ".*".join(re.escape(part) for part in f"…{shown}…".split("…"))
    assert re.fullmatch(pattern, printed, re.DOTALL), printed


def test_the_readme_shows_how_to_build_to_invoke_and_to_call_the_api() -> None:
    shown = " ".join(line.command for line in LINES)
    for command in ("sam build", "sam local invoke", "sam local start-api", f"curl -s http://127.0.0.1:{PORT}/"):
        assert command in shown


@pytest.fixture
def user(tmp_path: Path) -> dict[str, str]:
    """The variables of somebody with SAM on the path, and without an account on AWS."""
    if not shutil.which("curl"):
        stand_in = tmp_path / "curl"
        stand_in.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(curl.STAND_IN)])} "$@"\n')
        stand_in.chmod(0o755)
    path = f"{SAM.parent}{os.pathsep}{os.environ['PATH']}{os.pathsep}{tmp_path}"
    no_account = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return own | {"PATH": path} | no_account | OUR_IMAGE


@pytest.mark.usefixtures("endpoint")
def test_the_lines_of_the_readme_print_what_it_says(user: dict[str, str], tmp_path: Path) -> None:
    papers = ROOT / ".demo"
    papers.mkdir(exist_ok=True)
    (papers / ".gitignore").write_text("*\n")
    exam_papers.write(papers)
    log = tmp_path / "start-api.log"
    with ExitStack() as running:
        for line in LINES:
            if line.command.startswith("export "):
                user |= dict(pair.split("=", 1) for pair in shlex.split(line.command)[1:])
            elif is_server(line):
                running.enter_context(serving(["sh", "-c", f"exec {line.command}"], user, PORT, log))
            else:
                assert_printed(run(line.command, user), line.prints)
    (server,) = filter(is_server, LINES)
    assert_printed(log.read_text(), server.prints)
