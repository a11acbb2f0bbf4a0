"""DELETE: the document is gone for everyone at once, all its bytes with it, and nothing personal stays."""

import json
import uuid
from typing import Any

import pytest

from changes import (
    NEW,
    VERSIONS,
    alter,
    announce,
    announced_key,
    awaiting,
    complete,
    delete,
    describing,
    everything_in_s3,
    head_item,
    replace,
    retitle,
    stored,
    upload_event,
)
from interference import just_before
from messages import PDF, result, with_content
from moto_store import BUCKET, Store

TOMBSTONE = {"documentId", "item", "sender", "status", "version", "registeredAt", "changedAt", "changedBy"}
MARK = "ZQXJ"


def marked() -> dict[str, Any]:
    """A message in which all that can be personal carries a mark."""
    message = result(
        titel=f"titel {MARK}", auteur=f"auteur {MARK}", bestandsnaam=f"{MARK}.pdf", identificatie=f"id {MARK}"
    )
    message["student"] = {"personId": "deadbeef-c499-4da8-af6d-b55e66251f31", "studentnummer": f"nr {MARK}"}
    message["toets"] = {"code": f"code {MARK}", "naam": f"naam {MARK}", "resultaat": f"resultaat {MARK}"}
    message["opleiding"] = {"code": f"code {MARK}", "naam": f"naam {MARK}"}
    message["verbintenis"] = {"volgnummer": f"nr {MARK}"}
    return message


def with_history(store: Store) -> str:
    """A document in four versions, and a fifth announced and uploaded, of which nobody has told."""
    document_id = stored(store, marked(), f"%PDF- {MARK} one".encode())
    replace(store, document_id, f"%PDF- {MARK} two".encode())
    retitle(store, document_id, f"{MARK} three")
    announce(store, document_id, f"%PDF- {MARK} four".encode(), members={"bestandsnaam": f"{MARK} four.pdf"})
    complete(store, document_id, f"%PDF- {MARK} four".encode())
    announce(store, document_id, f"%PDF- {MARK} five".encode())
    store.upload(announced_key(store, document_id), f"%PDF- {MARK} five".encode())
    return document_id


def test_a_deletion_is_answered_without_a_body(store: Store) -> None:
    answer = delete(store, stored(store))
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Type" not in answer.headers


def test_a_repeated_deletion_is_answered_the_same(store: Store) -> None:
    document_id = stored(store)
    delete(store, document_id)
    tombstone = head_item(store, document_id)
    assert delete(store, document_id).status == 204
    assert head_item(store, document_id) == tombstone


def test_a_deleted_document_is_not_found_on_any_route(store: Store) -> None:
    document_id = stored(store, result(identificatie="a-1"))
    replace(store, document_id)
    delete(store, document_id)
    reference = {"identificatie": "a-1", "bronorganisatie": "25LX"}
    answers = [
        store.get(document_id),
        store.get(document_id, headers={"Accept": "application/pdf"}),
        store.get(document_id, headers={"If-None-Match": "*"}),
        store.get(document_id, query={"versie": "1"}),
        store.get(document_id, query={"versie": "2"}),
        store.call("GET", "/documents", query=reference),
        store.call("GET", VERSIONS, documentId=document_id),
        replace(store, document_id),
        retitle(store, document_id, "Anders"),
        announce(store, document_id),
    ]
    unknown = store.get(str(uuid.uuid4())).problem(404, "document-not-found") | {"instance": ""}
    assert all(answer.problem(404, "document-not-found") | {"instance": ""} == unknown for answer in answers)
    assert store.head(document_id).status == 404


def test_another_senders_document_is_not_found_and_stays(store: Store) -> None:
    document_id = stored(store)
    alter(store, document_id, sender="another-component")
    before = store.items()
    delete(store, document_id).problem(404, "document-not-found")
    assert store.items() == before
    assert len(store.objects()) == 1


def test_a_document_that_another_sender_deleted_is_not_found(store: Store) -> None:
    document_id = stored(store)
    delete(store, document_id)
    alter(store, document_id, sender="another-component")
    delete(store, document_id).problem(404, "document-not-found")


def test_an_unknown_document_is_not_found_and_leaves_no_tombstone(store: Store) -> None:
    delete(store, str(uuid.uuid4())).problem(404, "document-not-found")
    assert store.is_empty()


def test_an_id_that_is_no_uuid_is_malformed(store: Store) -> None:
    delete(store, "1234").problem(400, "malformed-request")


def test_one_version_alone_cannot_be_deleted(store: Store) -> None:
    document_id = stored(store)
    answer = store.call("DELETE", "/documents/{documentId}", documentId=document_id, query={"versie": "1"})
    assert "Known: none" in answer.problem(400, "malformed-request")["detail"]
    assert store.get(document_id).status == 200


@pytest.mark.parametrize("tags", ['"1-opgeslagen"', "*"])
def test_a_deletion_goes_through_when_if_match_names_the_state(store: Store, tags: str) -> None:
    assert delete(store, stored(store), If_Match=tags).status == 204


