"""A stand-in for DynamoDB and S3 that answers at once: shapes as AWS has them, no signatures, no conditions, no faults.

A process of its own, so that its work is not the function's; it prints its two ports, plain and TLS, and serves until
its standard input ends. A table and a bucket exist by being named. Paths under /stub are the benchmark's own: see
StubbedAws.
"""

import json
import socket
import ssl
import sys
import threading
from dataclasses import asdict
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

from stub_services import Answer, Kept, Received, State, dynamodb_answer, s3, table_of


def control(state: State, path: str, query: dict[str, list[str]]) -> Any:
    """The benchmark's own wishes: what was received since the last time, the freezing of a table or bucket, and an
    object of any size, of which there is but the beginning.
    """
    if path == "/stub/received":
        received, state.received = state.received, []
        return [asdict(call) for call in received]
    if path == "/stub/freeze":
        state.frozen |= set(query["name"])
        return None
    if path == "/stub/object":
        parts = ("name", "key", "beginning", "type", "size", "sha256")
        name, key, beginning, media_type, size, digest = (query[part][0] for part in parts)
        state.objects[name, key] = Kept(beginning.encode(), media_type, int(size), digest)
        return None
    raise ValueError(f"the stub is not asked for {path}")


def answer(state: State, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
    """Answer one request, and write down what it was."""
    url = urlsplit(target)
    if url.path.startswith("/stub/"):
        return 200, {}, json.dumps(control(state, url.path, parse_qs(url.query))).encode()
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action:
        service, request = "dynamodb", json.loads(body)
        name = table_of(request)
        answered, partitions = dynamodb_answer(state, action, request)
    else:
        service, action = "s3", {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject"}[method]
        name, partitions = url.path.split("/")[1], []
        answered = s3(state, method, url.path, headers, body)
    size = 0 if method == "HEAD" else len(answered[2])
    state.received.append(Received(name, service, action, partitions, len(body), size))
    return answered


def read_request(reader: BinaryIO, writer: socket.socket) -> tuple[str, str, dict[str, str], bytes] | None:
    """The next request of a connection; None when there is none. A client that waits to be asked for its body is."""
    line = reader.readline()
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while (line := reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("expect") == "100-continue":
        writer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    return method, target, headers, reader.read(int(headers.get("content-length", 0)))


def serve(state: State, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    """Answer one connection until the other side closes it."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as reader:
            while request := read_request(reader, connection):
                status, headers, body = answer(state, *request)
                headers = {"x-amzn-RequestId": "0f1c8a5e", "Content-Length": str(len(body)), **headers}
                lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers.items())]
                head = ("\r\n".join(lines) + "\r\n\r\n").encode()
                connection.sendall(head if request[0] == "HEAD" else head + body)
    except (ConnectionError, ssl.SSLError):
        pass  # the function's process has ended


def listen(state: State, tls: ssl.SSLContext | None) -> int:
    """Serve on a free loopback port, which is returned."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(state, connection, tls), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    port: int = server.getsockname()[1]
    return port


def main(certificate: str) -> None:
    """Serve with this certificate and key, in one file."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    state = State()
    print(listen(state, None), listen(state, tls), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
