"""The stand-in for AWS as a process of its own: its start, its end, and what it can be asked."""

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

import trustme

import aws_stub
from function_process import cpu_seconds
from runtime_emulator import PYTHON
from stub_services import Received


class StubbedAws:
    """The stub, for as long as the `with` block lasts.

    `endpoint` speaks TLS; `ca_bundle` is botocore's own list of authorities with the
    stub's added, so that a client loads as much as it does on AWS.
    """

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="okd-dms-")))
            authority = trustme.CA()
            authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "certificate"))
            self.ca_bundle = folder / "authorities"
            (known,) = PYTHON.parents[1].glob("lib/*/site-packages/botocore/cacert.pem")
            self.ca_bundle.write_bytes(known.read_bytes() + authority.cert_pem.bytes())
            self._process = process = cleanup.enter_context(
                subprocess.Popen(
                    [sys.executable, aws_stub.__file__, folder / "certificate"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,  # Ctrl-C is for the benchmark, which ends this too
                )
            )
            assert process.stdin is not None  # noqa: S101 - both are pipes
            assert process.stdout is not None  # noqa: S101
            cleanup.callback(process.stdin.close)  # which ends it
            plain, tls = (int(port) for port in process.stdout.readline().split())
            self.endpoint = f"https://127.0.0.1:{tls}"
            self._connection = HTTPConnection("127.0.0.1", plain, timeout=30)
            cleanup.callback(self._connection.close)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
        """The body that a request is answered with."""
        self._connection.request(method, path, body, headers or {})
        return self._connection.getresponse().read()

    def received(self) -> list[Received]:
        """The calls since the last time."""
        return [Received(**call) for call in json.loads(self.request("GET", "/stub/received"))]

    def cpu_seconds(self) -> float:
        """What the stub has used of the processor so far."""
        return cpu_seconds(self._process.pid)

    def freeze(self, name: str) -> None:
        """Let a table or bucket forget from now on what is written to it."""
        self.request("GET", f"/stub/freeze?name={quote(name)}")

    def pretend(self, bucket: str, key: str, beginning: bytes, said: dict[str, str]) -> None:
        """Let an object be there by its beginning and by what S3 says of it: type, size in bytes, sha256 in base64."""
        query = {"name": bucket, "key": key, "beginning": beginning.decode(), **said}
        self.request("GET", f"/stub/object?{urlencode(query)}")
