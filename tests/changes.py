"""The changes of a document, as a sender makes them over moto, and what they leave behind."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import template
from messages import PDF, result, with_content
from moto_store import BUCKET, TABLE, Answer, Store, handler
from okd_dms.reconciler import Run

DOCUMENT, VERSIONS = "/documents/{documentId}", "/documents/{documentId}/versies"
LIFETIME, GRACE = timedelta(days=7), timedelta(hours=25)
NEW = b"%PDF-1.7\nthe second version\n%%EOF\n"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def describing(content: bytes, **members: Any) -> dict[str, Any]:
    """An announcement of this content."""
    return {
        "bestandsomvang": len(content),
        "integriteit": {"algoritme": "sha_256", "waarde": digest(content)},
        **members,
    }


def stored(store: Store, message: dict[str, Any] | None = None, content: bytes = PDF) -> str:
    """The id of a document that was just delivered with its content."""
    answer = store.post_json(with_content(message or result(), content))
    assert answer.status == 200, answer.body
    return str(answer.json()["documentId"])


def awaiting(store: Store) -> str:
    """The id of a document whose first content was announced and has not come."""
    answer = store.post_json(result(**describing(PDF)))
    assert answer.status == 202
    return str(answer.json()["documentId"])


def patch(store: Store, document_id: str, body: bytes | None, content_type: str | None, **headers: str) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        sent["Content-Type"] = content_type
    return store.call("PATCH", DOCUMENT, documentId=document_id, body=body, headers=sent)


def replace(
    store: Store, document_id: str, content: bytes = NEW, content_type: str = "application/pdf", **headers: str
) -> Answer:
    return patch(store, document_id, content, content_type, **headers)


def correct(store: Store, document_id: str, correction: Any, **headers: str) -> Answer:
    body = correction if isinstance(correction, bytes) else json.dumps(correction).encode()
    return patch(store, document_id, body, "application/merge-patch+json", **headers)


def announce(store: Store, document_id: str, content: bytes = NEW, *, members: Any = None, **headers: str) -> Answer:
    body = json.dumps(describing(content, **(members or {}))).encode()
    return patch(store, document_id, body, "application/json", **headers)


def retitle(store: Store, document_id: str, title: str, **headers: str) -> Answer:
    return correct(store, document_id, {"document": {"titel": title}}, **headers)


def with_versions(store: Store, number: int) -> str:
    """A document with so many versions; the title of each is its number."""
    document_id = stored(store, result(titel="1"))
    for version in range(2, number + 1):
        assert retitle(store, document_id, str(version)).status == 200
    return document_id


def delete(store: Store, document_id: str, **headers: str) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return store.call("DELETE", DOCUMENT, documentId=document_id, headers=sent)


def page(store: Store, document_id: str, **query: str) -> Answer:
    return store.call("GET", VERSIONS, documentId=document_id, query=query)


def content_of(store: Store, document_id: str, version: int | None = None) -> bytes:
    """The bytes that a reader gets."""
    query = {"versie": str(version)} if version else None
    answer = store.get(document_id, headers={"Accept": "application/octet-stream"}, query=query)
    assert answer.status == 200, answer.body
    return answer.body


def head_item(store: Store, document_id: str) -> dict[str, Any]:
    return dict(store.table.get_item(Key={"documentId": document_id, "item": "head"})["Item"])


def announced_key(store: Store, document_id: str) -> str:
    return str(head_item(store, document_id)["announcedKey"])


def alter(store: Store, document_id: str, **attributes: str) -> None:
    """Write attributes of the head behind the store's back: another sender, or a moment that has passed."""
    for name, value in attributes.items():
        store.table.update_item(
            Key={"documentId": document_id, "item": "head"},
            UpdateExpression="SET #name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": value},
        )


def let_it_expire(store: Store, document_id: str) -> None:
    """The announced content should have come a second ago."""
    alter(store, document_id, dueAt=_moment(datetime.now(UTC) - timedelta(seconds=1)))


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def everything_in_s3(store: Store) -> list[str]:
    """The key of every version of every object, and of every delete marker."""
    pages = store.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    return [entry["Key"] for page in pages for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]]


@contextmanager
def environment_of(function: str) -> Iterator[None]:
    """The variables that the template gives this function."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in template.environment(function, Table=TABLE, Bucket=BUCKET, AuthMode="none").items():
            monkeypatch.setenv(name, value)
        yield


def upload_event(store: Store, key: str) -> None:
    """What S3 tells of an object that has come."""
    store.calls.clear()
    with environment_of("CompleteUploadFunction"):
        handler("CompleteUploadFunction")({"id": "5d3a2b1c", "detail": {"object": {"key": key}}}, None)


def complete(store: Store, document_id: str, content: bytes = NEW, content_type: str = "application/pdf") -> str:
    """Upload what was announced, and tell of it; the object's key."""
    key = announced_key(store, document_id)
    store.upload(key, content, content_type)
    upload_event(store, key)
    return key


def reconcile(after: timedelta = timedelta()) -> dict[str, int]:
    """A run of the reconciler that takes place `after` now, and what it did."""
    with environment_of("ReconcileFunction"):
        return Run(LIFETIME, GRACE, lambda: True, now=datetime.now(UTC) + after).reconcile()
