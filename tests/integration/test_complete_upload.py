"""The event by which S3 tells of an upload: the document that awaits exactly those bytes is completed, once."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import outages
from messages import PDF, announcing, put, result
from moto_store import BUCKET, Store
from okd_dms.compact import unpack
from okd_dms.errors import DependencyFailed, UploadUnfit

PDFS = {"Accept": "application/pdf"}


def announced(store: Store, reference: str = "EX-1") -> tuple[str, str]:
    """The id of a document whose content is awaited, and the key on which."""
    document_id = store.post_json(announcing(result(identificatie=reference))).json()["documentId"]
    return document_id, store.table.get_item(Key={"documentId": document_id, "item": "head"})["Item"]["objectKey"]


def test_an_upload_completes_its_document_in_four_calls(store: Store) -> None:
    document_id, key = announced(store)
    (before,) = store.items()
    store.upload(key, PDF)
    store.upload_event(key)
    assert store.calls == ["GetItem", "HeadObject", "GetObject", "UpdateItem"]
    (item,) = store.items()
    waiting = {"unfinishedSince", "dueAt"}
    kept = {name: value for name, value in before.items() if name not in waiting}
    assert item == kept | {"status": "opgeslagen", "changedAt": item["changedAt"]}
    assert item["changedAt"] >= before["changedAt"]
    assert store.get(document_id, headers=PDFS).body == PDF


def test_an_event_that_comes_again_changes_nothing(store: Store) -> None:
    _, key = announced(store)
    store.upload(key, PDF)
    store.upload_event(key)
    before = store.items()
    store.upload_event(key)
    assert store.calls == ["GetItem"]
    assert store.items() == before


def test_an_event_that_comes_before_its_object_can_be_seen_is_tried_again(store: Store) -> None:
    _, key = announced(store)
    before = store.items()
    with pytest.raises(UploadUnfit):
        store.upload_event(key)
    assert store.items() == before
    store.upload(key, PDF)
    store.upload_event(key)
    assert store.items()[0]["status"] == "opgeslagen"


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["upload", "event", "stray event", "repeat", "read", "other"]), max_size=8))
def test_whatever_the_order_and_number_of_events_the_status_tells_the_truth(store: Store, steps: list[str]) -> None:
    reference = hashlib.sha256(repr(steps).encode()).hexdigest()
    document_id, key = announced(store, reference)
    other_id, other_key = announced(store, f"other {reference}")
    uploaded = completed = False
    for step in steps:
        if step == "upload" and not uploaded:
            store.upload(key, PDF)
            uploaded = True
        elif step == "event" and not uploaded:
            with pytest.raises(UploadUnfit):
                store.upload_event(key)
        elif step == "event":
            store.upload_event(key)
            completed = True
        elif step == "stray event":
            store.upload_event(key + "0")
        elif step == "repeat":
            again = store.post_json(announcing(result(identificatie=reference)))
            assert again.status == (200 if completed else 202)
        elif step == "read":
            assert store.get(document_id, headers=PDFS).status == (200 if uploaded else 409)
        elif step == "other":
            store.upload(other_key, PDF)
            store.upload_event(other_key)
    item = store.table.get_item(Key={"documentId": document_id, "item": "head"})["Item"]
    assert (item["status"] == "opgeslagen") == completed == ("dueAt" not in item)
    other_status = store.get(other_id, query={"inhoud": "false"}).json()["status"]
    assert (other_status == "opgeslagen") == ("other" in steps)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        *((PDF + b"x", "application/pdf"), (PDF[:-1], "application/pdf"), (PDF[:-1] + b"x", "application/pdf")),
        *((PDF, "text/html"), (PDF, "application/pdf2"), (b"", "application/pdf")),
    ],
)
def test_an_upload_that_is_not_what_was_announced_completes_nothing(
    store: Store, content: bytes, content_type: str
) -> None:
    document_id, key = announced(store)
    before = store.items()
    store.upload(key, content, content_type)
    with pytest.raises(UploadUnfit):
        store.upload_event(key)
    assert store.items() == before
    store.get(document_id, headers=PDFS).problem(409, "content-awaited")


def test_an_object_of_which_s3_did_not_compute_the_sha_256_completes_nothing(store: Store) -> None:
    _, key = announced(store)
    store.s3.put_object(Bucket=BUCKET, Key=key, Body=PDF, ContentType="application/pdf")
    with pytest.raises(UploadUnfit):
        store.upload_event(key)


@pytest.mark.parametrize("content_type", ["Application/PDF", "application/pdf; charset=binary"])
def test_a_media_type_in_capitals_or_with_parameters_is_the_same_media_type(store: Store, content_type: str) -> None:
    _, key = announced(store)
    store.upload(key, PDF, content_type)
    store.upload_event(key)
    assert store.items()[0]["status"] == "opgeslagen"


@pytest.mark.parametrize("key", ["aangekondigd/x", "elsewhere/2026-03-12/{id}/x", "aangekondigd/2026-03-12/{id}/x", ""])
def test_an_object_that_no_document_awaits_completes_nothing(store: Store, key: str) -> None:
    document_id, _ = announced(store)
    before = store.items()
    stray = key.format(id=document_id)
    if stray:
        store.upload(stray, PDF)
    store.upload_event(stray)
    assert store.items() == before


def test_a_late_event_does_not_undo_a_later_version(store: Store) -> None:
    _, key = announced(store)
    store.upload(key, PDF)
    store.upload_event(key)
    (item,) = store.items()
    message = put(unpack(item["message"].value), "document.titel", "Corrected")
    later = item | {"version": 2, "message": json.dumps(message), "objectKey": "direct/2026-03-12/x/y"}
    store.table.put_item(Item=later)
    store.upload_event(key)
    assert store.items() == [later]


@pytest.mark.parametrize("operation", ["GetItem", "HeadObject", "GetObject", "UpdateItem"])
def test_an_event_is_tried_again_when_aws_fails(store: Store, operation: str) -> None:
    _, key = announced(store)
    store.upload(key, PDF)
    with (
        outages.failing(operation, outages.refusal("InternalError", 500, operation)),
        pytest.raises(DependencyFailed),
    ):
        store.upload_event(key)
    store.upload_event(key)
    assert store.items()[0]["status"] == "opgeslagen"


def test_a_completion_whose_answer_was_lost_is_no_failure(store: Store) -> None:
    _, key = announced(store)
    store.upload(key, PDF)
    with outages.answer_lost("UpdateItem"):
        store.upload_event(key)
    assert store.items()[0]["status"] == "opgeslagen"
