"""The README's own lines for `sam local`, as they stand there; only the image is not pulled but taken as it is."""

import os
import re
import shlex
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

import readme
from local_build import ROOT
from sam_cli import CALL_SECONDS, OUR_IMAGE, SAM, serving

PORT = 3000
"""On which `sam local start-api` listens unless told otherwise."""
BLOCKS = [block for block in readme.blocks("console") if "$ sam local" in block.text]


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


def test_the_readme_shows_how_to_build_to_invoke_and_to_start_the_api() -> None:
    shown = {re.match(r"(sam build|sam local [a-z-]+|)", line.command)[0] for b in BLOCKS for line in readme.lines(b)}  # type: ignore[index]
    assert shown >= {"sam build", "sam local invoke", "sam local start-api"}


@pytest.mark.usefixtures("endpoint")
def test_the_lines_of_the_readme_print_what_it_says(tmp_path: Path) -> None:
    log = tmp_path / "start-api.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | OUR_IMAGE
    environment["PATH"] = f"{SAM.parent}{os.pathsep}{environment['PATH']}"
    lines = [line for block in BLOCKS for line in readme.lines(block)]
    with ExitStack() as running:
        for line in lines:
            if line.command.startswith("export "):
                environment |= dict(pair.split("=", 1) for pair in shlex.split(line.command, comments=True)[1:])
            elif is_server(line):
                running.enter_context(serving(["sh", "-c", f"exec {line.command}"], environment, PORT, log))
            else:
                assert_printed(run(line.command, environment), line.prints)
    (server,) = filter(is_server, lines)
    assert_printed(log.read_text(), server.prints)
