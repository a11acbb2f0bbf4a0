"""`kill -9` of function processes of the local stack, by their ids: at an AWS call of theirs, or at any moment."""

import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from processes import processes

AVAILABLE = sys.platform == "linux"
"""Whose socket is whose is read from /proc."""


def function_processes(stack_pid: int) -> list[int]:
    """The processes in which functions run: MiniStack's children that were started for one."""
    return [pid for pid, parent in processes().items() if parent == stack_pid and b"_worker.py" in _command(pid)]


def kill_caller(stack_pid: int, port: int) -> bool:
    """Kill the function process that is connected from this port; False when none is."""
    wanted = _socket_at(port)
    for pid in function_processes(stack_pid):
        if wanted in _open_files(pid):
            return _kill(pid)
    return False


@contextmanager
def killing(stack_pid: int, calls: Callable[[], int], every: int, seed: int) -> Iterator[list[int]]:
    """Meanwhile one function process is killed for `every` so many calls, whatever it does; the ids of those killed."""
    killed: list[int] = []
    over, chance, due = threading.Event(), random.Random(seed), calls() + every

    def go_on() -> None:
        nonlocal due
        while not over.wait(0.02):
            if calls() >= due and (found := function_processes(stack_pid)):
                due += every
                pid = chance.choice(found)
                if _kill(pid):
                    killed.append(pid)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def _kill(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _socket_at(port: int) -> str:
    """The socket bound to this port of loopback, as it shows among the open files of a process; or nothing."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, *rest = line.split()
        if local == f"0100007F:{port:04X}" and rest[7] != "0":
            return f"socket:[{rest[7]}]"
    return ""


def _open_files(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(str(file.readlink()))
    return found
