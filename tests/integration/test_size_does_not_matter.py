"""A ticket, a completion and a read by URL cost the same for 1 KiB as for 5 GiB, since the content passes us by.

S3's answer about the uploaded object is a stub's: nobody keeps 5 GiB in a test. Time stands as the number of Python
calls made, which no busy machine changes.
"""

import base64
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from changes import announced_key, head_item, patch, stored
from messages import pdf, result
from moto_store import Store
from okd_dms import vault

SIZES = [1024, 4 * 1024**2 + 1, 256 * 1024**2, 5 * 1024**3]
SHA256 = "ab" * 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation took."""

    aws_calls: list[str]
    python_calls: int
    peak_bytes: int


def cost_of(store: Store, operation: Callable[[], object]) -> Cost:
    """Measured twice, since calls and memory disturb each other's measurement."""
    counted = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        operation()
    finally:
        sys.setprofile(None)
    tracemalloc.start()
    try:
        operation()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Cost(list(store.calls), counted, peak)


def announced(store: Store, size: int) -> dict[str, Any]:
    message = result(bestandsomvang=size, integriteit={"algoritme": "sha_256", "waarde": SHA256})
    return dict(store.post_json(message).json())


def arrives(size: int) -> None:
    """From now on S3 says that an object of this size, as announced, is there, and gives the beginning of it."""

    def head(**_: object) -> tuple[SimpleNamespace, dict[str, Any]]:
        checksum = base64.b64encode(bytes.fromhex(SHA256)).decode()
        found = {"ContentLength": size, "ChecksumSHA256": checksum, "ContentType": "application/pdf"}
        return SimpleNamespace(status_code=200, headers={"Content-Length": str(size)}), found

    def get(params: dict[str, Any], **_: object) -> tuple[SimpleNamespace, dict[str, Any]]:
        first, last = params["headers"]["Range"].removeprefix("bytes=").split("-")
        body = io.BytesIO(pdf(min(size, int(last) - int(first) + 1)))
        return SimpleNamespace(status_code=206), {"Body": body}

    events: Any = vault.client().meta.events
    for operation, answer in (("HeadObject", head), ("GetObject", get)):
        events.register(f"before-call.s3.{operation}", answer, unique_id=operation)


def arrives_no_more() -> None:
    for operation in ("HeadObject", "GetObject"):
        vault.client().meta.events.unregister(f"before-call.s3.{operation}", unique_id=operation)


def ticket(store: Store, size: int) -> Cost:
    return cost_of(store, lambda: announced(store, size))


def completion(store: Store, size: int) -> Cost:
    arrives(size)
    keys = []
    for _ in range(2):
        document_id = announced(store, size)["documentId"]
        keys.append(store.table.get_item(Key={"documentId": document_id, "item": "head"})["Item"]["objectKey"])
    waiting = iter(keys)
    cost = cost_of(store, lambda: store.upload_event(next(waiting)))
    arrives_no_more()
    assert {item["status"] for item in store.items() if item["objectKey"] in keys} == {"opgeslagen"}
    return cost


def reading(store: Store, size: int) -> Cost:
    document_id = announced(store, size)["documentId"]
    arrives(size)
    cost = cost_of(store, lambda: store.get(document_id, query={"inhoud": "false"}))
    assert store.get(document_id, query={"inhoud": "false"}).json()["document"]["bestandsomvang"] == size
    arrives_no_more()
    return cost


def ticket_of_update(store: Store, size: int) -> Cost:
    documents = iter([stored(store), stored(store)])
    return cost_of(store, lambda: announced_update(store, next(documents), size))


def completion_of_update(store: Store, size: int) -> Cost:
    documents = [stored(store), stored(store)]
    for document_id in documents:
        announced_update(store, document_id, size)
    waiting = iter([announced_key(store, document_id) for document_id in documents])
    arrives(size)
    cost = cost_of(store, lambda: store.upload_event(next(waiting)))
    arrives_no_more()
    assert {head_item(store, document_id)["version"] for document_id in documents} == {2}
    return cost


def announced_update(store: Store, document_id: str, size: int) -> None:
    body = {"bestandsomvang": size, "integriteit": {"algoritme": "sha_256", "waarde": SHA256}}
    assert patch(store, document_id, json.dumps(body).encode(), "application/json").status == 202


def redirect(store: Store, size: int) -> Cost:
    """To the bytes of what is larger than an answer; what is smaller is never redirected to."""
    document_id = announced(store, max(size, SIZES[1]))["documentId"]
    arrives(max(size, SIZES[1]))
    cost = cost_of(store, lambda: store.get(document_id, headers={"Accept": "application/pdf"}))
    assert store.get(document_id, headers={"Accept": "application/pdf"}).status == 302
    arrives_no_more()
    return cost


def empty(store: Store) -> None:
    """A transaction on moto costs more the more there is."""
    for item in store.items():
        store.table.delete_item(Key={name: item[name] for name in ("documentId", "item")})


@pytest.mark.parametrize("operation", [ticket, completion, reading, redirect, ticket_of_update, completion_of_update])
def test_what_an_operation_takes_does_not_grow_with_the_document(
    store: Store, operation: Callable[[Store, int], Cost]
) -> None:
    costs = []
    for size in SIZES[:1] + SIZES:  # the first time fills what is cached on first use
        costs.append(operation(store, size))
        empty(store)
    del costs[0]
    smallest = costs[0]
    for cost in costs[1:]:
        assert cost.aws_calls == smallest.aws_calls
        assert cost.python_calls < 1.1 * smallest.python_calls
        assert cost.peak_bytes < 1.25 * smallest.peak_bytes


def test_the_bytes_of_a_large_document_are_read_by_url_without_moving_them(store: Store) -> None:
    document_id = announced(store, SIZES[-1])["documentId"]
    arrives(SIZES[-1])
    answer = store.get(document_id, headers={"Accept": "application/pdf"})
    arrives_no_more()
    assert (answer.status, answer.body) == (302, b"")
    assert store.calls == ["GetItem", "HeadObject", "GetObject"]
