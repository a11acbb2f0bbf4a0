"""`make serve` as its user sees it: it says when it is ready, answers, and goes without leaving anything behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from processes import descendants, processes, without_make

ROOT = Path(__file__).parents[2]
END_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serve(port: int) -> Iterator[subprocess.Popen[str]]:
    """The command as typed: no make above it that would pass on its own settings."""
    with subprocess.Popen(
        ["make", "serve", f"PORT={port}"],
        cwd=ROOT,
        env=without_make(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def ready(serve: subprocess.Popen[str]) -> str:
    """What it prints up to the API's address."""
    assert serve.stdout
    printed = []
    for line in serve.stdout:
        printed.append(line)
        if line.startswith("API "):
            return "".join(printed)
    pytest.fail("".join(printed))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def terminate(serve: subprocess.Popen[str]) -> None:
    serve.terminate()


def press_ctrl_c(serve: subprocess.Popen[str]) -> None:
    os.killpg(serve.pid, signal.SIGINT)


@pytest.mark.parametrize("end", [terminate, press_ctrl_c])
def test_it_prints_its_address_last_answers_and_leaves_nothing_behind(
    serve: subprocess.Popen[str], port: int, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    api = ready(serve).splitlines()[-1].removeprefix("API ")
    assert api.startswith(f"http://localhost:{port}/")
    assert api.endswith("/ooapi")
    answer = httpx.get(f"{api}/documents/11111111-2222-4333-8444-555555555555", trust_env=False, timeout=60)
    assert (answer.status_code, answer.json()["title"]) == (404, "Document not found")

    started = descendants(serve.pid)
    assert started
    end(serve)
    said_after, _ = serve.communicate(timeout=END_SECONDS)
    assert [line for line in said_after.splitlines() if not line.startswith("make: ")] == []
    assert started & processes().keys() == set()
    assert is_free(port)


def test_only_loopback_is_listened_on(serve: subprocess.Popen[str], port: int) -> None:
    ready(serve)
    with socket.socket() as elsewhere:
        elsewhere.settimeout(5)
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0


def test_a_port_that_is_taken_is_said_to_be(serve: subprocess.Popen[str], port: int) -> None:
    ready(serve)
    second = subprocess.run(
        [sys.executable, "scripts/local_stack.py", "--port", str(port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert f"port {port} cannot be used" in second.stderr
    assert "Traceback" not in second.stderr
