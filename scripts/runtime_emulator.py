"""A built function, run by AWS's own Runtime Interface Emulator: Lambda's runtime without Docker and without AWS.

The function sees what Lambda gives it (awslambdaric and boto3), its layer, and nothing else of this machine, so that a
missing dependency shows. The emulator, which aws-sam-cli ships, enforces the timeout and the payload limits.
"""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

import samcli

from local_build import ARCHITECTURE, REGION, ROOT, SetUpError

PYTHON = ROOT / ".tools/runtime/bin/python"
EMULATOR = Path(samcli.__file__).parent / f"local/rapid/aws-lambda-rie-{ARCHITECTURE}"
INVOCATIONS = "/2015-03-31/functions/function/invocations"
MAX_PAYLOAD_BYTES = 6 * 1024**2 + 100
"""Of a request and of a response, as Lambda counts. The emulator cuts a longer request off."""

START_SECONDS = 10
STOP_SECONDS = 5
PATIENCE_SECONDS = 60
"""How long an answer may take beyond the function's own timeout, on a machine that has more to do."""


class FunctionFailed(Exception):
    """Lambda would report a function error: `kind` is its errorType."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


def lambda_environment(code: Path, layer: Path | None, *, timeout: int, memory: int) -> dict[str, str]:
    """The variables that Lambda sets for a function, and those by which it finds its code and its layer here."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": os.pathsep.join(str(path) for path in (code, layer and layer / "python") if path),
        "PYTHONDONTWRITEBYTECODE": "1",  # on Lambda the code is read-only
        "LAMBDA_TASK_ROOT": str(code),
        "AWS_LAMBDA_FUNCTION_NAME": code.name,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


class RuntimeEmulator:
    """A function in its runtime, for as long as the `with` block lasts; started by its first call, as on Lambda.

    `code` is the function's built folder, `layer` that of its layer, `timeout` in seconds, `memory` in MB (told to the
    function, not enforced). Raises SetUpError.
    """

    def __init__(
        self,
        code: Path,
        layer: Path | None = None,
        handler: str = "app.handler",
        *,
        variables: Mapping[str, str] | None = None,
        timeout: int = 3,
        memory: int = 128,
    ) -> None:
        if not PYTHON.exists() or not EMULATOR.exists():
            raise SetUpError("Lambda's runtime is not installed: make test installs it, on Linux")
        self._code, self._handler = code, handler
        self._timeout = timeout
        self._environment = lambda_environment(code, layer, timeout=timeout, memory=memory) | dict(variables or {})

    def __enter__(self) -> Self:
        self._port, runtime_api_port = _free_ports()
        with ExitStack() as cleanup:
            folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="okd-dms-"))
            self._log = Path(folder, "log")
            output = cleanup.enter_context(self._log.open("wb"))
            self._process = subprocess.Popen(
                [
                    *(EMULATOR, "--log-level", "error"),
                    *("--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"),
                    *("--runtime-api-address", f"127.0.0.1:{runtime_api_port}"),
                    *(PYTHON, "-m", "awslambdaric", self._handler),
                ],
                cwd=self._code,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            cleanup.callback(self._stop)
            self._wait_until_ready()
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def invoke(self, event: Any) -> Any:
        """The function's answer to an event, both as JSON. Raises FunctionFailed as Lambda reports it."""
        timeout = self._timeout + PATIENCE_SECONDS
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=timeout)) as connection:
            connection.request("POST", INVOCATIONS, json.dumps(event, ensure_ascii=False).encode())
            response = connection.getresponse()
            status, payload = response.status, response.read()
        if payload.startswith(b"Task timed out"):
            raise FunctionFailed("Sandbox.Timedout", payload.decode())
        if not payload:
            raise FunctionFailed("Runtime.ExitError", "the runtime ended without an answer")
        answer = json.loads(payload)
        if status != HTTPStatus.OK or (isinstance(answer, dict) and "errorType" in answer):
            raise FunctionFailed(answer["errorType"], answer["errorMessage"])
        return answer

    def log(self) -> str:
        """What the function and the emulator wrote."""
        return self._log.read_text(errors="replace")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(0.02)
        raise SetUpError(f"the Runtime Interface Emulator did not start\n{self.log()}")

    def _stop(self) -> None:
        """End the emulator, which ends its runtime."""
        with self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
