"""A document's bytes: as `Accept` asks, whole or in part, verified, and under their own name."""

import base64
import hashlib
from urllib.parse import unquote

import pytest

from messages import PDF, pdf, result, with_content
from moto_store import Store

CONTENT = pdf(1024)
DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()}:"
PDFS = {"Accept": "application/pdf"}


@pytest.fixture
def document_id(store: Store) -> str:
    """A document whose bytes are no text in any charset."""
    receipt = store.post_json(with_content(result(identificatie="EX-1"), CONTENT)).json()
    return str(receipt["documentId"])


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/pdf", "application/pdf"),
        ("APPLICATION/PDF", "application/pdf"),
        ("application/*", "application/pdf"),
        ("text/html, application/pdf;q=0.1", "application/pdf"),
        ("application/json;q=0, */*", "application/pdf"),
        ("application/octet-stream", "application/octet-stream"),
        ("application/pdf;q=0.4, application/octet-stream;q=0.5", "application/octet-stream"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/pdf;q=0.5, application/json;q=0.6", "application/json"),
    ],
)
def test_what_the_caller_accepts_decides_between_bytes_and_details(
    store: Store, document_id: str, accept: str, content_type: str
) -> None:
    answer = store.get(document_id, headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert (answer.body == CONTENT) == (content_type != "application/json")


def test_several_accept_headers_are_one_list(store: Store, document_id: str) -> None:
    headers = [("Accept", "image/png"), ("accept", "application/pdf")]
    assert store.get(document_id, headers=headers).body == CONTENT


@pytest.mark.parametrize("accept", ["image/png", "text/*", "application/xml, text/html", "*/*;q=0"])
def test_nothing_to_offer_is_not_acceptable(store: Store, document_id: str, accept: str) -> None:
    store.get(document_id, headers={"Accept": accept}).problem(406, "not-acceptable")
    assert store.head(document_id, headers={"Accept": accept}).status == 406
    assert store.calls == ["GetItem"]


def test_the_bytes_come_with_all_that_a_careful_client_needs(store: Store, document_id: str) -> None:
    answer = store.get(document_id, headers=PDFS)
    assert answer.headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": answer.headers["Content-Disposition"],
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Repr-Digest": DIGEST,
        "Accept-Ranges": "bytes",
        "ETag": '"1-opgeslagen"',
        "Vary": "Accept",
        "Cache-Control": "private, no-cache",
    }


def test_the_bytes_are_found_by_the_senders_reference_too(store: Store, document_id: str) -> None:
    query = {"bronorganisatie": "25LX", "identificatie": "EX-1"}
    answer = store.call("GET", "/documents", query=query, headers=PDFS)
    assert answer.body == CONTENT
    assert answer.headers["Content-Location"] == f"documents/{document_id}"


@pytest.mark.parametrize("media_type", ["Text/HTML", "application/json", "application/octet-stream", "image/svg+xml"])
def test_the_stored_media_type_is_given_as_it_was_stored(store: Store, media_type: str) -> None:
    kept = store.post_json(with_content(result(formaat=media_type))).json()
    accept = "application/octet-stream" if media_type == "application/json" else media_type
    answer = store.get(kept["documentId"], headers={"Accept": accept})
    assert answer.headers["Content-Type"] == accept
    assert answer.body == PDF


@pytest.mark.parametrize(
    "filename",
    [
        *('a"b.pdf', "a';b.pdf", "100%.pdf", "👩🏽‍🎓.pdf", "تقرير.pdf", "报告.pdf", "Zoë.pdf"),
        *('"; filename="x.exe', "%22; filename=x.exe", "é" * 255),
    ],
    ids=ascii,
)
def test_a_download_is_saved_under_its_own_name_whatever_the_name(store: Store, filename: str) -> None:
    kept = store.post_json(with_content(result(bestandsnaam=filename))).json()
    header = store.get(kept["documentId"], headers=PDFS).headers["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    plain, extended = header.removeprefix("attachment; ").split("; filename*=UTF-8''")
    assert plain.count('"') == 2
    assert unquote(extended, errors="strict") == filename


@pytest.mark.parametrize("accept", ["application/json", "application/pdf", "application/octet-stream", "image/png"])
def test_head_has_the_headers_of_get_and_reads_no_content(store: Store, document_id: str, accept: str) -> None:
    get = store.get(document_id, headers={"Accept": accept})
    head = store.head(document_id, headers={"Accept": accept})
    assert (head.status, head.body) == (get.status, b"")
    assert head.headers == get.headers
    assert store.calls == ["GetItem"]
