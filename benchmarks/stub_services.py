"""DynamoDB and S3 as the stub knows them: what they keep, and the shapes of their answers.

No conditions, no faults, no limits. A frozen table or bucket answers writes and forgets them, so that every measured
call meets the same state.
"""

import base64
import hashlib
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

type Item = dict[str, Any]
type Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Received:
    """A call of the AWS SDK: what it asked of which table or bucket, and the bytes of both bodies."""

    name: str
    service: str
    action: str
    partitions: list[str]
    sent_bytes: int
    answered_bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An object: its bytes, and what S3 says of them."""

    content: bytes
    media_type: str
    size: int
    sha256: str


@dataclass(slots=True)
class State:
    """What the stub holds, by table or bucket, and what was asked of it."""

    items: dict[tuple[str, str, str], Item] = field(default_factory=dict)
    objects: dict[tuple[str, str], Kept] = field(default_factory=dict)
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
    table = table_of(request)
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
    raise ValueError(f"no operation that is measured calls {action}")


def table_of(request: dict[str, Any]) -> str:
    """The one table of a request; that of a transaction stands in its parts."""
    first = request["TransactItems"][0]["Put"] if "TransactItems" in request else request
    return str(first["TableName"])


def dynamodb_answer(state: State, action: str, request: dict[str, Any]) -> tuple[Answer, list[str]]:
    answer, partitions = dynamodb(state, action, request)
    payload = json.dumps(answer, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(payload))}
    return (200, headers, payload), partitions


def s3(state: State, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    """An object by its path-style URL. Like S3, this refuses bytes without the SHA-256 sent with them."""
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if method == "PUT":
        if bucket not in state.frozen:
            computed = sha256(body)
            if headers.get("x-amz-checksum-sha256", computed) != computed:
                return 400, {"Content-Type": "application/xml"}, b"<Error><Code>BadDigest</Code></Error>"
            state.objects[bucket, key] = Kept(body, headers.get("content-type", ""), len(body), computed)
        return 200, {"ETag": '"b1946ac92492d2347c6235b4d2611184"'}, b""
    if (bucket, key) not in state.objects:
        missing = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
        return 404, {"Content-Type": "application/xml"}, missing
    kept = state.objects[bucket, key]
    answered = {
        "Content-Type": kept.media_type,
        "Content-Length": str(kept.size),
        "Last-Modified": "Thu, 12 Mar 2026 11:53:36 GMT",
        "ETag": '"b1946ac92492d2347c6235b4d2611184"',
        "x-amz-version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        "Accept-Ranges": "bytes",
    }
    if wanted := re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("range", "")):
        first, last = int(wanted[1]), min(int(wanted[2]), kept.size - 1)
        part = kept.content[first : last + 1]
        answered |= {"Content-Range": f"bytes {first}-{last}/{kept.size}", "Content-Length": str(len(part))}
        return 206, answered, part
    if method == "HEAD" and headers.get("x-amz-checksum-mode") == "ENABLED":
        answered |= {"x-amz-checksum-sha256": kept.sha256, "x-amz-checksum-type": "FULL_OBJECT"}
    return 200, answered, kept.content


def sha256(content: bytes) -> str:
    """As S3 writes it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
