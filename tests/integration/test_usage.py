"""What a call of each operation uses of AWS, and so what it costs: requests, bytes of content, DynamoDB's units."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from exam_papers import RESULT
from messages import announcing, with_content
from meter import metering
from moto_store import Part, Store
from usage import KIB, MIB, USAGE

DOCUMENT = "/documents/{documentId}"


def message() -> dict[str, Any]:
    """A complete message of an exam result."""
    return copy.deepcopy(RESULT.message)


def content(size: int) -> bytes:
    return (b"%PDF-1.7\n" + bytes(range(256)) * (size // 256))[:size]


def integrity(bytes_: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(bytes_).hexdigest()
    return {"bestandsomvang": len(bytes_), "integriteit": {"algoritme": "sha_256", "waarde": digest}}


def multipart(store: Store, size: int) -> Any:
    file = Part("file", content(size), "a.pdf", "application/pdf")
    return store.post_multipart([Part("metadata", json.dumps(message()).encode()), file])


def stored(store: Store, size: int = KIB) -> str:
    return str(multipart(store, size).json()["documentId"])


def awaited_key(store: Store) -> str:
    (item,) = store.items()
    return str(item.get("announcedKey", item["objectKey"]))


def patch(store: Store, document_id: str, media_type: str, body: bytes) -> Any:
    return store.call("PATCH", DOCUMENT, documentId=document_id, body=body, headers={"Content-Type": media_type})


def announced_update(store: Store) -> Callable[[], Any]:
    document_id = stored(store)
    return lambda: patch(store, document_id, "application/json", json.dumps(integrity(content(2 * KIB))).encode())


def completion(store: Store, announce: Callable[[], Any], size: int) -> Callable[[], Any]:
    announce()
    key = awaited_key(store)
    store.upload(key, content(size))
    return lambda: store.upload_event(key)


def reading(store: Store, size: int, **how: Any) -> Callable[[], Any]:
    document_id = stored(store, size)
    return lambda: store.get(document_id, **how)


def updating(store: Store, media_type: str, body: bytes) -> Callable[[], Any]:
    document_id = stored(store)
    return lambda: patch(store, document_id, media_type, body)


def listing(store: Store) -> Callable[[], Any]:
    document_id = stored(store)
    return lambda: store.call("GET", f"{DOCUMENT}/versies", documentId=document_id)


PREPARED: dict[str, Callable[[Store], Callable[[], Any]]] = {
    "store_ticket": lambda store: lambda: store.post_json(announcing(message())),
    "store_4kib_multipart": lambda store: lambda: multipart(store, 4 * KIB),
    "store_4mib_multipart": lambda store: lambda: multipart(store, 4 * MIB),
    "store_3mib_json": lambda store: lambda: store.post_json(with_content(message(), content(3 * MIB))),
    "get_url": lambda store: reading(store, 4 * KIB, query={"inhoud": "false"}),
    "get_4kib_json": lambda store: reading(store, 4 * KIB),
    "get_4mib_bytes": lambda store: reading(store, 4 * MIB, headers={"Accept": "application/pdf"}),
    "update_4kib": lambda store: updating(store, "application/pdf", content(4 * KIB)),
    "correct": lambda store: updating(store, "application/merge-patch+json", b'{"toets":{"resultaat":"goed"}}'),
    "announce_update": announced_update,
    "complete": lambda store: completion(store, lambda: store.post_json(announcing(message(), content(KIB))), KIB),
    "complete_update": lambda store: completion(store, announced_update(store), 2 * KIB),
    "list_versions": listing,
}
"""What each operation needs beforehand, and the call itself."""


@pytest.mark.parametrize("operation", USAGE)
def test_an_operation_uses_what_the_page_of_costs_says(store: Store, operation: str) -> None:
    call = PREPARED[operation](store)
    with metering() as meter:
        answer = call()
    assert answer is None or answer.status < 300
    assert meter.used == USAGE[operation]


def test_no_call_takes_more_requests_than_the_design_allows() -> None:
    most = {"store": 2, "get": 2, "update": 3, "complete": 4, "correct": 2, "announce": 2, "list": 2}
    for operation, usage in USAGE.items():
        assert len(usage.calls) <= most[operation.partition("_")[0]]
    assert len(USAGE["store_ticket"].calls) == 1
