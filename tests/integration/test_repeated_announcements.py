"""An announcement that comes again: a fresh ticket for the same key, until the content is there or overdue."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from messages import PDF, announcing, result, with_content
from moto_store import Part, Store
from okd_dms import catalogue
from okd_dms.document import Document, moment

KEYED = result(identificatie="EX-2026-0417")
ANNOUNCEMENT = announcing(KEYED)


def key_of(ticket: dict[str, str]) -> str:
    return urlsplit(ticket["url"]).path.lstrip("/")


def make_overdue(store: Store) -> None:
    (item,) = store.items()
    store.table.put_item(Item=item | {"dueAt": "2026-01-01T00:00:00.000Z"})


def test_a_repeat_gets_a_fresh_ticket_for_the_same_key(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT)
    before = store.items()
    again = store.post_json(ANNOUNCEMENT)
    assert store.calls == ["PutItem"]
    assert again.status == 202
    assert key_of(again.json()["upload"]) == key_of(first.json()["upload"]) == before[0]["objectKey"]
    assert {**again.json(), "upload": 0} == {**first.json(), "upload": 0}
    assert store.items() == before


def test_an_idempotency_key_does_the_same(store: Store) -> None:
    first = store.post_json(announcing(result()), Idempotency_Key="7f9c2ba4").json()
    again = store.post_json(announcing(result()), Idempotency_Key="7f9c2ba4").json()
    assert key_of(first["upload"]) == key_of(again["upload"])
    other = store.post_json(announcing(result(), b"other bytes"), Idempotency_Key="7f9c2ba4")
    other.problem(422, "idempotency-key-reused")


def test_other_content_under_the_same_reference_is_refused(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT).json()
    problem = store.post_json(announcing(KEYED, b"other bytes")).problem(409, "delivery-conflict")
    assert problem["documentId"] == first["documentId"]


def test_the_content_itself_by_another_carrier_is_answered_as_the_announcement_was(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT).json()
    before = store.items()
    parts = [Part("metadata", json.dumps(KEYED).encode()), Part("file", PDF, "x.pdf", "application/pdf")]
    for again in (store.post_multipart(parts), store.post_json(with_content(KEYED))):
        assert again.status == 202
        assert key_of(again.json()["upload"]) == key_of(first["upload"])
    assert store.items() == before


def test_once_the_content_is_there_a_repeat_is_answered_stored(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT).json()
    key = key_of(first["upload"])
    store.upload(key, PDF)
    store.upload_event(key)
    for again in (store.post_json(ANNOUNCEMENT), store.post_json(with_content(KEYED))):
        assert (again.status, again.headers["ETag"]) == (200, '"1-opgeslagen"')
        assert again.json() == {**{k: v for k, v in first.items() if k != "upload"}, "status": "opgeslagen"}


def test_a_repeat_of_an_overdue_announcement_renews_it_under_the_same_key(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT).json()
    make_overdue(store)
    again = store.post_json(ANNOUNCEMENT)
    assert store.calls == ["PutItem", "UpdateItem"]
    assert again.json()["documentId"] == first["documentId"]
    assert key_of(again.json()["upload"]) == key_of(first["upload"])
    (item,) = store.items()
    assert datetime.fromisoformat(item["dueAt"]) > datetime.now(UTC)
    assert item["unfinishedSince"] == f"{datetime.now(UTC):%Y-%m-%d}"


def test_bytes_that_came_before_a_repeat_of_an_overdue_announcement_are_not_lost(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT).json()
    store.upload(key_of(first["upload"]), PDF)
    make_overdue(store)
    assert store.get(first["documentId"]).json()["status"] == "opgeslagen"
    store.post_json(ANNOUNCEMENT)
    assert store.get(first["documentId"], headers={"Accept": "application/pdf"}).body == PDF


def test_the_content_itself_also_renews_an_overdue_announcement(store: Store) -> None:
    first = store.post_json(ANNOUNCEMENT).json()
    make_overdue(store)
    again = store.post_json(with_content(KEYED))
    assert again.status == 202
    assert key_of(again.json()["upload"]) == key_of(first["upload"])


def test_a_repeat_that_meets_the_completion_of_an_overdue_announcement_hears_to_come_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(store.post_json(ANNOUNCEMENT).json()["upload"])
    store.upload(key, PDF)
    make_overdue(store)
    renew = catalogue.renew

    def completed_first(document: Document) -> bool:
        store.upload_event(key)
        return renew(document)

    monkeypatch.setattr(catalogue, "renew", completed_first)
    busy = store.post_json(ANNOUNCEMENT)
    busy.problem(409, "busy")
    assert busy.headers["Retry-After"] == "1"
    assert store.post_json(ANNOUNCEMENT).status == 200


def test_no_ticket_outlives_its_announcement(store: Store) -> None:
    store.post_json(ANNOUNCEMENT)
    (item,) = store.items()
    soon = moment(datetime.now(UTC) + timedelta(seconds=100))
    store.table.put_item(Item=item | {"dueAt": soon})
    upload = store.post_json(ANNOUNCEMENT).json()["upload"]
    assert upload["verlooptOp"] == soon
    assert int(parse_qs(urlsplit(upload["url"]).query)["X-Amz-Expires"][0]) <= 100
