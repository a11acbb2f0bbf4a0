"""How many calls to AWS each operation takes: what an operation costs, and how long it must take at least."""

import json
from collections.abc import Callable

import pytest

from messages import PDF, announcing, pdf, put, result, with_content
from moto_store import Answer, Part, Store
from okd_dms import catalogue

KEYED = result(identificatie="EX-1")
PDFS = {"Accept": "application/pdf"}
REFERENCE = {"bronorganisatie": "25LX", "identificatie": "EX-1"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PARTS = [Part("metadata", json.dumps(KEYED).encode()), Part("file", PDF, "a.pdf", "application/pdf")]


@pytest.mark.parametrize(
    ("deliver", "calls"),
    [
        (lambda store: store.post_json(with_content(KEYED)), ["PutObject", "PutItem"]),
        (lambda store: store.post_multipart(PARTS), ["PutObject", "PutItem"]),
        (lambda store: store.post_json(announcing(KEYED)), ["PutItem"]),
    ],
    ids=["json", "multipart", "announcement"],
)
def test_a_delivery_keeps_the_content_before_it_records_the_document(
    store: Store, deliver: Callable[[Store], Answer], calls: list[str]
) -> None:
    for status in (deliver(store).status, deliver(store).status):
        assert status in (200, 202)
        assert store.calls == calls
    store.post_json(announcing(put(KEYED, "document.titel", "Another"))).problem(409, "delivery-conflict")
    assert store.calls == ["PutItem"]


@pytest.mark.parametrize(
    ("method", "headers", "query", "status", "calls"),
    [
        ("GET", {}, {}, 200, ["GetItem", "GetObject"]),
        ("GET", PDFS, {}, 200, ["GetItem", "GetObject"]),
        ("GET", PDFS | {"Range": "bytes=0-1"}, {}, 206, ["GetItem", "GetObject"]),
        ("GET", {}, {"inhoud": "false"}, 200, ["GetItem"]),
        ("HEAD", {}, {}, 200, ["GetItem"]),
        ("HEAD", PDFS, {}, 200, ["GetItem"]),
        ("GET", {"If-None-Match": "*"}, {}, 304, ["GetItem"]),
        ("GET", PDFS | {"If-None-Match": "*"}, {}, 304, ["GetItem"]),
        ("GET", {"Accept": "image/png"}, {}, 406, ["GetItem"]),
        ("GET", PDFS | {"Range": "bytes=1000-"}, {}, 416, ["GetItem"]),
    ],
)
def test_a_read_takes_two_calls_and_one_when_it_shows_no_content(
    store: Store, method: str, headers: dict[str, str], query: dict[str, str], status: int, calls: list[str]
) -> None:
    document_id = store.post_json(with_content(KEYED)).json()["documentId"]
    by_id = store.call(method, "/documents/{documentId}", headers=headers, query=query, documentId=document_id)
    assert (by_id.status, store.calls) == (status, calls)
    by_reference = store.call(method, "/documents", headers=headers, query=query | REFERENCE)
    assert (by_reference.status, store.calls) == (status, calls)


def test_a_document_that_is_not_there_takes_one_call(store: Store) -> None:
    for answer in (store.get(UNKNOWN), store.get(UNKNOWN, headers=PDFS), store.head(UNKNOWN)):
        assert (answer.status, store.calls) == (404, ["GetItem"])
    assert store.call("GET", "/documents", query=REFERENCE).status == 404
    assert store.calls == ["GetItem"]


def test_reads_are_strongly_consistent(store: Store) -> None:
    sent: list[str] = []
    events = catalogue.client().meta.events
    events.register("before-call.dynamodb.GetItem", lambda params, **_: sent.append(params["body"]), unique_id="sent")
    store.get(UNKNOWN)
    events.unregister("before-call.dynamodb.GetItem", unique_id="sent")
    assert json.loads(sent[0])["ConsistentRead"] is True


def test_a_read_while_content_is_awaited_looks_once_more(store: Store) -> None:
    document_id = store.post_json(announcing(KEYED)).json()["documentId"]
    assert store.get(document_id).status == 200
    assert store.calls == ["GetItem", "HeadObject"]


@pytest.mark.parametrize(
    ("method", "headers", "query"),
    [
        ("GET", {}, {}),
        ("GET", PDFS, {}),
        ("GET", PDFS, {"inhoud": "false"}),
        ("GET", {}, {"inhoud": "false"}),
        ("GET", PDFS | {"If-None-Match": "*"}, {}),
        ("HEAD", {}, {}),
        ("HEAD", PDFS, {}),
    ],
)
@pytest.mark.parametrize("content", [PDF, pdf(4 * 1024**2 + 1)], ids=["small", "large"])
def test_a_read_of_content_that_has_just_come_looks_at_it_in_the_same_number_of_calls(
    store: Store, content: bytes, method: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    document_id = store.post_json(announcing(KEYED, content)).json()["documentId"]
    store.upload(store.items()[0]["objectKey"], content)
    answer = store.call(method, "/documents/{documentId}", headers=headers, query=query, documentId=document_id)
    assert answer.status in (200, 302, 304)
    assert store.calls == ["GetItem", "HeadObject", "GetObject"]


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda store: store.post_json(b"{"), 400),
        (lambda store: store.post_json(with_content(KEYED), Idempotency_Key=""), 400),
        (lambda store: store.post_json(with_content(result(titel="x" * 70_000))), 413),
        (lambda store: store.post_json({}), 422),
        (lambda store: store.post_multipart(PARTS[:1]), 400),
        (lambda store: store.call("POST", "/documents", body=b"x"), 415),
        (lambda store: store.get("EX-1"), 400),
        (lambda store: store.head("EX-1"), 400),
        (lambda store: store.get(UNKNOWN, query={"x": "y"}), 400),
        (lambda store: store.call("GET", "/documents"), 400),
        (lambda store: store.call("PUT", "/documents"), 405),
        (lambda store: store.call("GET", "/"), 404),
    ],
)
def test_what_is_refused_for_itself_takes_no_call(store: Store, call: Callable[[Store], Answer], status: int) -> None:
    assert call(store).status == status
    assert store.calls == []
