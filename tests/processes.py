"""Processes on this machine, to see that what we start ends with everything that it started."""

import os
import subprocess


def processes() -> dict[int, int]:
    """Every process that has not ended, by id, with its parent's."""
    listed = subprocess.run(["ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def descendants(pid: int) -> set[int]:
    """What it started, and what that started in turn."""
    parents = processes()
    found, new = set(), {pid}
    while new:
        found |= new
        new = {child for child, parent in parents.items() if parent in new} - found
    return found - {pid}


def without_make() -> dict[str, str]:
    """Our environment, less what a make above us would hand on to a make below."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
