"""A program that is said to be a PDF comes in by no way, and what came in by an upload ticket is given to nobody."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

import template
from changes import (
    GRACE,
    LIFETIME,
    NEW,
    announce,
    announced_key,
    content_of,
    correct,
    everything_in_s3,
    reconcile,
    replace,
    retitle,
    stored,
    upload_event,
)
from messages import PDF, announcing, pdf, put, result, with_content
from moto_store import Answer, Part, Store
from okd_dms.errors import UploadUnfit

PROGRAM = b"MZ\x90\0".ljust(60, b"\0") + b"\x80\0\0\0" + bytes(64) + b"PE\0\0"
LARGE_PROGRAM = PROGRAM.ljust(4 * 1024**2 + 1, b"\0")
PDFS = {"Accept": "application/pdf"}
PAGE = b"<!DOCTYPE html><script>alert(document.cookie)</script>"


def by_multipart(store: Store, content: bytes) -> Answer:
    return store.post_multipart([Part("metadata", json.dumps(result()).encode()), Part("file", content, "a.pdf")])


@pytest.mark.parametrize("content", [PROGRAM, PAGE, b"#!/bin/sh\n", b"no PDF at all"])
def test_a_delivery_in_disguise_is_refused_and_kept_nowhere(store: Store, content: bytes) -> None:
    in_json = store.post_json(with_content(result(), content)).faults()
    assert in_json == {"document.formaat": "disguised", "inhoud": "disguised"}
    assert by_multipart(store, content).faults() == {"document.formaat": "disguised", "file": "disguised"}
    assert store.calls == []
    assert store.is_empty()


def test_the_type_of_the_part_is_held_to_the_same_when_the_metadata_names_none(store: Store) -> None:
    metadata = Part("metadata", json.dumps(put(result(), "document.formaat", None)).encode())
    answer = store.post_multipart([metadata, Part("file", PROGRAM, "a.pdf", "application/pdf")])
    assert answer.faults() == {"document.formaat": "disguised", "file": "disguised"}
    assert store.post_multipart([metadata, Part("file", PROGRAM, "a.exe", "application/x-msdownload")]).status == 200


def test_a_disguise_is_told_together_with_every_other_fault(store: Store) -> None:
    answer = store.post_json(with_content(result(titel=""), PROGRAM))
    assert answer.faults() == {"document.titel": "length", "document.formaat": "disguised", "inhoud": "disguised"}


@pytest.mark.parametrize("content_type", ["application/pdf", "application/octet-stream", "text/plain"])
def test_new_content_in_disguise_is_refused_and_changes_nothing(store: Store, content_type: str) -> None:
    """application/octet-stream leaves the type as it is, a PDF's."""
    document_id = stored(store)
    before = store.items(), store.objects()
    assert replace(store, document_id, PROGRAM, content_type).faults() == {"document.formaat": "disguised"}
    assert (store.items(), store.objects()) == before


def test_content_does_not_put_on_its_disguise_afterwards(store: Store) -> None:
    document_id = stored(store, result(formaat="text/html"), PAGE)
    faults = correct(store, document_id, {"document": {"formaat": "application/pdf"}}).faults()
    assert faults == {"document.formaat": "disguised"}
    assert store.calls == ["GetItem", "GetObject"]
    assert correct(store, document_id, {"document": {"formaat": "text/markdown"}}).status == 200
    assert store.calls == ["GetItem", "GetObject", "TransactWriteItems"]
    assert correct(store, document_id, {"document": {"formaat": "text/markdown", "titel": "Zoë"}}).status == 200
    assert store.calls == ["GetItem", "TransactWriteItems"]


def uploaded_in_disguise(store: Store, content: bytes) -> tuple[str, str]:
    """A document whose first content was announced as a PDF, and is there and none; its id, and the object's key."""
    document_id = store.post_json(announcing(result(identificatie="EX-1"), content)).json()["documentId"]
    key = str(store.items()[0]["objectKey"])
    store.upload(key, content)
    return document_id, key


@pytest.mark.parametrize("content", [PROGRAM, LARGE_PROGRAM], ids=["small", "large"])
def test_no_reader_is_given_an_upload_in_disguise(store: Store, content: bytes) -> None:
    document_id, _ = uploaded_in_disguise(store, content)
    for query in ({}, {"inhoud": "false"}, {"versie": "1"}):
        details = store.get(document_id, query=query).json()
        assert (details["status"], details.get("inhoud"), details["inhoudUrl"]) == ("wacht_op_inhoud", None, None)
    assert store.head(document_id).headers["ETag"] == '"1-wacht_op_inhoud"'
    for headers in (PDFS, {"Accept": "application/octet-stream"}, PDFS | {"Range": "bytes=0-1"}):
        store.get(document_id, headers=headers).problem(409, "content-awaited")
        assert store.calls == ["GetItem", "HeadObject", "GetObject"]


def test_an_upload_in_disguise_completes_nothing_and_goes_when_its_time_is_up(store: Store) -> None:
    document_id, key = uploaded_in_disguise(store, PROGRAM)
    before = store.items()
    with pytest.raises(UploadUnfit):
        upload_event(store, key)
    assert store.items() == before
    assert reconcile(timedelta(hours=1))["completed"] == 0
    assert store.get(document_id).json()["status"] == "wacht_op_inhoud"
    assert reconcile(LIFETIME + GRACE + timedelta(hours=1))["closed"] == 1
    assert store.get(document_id).status == 404
    assert everything_in_s3(store) == []


def test_an_announced_update_in_disguise_leaves_the_old_version_in_force(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id, PROGRAM)
    key = announced_key(store, document_id)
    store.upload(key, PROGRAM)
    with pytest.raises(UploadUnfit):
        upload_event(store, key)
    retitle(store, document_id, "Anders").problem(409, "update-pending")
    assert content_of(store, document_id) == PDF
    assert reconcile(LIFETIME + GRACE + timedelta(hours=1))["closed"] == 1
    assert len(everything_in_s3(store)) == 1
    replace(store, document_id, NEW)
    assert content_of(store, document_id) == NEW


def test_an_update_may_announce_another_type_and_is_held_to_that(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id, PAGE, members={"formaat": "text/html"})
    key = announced_key(store, document_id)
    store.upload(key, PAGE, "text/html")
    upload_event(store, key)
    assert content_of(store, document_id) == PAGE


def test_the_error_that_ends_the_event_says_what_the_upload_was_instead(store: Store) -> None:
    _, key = uploaded_in_disguise(store, PROGRAM)
    with pytest.raises(UploadUnfit) as unfit:
        upload_event(store, key)
    assert "a Windows program" in str(unfit.value)


def replaced(store: Store) -> str:
    document_id = stored(store)
    assert replace(store, document_id, PROGRAM).status == 204
    return document_id


WAYS: dict[str, Callable[[Store], object]] = {
    "json": lambda store: store.post_json(with_content(result(), PROGRAM)).json()["documentId"],
    "multipart": lambda store: by_multipart(store, PROGRAM).json()["documentId"],
    "bytes": replaced,
    "upload": lambda store: uploaded_in_disguise(store, PROGRAM)[0],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_deployer_may_take_content_as_it_is_declared(store: Store, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setitem(template.load()["Parameters"]["DisguisedContent"], "Default", "accept")
    document_id = WAYS[way](store)
    assert store.get(str(document_id), headers=PDFS).body == PROGRAM


def test_the_whole_of_the_content_may_follow_a_genuine_beginning(store: Store) -> None:
    """What is refused is a disguise of the type, not bytes inside a document."""
    content = pdf(2048) + PROGRAM + PAGE
    assert by_multipart(store, content).status == 200
