"""Reading a document whose content was announced: before it is there, when its event is late, and when it is large."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from messages import PDF, announcing, pdf, result
from moto_store import BUCKET, Store
from okd_dms.message import MAX_CONTENT_BYTES

MIB = 1024**2
PDFS = {"Accept": "application/pdf"}


def announced(store: Store, content: bytes = PDF) -> tuple[str, str]:
    """The id of a document whose content is awaited, and the key on which."""
    document_id = store.post_json(announcing(result(identificatie="EX-1"), content)).json()["documentId"]
    (item,) = store.items()
    return document_id, item["objectKey"]


def test_the_details_say_that_the_content_is_awaited_and_show_none(store: Store) -> None:
    document_id, _ = announced(store)
    for details in (
        store.get(document_id).json(),
        store.call("GET", "/documents", query={"bronorganisatie": "25LX", "identificatie": "EX-1"}).json(),
    ):
        assert details["status"] == "wacht_op_inhoud"
        assert details["document"]["bestandsomvang"] == len(PDF)
        assert [details[name] for name in ("inhoud", "inhoudUrl", "inhoudUrlVerlooptOp")] == [None, None, None]
    assert store.calls == ["GetItem", "HeadObject"]


def test_the_bytes_are_refused_while_they_are_awaited(store: Store) -> None:
    document_id, _ = announced(store)
    store.get(document_id, headers=PDFS).problem(409, "content-awaited")
    store.get(document_id, headers={"Accept": "application/octet-stream"}).problem(409, "content-awaited")
    assert store.head(document_id, headers=PDFS).status == 409


def test_the_entity_tag_changes_when_the_content_arrives(store: Store) -> None:
    document_id, key = announced(store)
    tag = {"If-None-Match": store.get(document_id).headers["ETag"]}
    assert store.get(document_id, headers=tag).status == 304
    store.upload(key, PDF)
    assert store.get(document_id, headers=tag).status == 200


def test_bytes_that_are_there_are_read_though_their_event_is_late_and_nothing_is_written(store: Store) -> None:
    document_id, key = announced(store)
    before = store.items()
    store.upload(key, PDF)
    details = store.get(document_id)
    assert store.calls == ["GetItem", "HeadObject", "GetObject"]
    assert details.json()["status"] == "opgeslagen"
    assert details.headers["ETag"] == '"1-opgeslagen"'
    assert store.get(document_id, headers=PDFS).body == PDF
    assert store.head(document_id, headers=PDFS).headers["ETag"] == '"1-opgeslagen"'
    assert store.items() == before


def test_the_answer_is_the_same_before_and_after_the_late_event(store: Store) -> None:
    document_id, key = announced(store)
    store.upload(key, PDF)
    before = store.get(document_id, headers=PDFS)
    store.upload_event(key)
    assert store.get(document_id, headers=PDFS) == before
    assert store.calls == ["GetItem", "GetObject"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(PDF + b"x", "application/pdf"), (PDF[:-1] + b"x", "application/pdf"), (PDF, "text/html")],
)
def test_bytes_that_were_not_announced_are_not_shown(store: Store, content: bytes, content_type: str) -> None:
    document_id, key = announced(store)
    store.upload(key, content, content_type)
    assert store.get(document_id).json()["status"] == "wacht_op_inhoud"
    store.get(document_id, headers=PDFS).problem(409, "content-awaited")


def arrived(store: Store, content: bytes) -> str:
    document_id, key = announced(store, content)
    store.upload(key, content)
    store.upload_event(key)
    return document_id


def test_content_of_4_mib_still_travels_in_the_answer(store: Store) -> None:
    document_id = arrived(store, pdf(4 * MIB))
    assert store.get(document_id, headers=PDFS).body == pdf(4 * MIB)
    assert store.get(document_id).json()["inhoud"]


def check_large(store: Store, document_id: str) -> dict[str, Any]:
    """Reads of a document that no answer can hold; gives the query of its URL."""
    for headers in (PDFS, PDFS | {"Range": "bytes=0-1"}, {"Accept": "application/octet-stream"}):
        answer = store.get(document_id, headers=headers)
        assert store.calls == ["GetItem"]
        assert (answer.status, answer.body) == (302, b"")
        assert answer.headers["ETag"] == '"1-opgeslagen"'
        head = store.head(document_id, headers=headers)
        assert (head.status, head.headers.keys()) == (302, answer.headers.keys())
    details = store.get(document_id).json()
    assert store.calls == ["GetItem"]
    assert details["inhoud"] is None
    assert datetime.fromisoformat(details["inhoudUrlVerlooptOp"]) > datetime.now(UTC)
    for url in (details["inhoudUrl"], answer.headers["Location"]):
        assert urlsplit(url).netloc.startswith(f"{BUCKET}.s3.")
        assert urlsplit(url).path == f"/{store.items()[0]['objectKey']}"
    return parse_qs(urlsplit(details["inhoudUrl"]).query)


def test_larger_content_is_read_by_its_url_as_an_attachment_under_its_own_name(store: Store) -> None:
    query = check_large(store, arrived(store, pdf(4 * MIB + 1)))
    assert query["response-content-type"] == ["application/pdf"]
    assert query["response-content-disposition"][0].startswith('attachment; filename="beoordeling-100245.pdf"')


def test_the_size_of_the_content_makes_no_difference_to_us(store: Store) -> None:
    """The bytes are never looked at, so that none need be there."""
    message = announcing(result())
    message["document"]["bestandsomvang"] = MAX_CONTENT_BYTES
    document_id = store.post_json(message).json()["documentId"]
    (item,) = store.items()
    store.table.put_item(Item=item | {"status": "opgeslagen"})
    check_large(store, document_id)


def test_what_the_caller_has_already_of_large_content_is_not_sent_again(store: Store) -> None:
    document_id = arrived(store, pdf(4 * MIB + 1))
    answer = store.get(document_id, headers=PDFS | {"If-None-Match": '"1-opgeslagen"'})
    assert (answer.status, store.calls) == (304, ["GetItem"])
