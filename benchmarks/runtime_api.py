"""Lambda's runtime API (2018-06-01), as little of it as awslambdaric needs: next, response and error.

It hands over one event at a time, on a loopback port of its own, and takes the time between an event and its answer.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import socket
import time
import uuid
from contextlib import ExitStack
from typing import Any, BinaryIO, Self

from local_build import REGION
from runtime_emulator import FunctionFailed

PATIENCE_SECONDS = 60
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:111122223333:function:benchmark"
TRACE = "Root=1-69b27f10-3f2b8c1d4e5a6b7c8d9e0f1a;Parent=53995c3f42cd8ad8;Sampled=0"
"""Not sampled, as most calls of a busy function are."""


class RuntimeApi:
    """The server, for as long as the `with` block lasts; it speaks with one process, which `address` is told to."""

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self._server = cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
            self._server.settimeout(PATIENCE_SECONDS)
            self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
            self._connection: socket.socket | None = None
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def wait_until_ready(self) -> float:
        """When the process asked for its next event, by `time.perf_counter`. Raises FunctionFailed."""
        path, payload = self._read()
        if not path.endswith("/invocation/next"):
            raise _failure(payload)
        return time.perf_counter()

    def invoke(self, event: bytes) -> tuple[bytes, float]:
        """The answer to an event, both in JSON, and the seconds until it was here. Only when the process is ready.

        Raises FunctionFailed.
        """
        request_id = str(uuid.uuid4())
        deadline = int((time.time() + 28) * 1000)
        started = time.perf_counter()
        self._send(
            "200 OK",
            event,
            f"Lambda-Runtime-Aws-Request-Id: {request_id}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {FUNCTION_ARN}\r\nLambda-Runtime-Trace-Id: {TRACE}\r\n",
        )
        path, payload = self._read()
        seconds = time.perf_counter() - started
        if path != f"/2018-06-01/runtime/invocation/{request_id}/response":
            raise _failure(payload)
        self._send("202 Accepted", b'{"status":"OK"}')
        return payload, seconds

    def _send(self, status: str, body: bytes, headers: str = "") -> None:
        assert self._connection is not None  # noqa: S101 - it has asked
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self._connection.sendall(head.encode() + body)

    def _read(self) -> tuple[str, bytes]:
        """Path and body of the next request, on a new connection when the process has closed the one before."""
        while True:
            if self._connection is None:
                self._connection, _ = self._server.accept()
                self._cleanup.enter_context(self._connection)
                self._connection.settimeout(PATIENCE_SECONDS)
                self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._reader: BinaryIO = self._cleanup.enter_context(self._connection.makefile("rb"))
            line = self._reader.readline()
            if line:
                break
            self._connection = None
        length = 0
        while (header := self._reader.readline()) not in (b"\r\n", b""):
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"expect":
                self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return line.split()[1].decode(), self._reader.read(length)


def _failure(payload: bytes) -> FunctionFailed:
    reported: Any = json.loads(payload or b"{}")
    return FunctionFailed(reported.get("errorType", "Runtime.ExitError"), reported.get("errorMessage", ""))
