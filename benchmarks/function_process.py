"""A function as a Lambda process: awslambdaric on the built artefact, and what it costs, read from outside."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from runtime_api import RuntimeApi
from runtime_emulator import PYTHON, lambda_environment


def cpu_seconds(process_id: int) -> float:
    """What a process has used of the processor so far, user and system, all its threads, those that ended too."""
    return time.clock_gettime(~process_id << 3 | 2)  # clock_getcpuclockid(3), which Python does not have


class FunctionProcess:
    """One process, for as long as the `with` block lasts; ready for its first event when the block begins.

    `init` is Lambda's Init Duration: the seconds from the start of the runtime's process to its asking for the first
    event, so the interpreter's own start is in it. Raises FunctionFailed.
    """

    def __init__(self, code: Path, layer: Path | None, handler: str, variables: Mapping[str, str]) -> None:
        self._code, self._handler = code, handler
        self._environment = lambda_environment(code, layer, timeout=28, memory=1024) | dict(variables)

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self._api = cleanup.enter_context(RuntimeApi())
            log = cleanup.enter_context(tempfile.TemporaryFile())
            started = time.perf_counter()
            self._process = subprocess.Popen(
                [PYTHON, "-m", "awslambdaric", self._handler],
                cwd=self._code,
                env=self._environment | {"AWS_LAMBDA_RUNTIME_API": self._api.address},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            cleanup.callback(self._stop)
            self.init = self._api.wait_until_ready() - started
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def invoke(self, event: bytes) -> tuple[bytes, float]:
        """The answer to an event, both in JSON, and the seconds that it took. Raises FunctionFailed."""
        answer, seconds = self._api.invoke(event)
        self._api.wait_until_ready()
        return answer, seconds

    def cpu_seconds(self) -> float:
        """What the process has used of the processor so far."""
        return cpu_seconds(self._process.pid)

    def peak_memory(self) -> int:
        """The most that the process has held in memory, in bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

    def _stop(self) -> None:
        with self._process, suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
