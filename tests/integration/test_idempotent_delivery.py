"""A delivery that comes again: one delivery key makes one document, whatever the retries."""

import json
import unicodedata
from typing import Any

import pytest

import outages
from messages import PDF, announcing, put, result, with_content
from moto_store import Answer, Part, Store
from okd_dms import identity
from okd_dms.caller import EVERYONE, Caller
from okd_dms.compact import unpack

KEYED = result(identificatie="EX-2026-0417", auteur="Zoë")


def by_multipart(store: Store, message: dict[str, Any], content: bytes = PDF, **headers: str) -> Answer:
    return store.post_multipart([Part("metadata", json.dumps(message).encode()), Part("file", content)], **headers)


def same(one: Answer, other: Answer) -> bool:
    return (one.status, one.headers, one.body) == (other.status, other.headers, other.body)


def test_a_repeat_gets_the_same_answer_by_either_carrier_and_makes_no_second_document(store: Store) -> None:
    first = store.post_json(with_content(KEYED))
    before = store.items()
    assert first.status == 200
    assert all(same(first, answer) for answer in (store.post_json(with_content(KEYED)), by_multipart(store, KEYED)))
    assert store.items() == before


def test_an_idempotency_key_does_the_same_for_a_delivery_without_a_reference(store: Store) -> None:
    first = store.post_json(with_content(result()), Idempotency_Key="7f9c2ba4")
    assert first.status == 200
    assert same(first, by_multipart(store, result(), idempotency_key="7f9c2ba4"))
    assert len(store.items()) == 1


def test_without_a_key_every_delivery_is_a_new_document(store: Store) -> None:
    ids = {store.post_json(with_content(result())).json()["documentId"] for _ in range(3)}
    assert len(ids) == len(store.items()) == 3


def test_the_reference_counts_and_an_idempotency_key_beside_it_does_not(store: Store) -> None:
    first = store.post_json(with_content(KEYED), Idempotency_Key="a")
    assert same(first, store.post_json(with_content(KEYED), Idempotency_Key="b"))
    other = store.post_json(with_content(result(identificatie="another")), Idempotency_Key="a")
    assert other.json()["documentId"] != first.json()["documentId"]


@pytest.mark.parametrize(
    "again",
    [
        put(KEYED, "student.personId", KEYED["student"]["personId"].upper()),
        dict(reversed(KEYED.items())),
        put(KEYED, "document.bewaartermijn", None),
        put(KEYED, "document.bestandsomvang", len(PDF)),
    ],
    ids=["id in capitals", "other order", "null", "size"],
)
def test_what_means_the_same_is_the_same_delivery(store: Store, again: dict[str, Any]) -> None:
    assert same(store.post_json(with_content(KEYED)), store.post_json(with_content(again)))


OTHERS = [
    (put(KEYED, "document.titel", "Another"), PDF),
    (put(KEYED, "document.auteur", unicodedata.normalize("NFD", KEYED["document"]["auteur"])), PDF),
    (put(KEYED, "student.studentnummer", "7654321"), PDF),
    (put(KEYED, "document.bewaartermijn", "3Y"), PDF),
    (KEYED, PDF + b"\n"),
]


@pytest.mark.parametrize(("message", "content"), OTHERS)
def test_another_delivery_under_the_same_reference_is_refused_and_changes_nothing(
    store: Store, message: dict[str, Any], content: bytes
) -> None:
    first = store.post_json(with_content(KEYED))
    before = store.items()
    for answer in (
        store.post_json(with_content(message, content)),
        by_multipart(store, message, content),
        store.post_json(announcing(message, content)),
    ):
        problem = answer.problem(409, "delivery-conflict")
        assert problem["documentId"] == first.json()["documentId"]
        assert "PATCH" in problem["detail"]
    assert store.items() == before
    assert store.get(first.json()["documentId"], headers={"Accept": "application/pdf"}).body == PDF


def test_an_idempotency_key_that_is_used_again_for_something_else_is_refused(store: Store) -> None:
    store.post_json(with_content(result()), Idempotency_Key="7f9c2ba4")
    before = store.items()
    for message in (with_content(result(titel="Another")), with_content(result(), b"%PDF-other bytes")):
        store.post_json(message, Idempotency_Key="7f9c2ba4").problem(422, "idempotency-key-reused")
    assert store.items() == before


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "7f9c2ba4"}], ids=["reference", "Idempotency-Key"])
def test_two_senders_do_not_meet_under_one_key(
    store: Store, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = with_content(result() if headers else KEYED)
    mine = store.post_json(message, **headers).json()["documentId"]
    another = Caller("another component", EVERYONE.scopes)
    monkeypatch.setattr(identity, "caller", lambda _: another)
    theirs = store.post_json(message, **headers).json()["documentId"]
    assert mine != theirs
    assert store.get(theirs).status == 200
    store.get(mine).problem(404, "document-not-found")


def test_a_reference_holds_within_its_organisation(store: Store) -> None:
    ids = {
        store.post_json(with_content(put(KEYED, "document.bronorganisatie", organisation))).json()["documentId"]
        for organisation in ("25LX", "25LX00", "002564440")
    }
    assert len(ids) == 3


def test_a_delivery_whose_recording_was_not_confirmed_is_answered_as_if_it_was(store: Store) -> None:
    """DynamoDB took the item, its answer was lost, and botocore's next attempt meets our own item."""
    with outages.answer_lost("PutItem"):
        answer = store.post_json(with_content(KEYED))
    assert answer.status == 200
    (item,) = store.items()
    assert store.objects() == [item["objectKey"]]
    assert same(answer, store.post_json(with_content(KEYED)))


def test_an_announcement_whose_recording_was_not_confirmed_gives_a_ticket_for_the_recorded_key(store: Store) -> None:
    with outages.answer_lost("PutItem"):
        answer = store.post_json(announcing(KEYED))
    assert answer.status == 202
    (item,) = store.items()
    assert f"/{item['objectKey']}?" in answer.json()["upload"]["url"]


def test_a_delivery_whose_bytes_were_not_confirmed_is_stored_once(store: Store) -> None:
    with outages.answer_lost("PutObject"):
        answer = store.post_json(with_content(KEYED))
    assert answer.status == 200
    (item,) = store.items()
    assert store.objects() == [item["objectKey"]]


def test_a_repeat_after_a_failed_recording_stores_the_document(store: Store) -> None:
    with outages.failing("PutItem", outages.refusal("InternalServerError", 500)):
        store.post_json(with_content(KEYED)).problem(503, "service-unavailable")
    assert store.items() == []
    document_id = store.post_json(with_content(KEYED)).json()["documentId"]
    assert store.get(document_id, headers={"Accept": "application/pdf"}).body == PDF


def test_a_repeat_of_the_first_delivery_gets_the_first_answer_after_an_update(store: Store) -> None:
    first = store.post_json(with_content(KEYED))
    (item,) = store.items()
    updated = put(unpack(item["message"].value), "document.bestandsnaam", "corrected.pdf")
    store.table.put_item(Item=item | {"version": 2, "message": json.dumps(updated), "objectKey": "direct/x/y/z"})
    assert same(first, store.post_json(with_content(KEYED)))
    assert same(first, store.post_json(announcing(KEYED)))
    assert store.items()[0]["version"] == 2
    store.post_json(with_content(updated)).problem(409, "delivery-conflict")
