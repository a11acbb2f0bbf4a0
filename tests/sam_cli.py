"""`sam local` as the tests run it: containers of the built functions, which find the local stack by --env-vars."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_build import ARCHITECTURE, REGION, ROOT

SAM = ROOT / ".venv/bin/sam"
OUR_IMAGE = {
    "SAM_SKIP_PULL_IMAGE": "1",
    "SAM_CLI_TELEMETRY": "0",
    "SAM_CLI_CONTAINER_CONNECTION_TIMEOUT": "120",  # a shared machine takes its time
    "AWS_MAX_ATTEMPTS": "1",  # to find out whose the credentials are, each of them with a pause before the next
}
"""What makes SAM take the image that is there, and ask nothing of the network."""
START_SECONDS = 300
CALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class SamLocal:
    """`home` stands in for the caller's; `built` is the built template, and `env_vars` the file of variables."""

    home: Path
    built: Path
    env_vars: Path

    def environment(self) -> dict[str, str]:
        """Nothing of the caller's shows through: no credentials, no proxies, no settings of Docker's client."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "DOCKER_HOST": os.environ["DOCKER_HOST"],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            **OUR_IMAGE,
        }

    def _command(self, *arguments: str) -> list[str]:
        where = ("--template-file", str(self.built / "template.yaml"), "--env-vars", str(self.env_vars))
        how = ("--parameter-overrides", f"Architecture={ARCHITECTURE}", "--container-dns", "127.0.0.1")
        return [str(SAM), "local", *arguments, *where, *how]

    def invoke(self, function: str, event: Path) -> Any:
        """One call in a container made for it, as `sam local invoke` prints its answer."""
        command = self._command("invoke", function, "--event", str(event))
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, timeout=CALL_SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip(), done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    @contextmanager
    def start(self, kind: str) -> Iterator[str]:
        """Address of a `sam local start-<kind>` that keeps its containers warm, for as long as the block lasts."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = self._command(f"start-{kind}", "--port", str(port), "--warm-containers", "LAZY")
        log = self.home / f"start-{kind}.log"
        with serving(command, self.environment(), port, log):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def serving(command: list[str], environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """A server that listens, killed at the block's end. The containers that it leaves go with these tests' Docker."""
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _listens(port):
                assert process.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < deadline, log.read_text(errors="replace")
                time.sleep(0.2)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def invoke(client: Any, function: str, event: Any) -> Any:
    """A function's answer by Lambda's own API."""
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event, ensure_ascii=False).encode())
    payload = answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    return json.loads(payload)
