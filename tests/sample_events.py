"""The sample events as the tests use them: what the files hold, whose they are, and what they are answered."""

import json
from typing import Any

import events
import template

FILES: dict[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in events.FOLDER.glob("*.json")
}
"""Every file of events/, by its name without the ending."""

STORED = "store_document-result-multipart"
SITTING, SITTING_IN_JSON = "store_document-sitting-multipart", "store_document-sitting-json"
ANNOUNCED = "store_document-announced"
EXPECTED: dict[str, tuple[int, str | None]] = {
    "store_document-result-multipart": (200, None),
    "store_document-result-json": (200, None),
    "store_document-sitting-multipart": (200, None),
    "store_document-sitting-json": (200, None),
    "store_document-announced": (202, None),
    "store_document-base-path": (200, None),
    "store_document-idempotency-key": (200, None),
    "store_document-conflict": (409, STORED),
    "store_document-faulty": (422, None),
    "store_document-wrong-checksum": (422, None),
    "store_document-truncated": (400, None),
    "store_document-unsupported": (415, None),
    "get_document-details": (200, STORED),
    "get_document-with-token": (200, STORED),
    "get_document-sitting": (200, SITTING),
    "get_document-without-content": (200, STORED),
    "get_document-bytes": (200, STORED),
    "get_document-range": (206, STORED),
    "get_document-head": (200, STORED),
    "get_document-not-modified": (304, STORED),
    "get_document-base-path": (200, STORED),
    "get_document-by-reference": (200, STORED),
    "get_document-by-reference-head": (200, STORED),
    "get_document-announced": (200, ANNOUNCED),
    "get_document-announced-bytes": (409, ANNOUNCED),
    "get_document-version": (200, STORED),
    "get_document-version-bytes": (200, STORED),
    "get_document-unknown-version": (404, STORED),
    "get_document-unknown": (404, STORED),
    "get_document-no-uuid": (400, None),
    "get_document-not-acceptable": (406, STORED),
    "update_document-content": (204, STORED),
    "update_document-correction": (200, STORED),
    "update_document-announced": (202, SITTING),
    "update_document-while-announced": (409, "update_document-announced"),
    "update_document-announced-in-force": (204, SITTING_IN_JSON),
    "update_document-unexpected-version": (412, STORED),
    "update_document-immutable": (422, STORED),
    "update_document-removed": (422, STORED),
    "update_document-empty": (422, STORED),
    "update_document-unsupported": (415, STORED),
    "update_document-unknown": (404, STORED),
    "list_versions-all": (200, "update_document-content"),
    "list_versions-page": (200, "update_document-content"),
    "list_versions-next-page": (200, "update_document-content"),
    "list_versions-head": (200, STORED),
    "list_versions-no-cursor": (400, None),
    "list_versions-unknown": (404, STORED),
    "delete_document-unexpected-version": (412, SITTING_IN_JSON),
    "delete_document-sitting": (204, SITTING_IN_JSON),
    "delete_document-again": (204, "delete_document-sitting"),
    "delete_document-unknown": (404, STORED),
    "fallback-root": (404, None),
    "fallback-unknown-path": (404, None),
    "fallback-unknown-method": (405, None),
    "fallback-unknown-method-of-all": (405, None),
    "fallback-unknown-method-of-versions": (405, None),
}
"""Event → the status of its answer, and the event that must come before it."""


def in_order() -> list[str]:
    """Every event's name; what stores a document comes before what reads it."""
    made = [name.removesuffix(".json") for name in events.samples()]
    return sorted(FILES, key=made.index)


def function_of(name: str) -> str:
    """The function whose folder the event's file names."""
    folder = f"functions/{name.partition('-')[0]}"
    return next(function for function, properties in template.functions().items() if properties["CodeUri"] == folder)
