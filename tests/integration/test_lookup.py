"""A document found by its sender's own reference, `identificatie` within `bronorganisatie`."""

import base64
from typing import Any

import pytest

from messages import PDF, result, with_content
from moto_store import Answer, Store


def stored(store: Store, message: dict[str, Any] | None = None) -> str:
    """The id of a document that was stored just now."""
    return str(store.post_json(with_content(message or result())).json()["documentId"])


def lookup(store: Store, method: str = "GET", **query: str) -> Answer:
    return store.call(method, "/documents", query=query)


def test_a_document_is_found_by_its_senders_reference(store: Store) -> None:
    document_id = stored(store, result(identificatie="EX 1/ß+é"))
    found = lookup(store, bronorganisatie="25LX", identificatie="EX 1/ß+é")
    assert found.status == 200
    assert found.headers["Content-Location"] == f"documents/{document_id}"
    assert found.json()["documentId"] == document_id
    assert base64.b64decode(found.json()["inhoud"]) == PDF
    details = lookup(store, bronorganisatie="25LX", identificatie="EX 1/ß+é", inhoud="false")
    assert "inhoud" not in details.json()


def test_a_reference_holds_within_its_organisation(store: Store) -> None:
    stored(store, result(identificatie="EX-1"))
    lookup(store, bronorganisatie="25LY", identificatie="EX-1").problem(404, "document-not-found")
    lookup(store, bronorganisatie="25LX", identificatie="ex-1").problem(404, "document-not-found")


def test_a_document_without_a_reference_is_not_found_by_one(store: Store) -> None:
    stored(store)
    lookup(store, bronorganisatie="25LX", identificatie="None").problem(404, "document-not-found")


@pytest.mark.parametrize(
    "query",
    [
        *({}, {"identificatie": "EX-1"}, {"bronorganisatie": "25LX"}, {"identificatie": "", "bronorganisatie": "25LX"}),
        *({"identificatie": "EX-1", "bronorganisatie": ""}, {"documentId": "x"}),
        {"identificatie": "EX-1", "bronorganisatie": "25LX", "titel": "x"},
        {"identificatie": "EX-1", "bronorganisatie": "25LX", "inhoud": "x"},
    ],
)
def test_a_lookup_needs_reference_and_organisation_and_knows_nothing_else(store: Store, query: dict[str, str]) -> None:
    stored(store, result(identificatie="EX-1"))
    lookup(store, **query).problem(400, "malformed-request")
    assert lookup(store, "HEAD", **query).status == 400
