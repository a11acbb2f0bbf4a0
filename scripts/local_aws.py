"""MiniStack, which plays AWS on this machine: one process with its workers, one socket on loopback, no Docker."""

import os
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local_build import REGION, ROOT, SetUpError

PYTHON = ROOT / ".tools/ministack/bin/python"
START_SECONDS = 30
STOP_SECONDS = 10
ROOT_CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}

# Its stdin is a pipe from us, which closes however we end: then it goes too, with its whole process group.
PROGRAM = """
import os, signal, threading
threading.Thread(target=lambda: (os.read(0, 1), os.killpg(0, signal.SIGKILL)), daemon=True).start()
from ministack.app import main
main()
"""


class LocalAws:
    """A running MiniStack that enforces IAM. `home` takes its files; `stop` ends it and every worker."""

    def __init__(self, port: int, home: Path) -> None:
        if not PYTHON.exists():
            raise SetUpError("the local AWS is not installed: make serve, make demo and make test install it")
        self.port = _free_port(port)
        self.endpoint = f"http://localhost:{self.port}"
        self._log = home / "ministack.log"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [PYTHON, "-c", PROGRAM],
                env=_environment(self.port, home),
                cwd=home,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def wait_until_ready(self) -> None:
        """Raises SetUpError when it ends, or is not there after START_SECONDS."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check_alive()
            if self._answers():
                return
            time.sleep(0.05)
        raise SetUpError(f"the local AWS did not answer within {START_SECONDS} s\n{self.log()}")

    def _answers(self) -> bool:
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == HTTPStatus.OK
        return False

    def check_alive(self) -> None:
        if self._process.poll() is not None:
            raise SetUpError(f"the local AWS ended by itself\n{self.log()}")

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        with self._process, suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            os.killpg(self.pid, signal.SIGKILL)

    def client(self, service: str) -> Any:
        """A boto3 client with every right, as the account's root."""
        connect: Any = boto3.client
        options: dict[str, Any] = {"endpoint_url": self.endpoint, "region_name": REGION, **ROOT_CREDENTIALS}
        if service == "s3":
            options["config"] = Config(signature_version="s3v4", s3={"addressing_style": "path"})
        return connect(service, **options)


def _environment(port: int, home: Path) -> dict[str, str]:
    """All that MiniStack sees, and the functions after it: nothing of the caller's shows through but the path."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _free_port(port: int) -> int:
    """`port` itself, or any free one for 0. Raises SetUpError when it is taken or not allowed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SetUpError(
                f"port {port} cannot be used ({reason}): choose another, or none for a free one"
            ) from error
        return int(probe.getsockname()[1])
