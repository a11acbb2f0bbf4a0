"""A stand-in for DynamoDB and S3 that answers at once: shapes as AWS has them, no signatures, no conditions, no faults.

A process of its own, so that its work is not the function's; it prints its two ports, plain and TLS, and serves until
its standard input ends. A table and a bucket exist by being named. A frozen table or bucket answers writes and forgets
them, so that every measured call meets the same state. Paths under /stub are the benchmark's own: see StubbedAws.
"""

import base64
import hashlib
import json
import socket
import ssl
import sys
import threading
import time
import zlib
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

type Item = dict[str, Any]
type Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Received:
    """A call of the AWS SDK: what it asked of which table or bucket, the bytes of both bodies, and the seconds that the
    answer took here.
    """

    name: str
    service: str
    action: str
    partitions: list[str]
    sent_bytes: int
    answered_bytes: int
    seconds: float


@dataclass(slots=True)
class State:
    """What the stub holds, by table or bucket, and what was asked of it."""

    items: dict[tuple[str, str, str], Item] = field(default_factory=dict)
    objects: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    received: list[Received] = field(default_factory=list)


def put(state: State, table: str, item: Item) -> None:
    if table not in state.frozen:
        state.items[table, item["documentId"]["S"], item["item"]["S"]] = item


def get(state: State, table: str, key: Item) -> dict[str, Any]:
    item = state.items.get((table, key["documentId"]["S"], key["item"]["S"]))
    return {"Item": item} if item else {}


def change(state: State, request: dict[str, Any]) -> None:
    """Apply an UpdateExpression of the forms `SET a = :b, …` and `REMOVE c, …`."""
    if request["TableName"] in state.frozen:
        return
    key, names = request["Key"], request.get("ExpressionAttributeNames", {})
    item = state.items[request["TableName"], key["documentId"]["S"], key["item"]["S"]]
    setting, _, removing = request["UpdateExpression"].removeprefix("SET ").partition("REMOVE ")
    for assignment in setting.split(","):
        name, value = (side.strip() for side in assignment.split("="))
        item[names.get(name, name)] = request["ExpressionAttributeValues"][value]
    for name in removing.split(","):
        item.pop(names.get(name.strip(), name.strip()), None)


def dynamodb(state: State, action: str, request: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The answer, and the partition keys that the call touched."""
    table = _table(request)
    if action == "PutItem":
        put(state, table, request["Item"])
        return {}, [request["Item"]["documentId"]["S"]]
    if action == "GetItem":
        return get(state, table, request["Key"]), [request["Key"]["documentId"]["S"]]
    if action == "UpdateItem":
        change(state, request)
        return {}, [request["Key"]["documentId"]["S"]]
    if action == "TransactWriteItems":
        puts = [entry["Put"] for entry in request["TransactItems"]]
        for each in puts:
            put(state, each["TableName"], each["Item"])
        return {}, [each["Item"]["documentId"]["S"] for each in puts]
    raise NotImplementedError(action)


def _table(request: dict[str, Any]) -> str:
    """The one table of a request; that of a transaction stands in its parts."""
    first = request["TransactItems"][0]["Put"] if "TransactItems" in request else request
    return str(first["TableName"])


def dynamodb_answer(state: State, action: str, request: dict[str, Any]) -> tuple[Answer, list[str]]:
    answer, partitions = dynamodb(state, action, request)
    payload = json.dumps(answer, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(payload))}
    return (200, headers, payload), partitions


def s3(state: State, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    """An object by its path-style URL. S3 keeps the SHA-256 that it was given after checking it; so does this."""
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if method == "PUT":
        if bucket not in state.frozen:
            state.objects[bucket, key] = (body, headers.get("content-type", ""))
            claimed = headers.get("x-amz-checksum-sha256")
            if claimed not in (None, sha256(body)):
                return 400, {"Content-Type": "application/xml"}, b"<Error><Code>BadDigest</Code></Error>"
        return 200, {"ETag": '"b1946ac92492d2347c6235b4d2611184"'}, b""
    if (bucket, key) not in state.objects:
        missing = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
        return 404, {"Content-Type": "application/xml"}, missing
    content, media_type = state.objects[bucket, key]
    answered = {
        "Content-Type": media_type,
        "Last-Modified": "Thu, 12 Mar 2026 11:53:36 GMT",
        "ETag": '"b1946ac92492d2347c6235b4d2611184"',
        "x-amz-version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        "Accept-Ranges": "bytes",
    }
    if method == "HEAD" and headers.get("x-amz-checksum-mode") == "ENABLED":
        answered |= {"x-amz-checksum-sha256": sha256(content), "x-amz-checksum-type": "FULL_OBJECT"}
    return 200, answered, content


def sha256(content: bytes) -> str:
    """As S3 writes it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def control(state: State, path: str, query: dict[str, list[str]]) -> Any:
    """The benchmark's own questions: what was received since the last time, and the freezing of a table or bucket."""
    if path == "/stub/received":
        received, state.received = state.received, []
        return [asdict(call) for call in received]
    if path == "/stub/freeze":
        state.frozen |= set(query["name"])
        return None
    if path == "/stub/items":
        return [item for (table, *_), item in state.items.items() if table == query["name"][0]]
    raise NotImplementedError(path)


def answer(state: State, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
    """Answer one request, and write down what it was."""
    started = time.perf_counter()
    url = urlsplit(target)
    if url.path.startswith("/stub/"):
        return 200, {}, json.dumps(control(state, url.path, parse_qs(url.query))).encode()
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action:
        service, request = "dynamodb", json.loads(body)
        name = _table(request)
        answered, partitions = dynamodb_answer(state, action, request)
    else:
        service, action = "s3", {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject"}[method]
        name, partitions = url.path.split("/")[1], []
        answered = s3(state, method, url.path, headers, body)
    size = 0 if method == "HEAD" else len(answered[2])
    seconds = time.perf_counter() - started
    state.received.append(Received(name, service, action, partitions, len(body), size, seconds))
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
                lines = [f"HTTP/1.1 {status} -", "x-amzn-RequestId: 0f1c8a5e", f"Content-Length: {len(body)}"]
                lines += [f"{name}: {value}" for name, value in headers.items()]
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