def test_a_deletion_is_refused_when_if_match_names_another_state(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id)
    delete(store, document_id, If_Match='"1-opgeslagen"').problem(412, "precondition-failed")
    assert store.get(document_id).status == 200


def test_a_repeated_deletion_is_answered_the_same_whatever_state_it_names(store: Store) -> None:
    document_id = stored(store)
    for _ in range(2):
        assert delete(store, document_id, If_Match='"1-opgeslagen"').status == 204


def test_the_bytes_of_all_versions_go_with_every_object_version_and_delete_marker(store: Store) -> None:
    document_id, other = with_history(store), stored(store)
    kept = head_item(store, other)["objectKey"]
    key = head_item(store, document_id)["objectKey"]
    store.s3.put_object(Bucket=BUCKET, Key=key, Body=b"written over from outside")
    store.s3.delete_object(Bucket=BUCKET, Key=key)
    assert len(everything_in_s3(store)) == 7
    assert delete(store, document_id).status == 204
    assert everything_in_s3(store) == [kept]
    assert store.get(other).status == 200


def test_the_objects_of_repeats_and_refused_writers_go_too(store: Store) -> None:
    message = with_content(result(identificatie="a-1"))
    document_id = store.post_json(message).json()["documentId"]
    for _ in range(2):
        store.post_json(message)
    store.post_json(with_content(result(identificatie="a-1", titel="Other"))).problem(409, "delivery-conflict")
    assert len(everything_in_s3(store)) == 4
    delete(store, document_id)
    assert everything_in_s3(store) == []


def test_a_tombstone_is_all_that_stays_and_holds_nothing_personal(store: Store) -> None:
    document_id = with_history(store)
    registered_at = head_item(store, document_id)["registeredAt"]
    delete(store, document_id)
    (tombstone,) = store.items()
    assert tombstone.keys() == TOMBSTONE
    assert (tombstone["documentId"], tombstone["item"], tombstone["status"]) == (document_id, "head", "verwijderd")
    assert (tombstone["sender"], tombstone["changedBy"], tombstone["version"]) == ("-", "-", 4)
    assert tombstone["registeredAt"] == registered_at < tombstone["changedAt"]
    everything = json.dumps(tombstone, default=str)
    assert MARK not in everything
    assert "deadbeef" not in everything


@pytest.mark.parametrize("upload", [False, True])
def test_a_document_whose_first_content_is_awaited_can_be_deleted(store: Store, *, upload: bool) -> None:
    document_id = awaiting(store)
    if upload:
        store.upload(head_item(store, document_id)["objectKey"], PDF)
    assert delete(store, document_id).status == 204
    assert store.get(document_id).status == 404
    (tombstone,) = store.items()
    assert tombstone.keys() == TOMBSTONE
    assert everything_in_s3(store) == []


@pytest.mark.parametrize(
    "again",
    [
        with_content(result(identificatie="a-1")),
        with_content(result(identificatie="a-1"), NEW),
        result(identificatie="a-1", **describing(PDF)),
    ],
    ids=["the same", "other content", "announced"],
)
def test_a_later_delivery_under_the_same_reference_is_refused_and_told_why(store: Store, again: dict[str, Any]) -> None:
    document_id = stored(store, result(identificatie="a-1"))
    delete(store, document_id)
    problem = store.post_json(again).problem(409, "delivery-conflict")
    assert problem["documentId"] == document_id
    assert "was deleted" in problem["detail"]
    assert store.get(document_id).status == 404
    assert head_item(store, document_id).keys() == TOMBSTONE


def test_a_later_delivery_under_the_same_idempotency_key_is_refused(store: Store) -> None:
    document_id = store.post_json(with_content(result()), Idempotency_Key="k-1").json()["documentId"]
    delete(store, document_id)
    problem = store.post_json(with_content(result()), Idempotency_Key="k-1").problem(409, "delivery-conflict")
    assert "was deleted" in problem["detail"]


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
@pytest.mark.parametrize("first", [True, False])
def test_a_deletion_that_takes_an_upload_from_under_an_update_is_no_fault_of_the_store(
    store: Store, operation: str, *, first: bool
) -> None:
    document_id, _ = uploaded(store, first=first)
    with just_before(operation, lambda: delete(store, document_id)):
        retitle(store, document_id, "Anders").problem(409, "update-pending")
    retitle(store, document_id, "Anders").problem(404, "document-not-found")
    assert everything_in_s3(store) == []


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
@pytest.mark.parametrize("first", [True, False])
def test_the_event_of_an_upload_that_a_deletion_takes_away_has_nothing_to_complain_of(
    store: Store, operation: str, *, first: bool
) -> None:
    document_id, key = uploaded(store, first=first)
    with just_before(operation, lambda: delete(store, document_id)):
        upload_event(store, key)
    assert store.get(document_id).status == 404


def uploaded(store: Store, *, first: bool) -> tuple[str, str]:
    """A document whose first content is there, or an update of it, and the object's key; nobody has told of it."""
    document_id = awaiting(store) if first else stored(store)
    if not first:
        announce(store, document_id)
    key = str(head_item(store, document_id)["objectKey" if first else "announcedKey"])
    store.upload(key, PDF if first else NEW)
    return document_id, key
