"""PATCH with bytes: a new version of the content, whatever it is, and nothing else changes."""

import hashlib
import json
import uuid
from typing import Any

import pytest

from changes import (
    NEW,
    alter,
    awaiting,
    content_of,
    correct,
    delete,
    describing,
    digest,
    everything_in_s3,
    head_item,
    patch,
    replace,
    stored,
)
from messages import PDF, pdf, result, with_content
from moto_store import Part, Store, multipart

MIB = 1024**2


def in_force(store: Store, document_id: str) -> dict[str, Any]:
    return dict(store.get(document_id, query={"inhoud": "false"}).json()["document"])


def test_new_content_makes_the_next_version(store: Store) -> None:
    document_id = stored(store)
    answer = replace(store, document_id)
    assert (answer.status, answer.headers["ETag"], answer.body) == (204, '"2-opgeslagen"', b"")
    assert "Content-Type" not in answer.headers
    assert content_of(store, document_id) == NEW
    assert store.get(document_id).headers["ETag"] == '"2-opgeslagen"'


def test_new_content_changes_the_size_the_media_type_and_the_checksum_alone(store: Store) -> None:
    document_id = stored(store, result(identificatie="a-1"))
    before = store.get(document_id, query={"inhoud": "false"}).json()
    replace(store, document_id, b"plain text", "text/plain; charset=utf-8")
    after = store.get(document_id, query={"inhoud": "false"}).json()
    assert after["document"] == before["document"] | {
        "bestandsomvang": 10,
        "formaat": "text/plain",
        "integriteit": {"algoritme": "sha_256", "waarde": digest(b"plain text")},
    }
    for member in after.keys() - {"document", "versie", "inhoudUrl", "inhoudUrlVerlooptOp"}:
        assert after[member] == before[member]


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
        *((media_type, b"{}") for media_type in ("text/csv", "application/xml", "x-a/y+json")),
    ],
)
def test_content_of_any_media_type_is_taken(store: Store, media_type: str, content: bytes) -> None:
    document_id = stored(store)
    assert replace(store, document_id, content, media_type).status == 204
    answer = store.get(document_id, headers={"Accept": media_type})
    assert (answer.headers["Content-Type"], answer.body) == (media_type, content)


def test_octet_stream_says_nothing_of_the_content_so_the_stored_type_stays(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id, NEW, "application/octet-stream")
    assert in_force(store, document_id)["formaat"] == "application/pdf"


def test_the_object_carries_the_media_type_in_force(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id, b"a;b", "text/csv")
    key = head_item(store, document_id)["objectKey"]
    assert store.s3.head_object(Bucket="contents", Key=key)["ContentType"] == "text/csv"
    assert key.split("/")[0::2] == ["direct", document_id]


def test_4_mib_fits_in_the_message(store: Store) -> None:
    document_id, content = stored(store), pdf(4 * MIB)
    assert replace(store, document_id, content).status == 204
    assert hashlib.sha256(content_of(store, document_id)).digest() == hashlib.sha256(content).digest()


def test_one_byte_more_is_refused_and_the_announcement_is_named_as_the_way_out(store: Store) -> None:
    document_id = stored(store)
    problem = replace(store, document_id, bytes(4 * MIB + 1)).problem(413, "content-too-large")
    assert "PATCH application/json with bestandsomvang and integriteit" in problem["detail"]
    assert in_force(store, document_id)["bestandsomvang"] == len(PDF)


@pytest.mark.parametrize("body", [b"", None])
def test_empty_content_is_refused(store: Store, body: bytes | None) -> None:
    document_id = stored(store)
    assert patch(store, document_id, body, "application/pdf").faults() == {"": "empty"}


@pytest.mark.parametrize("subtype", ["form-data; boundary=b0undary", "mixed; boundary=b0undary", "related"])
def test_multipart_is_refused_with_the_types_that_are_taken(store: Store, subtype: str) -> None:
    document_id = stored(store)
    body, _ = multipart([Part("file", NEW, "new.pdf", "application/pdf")])
    problem = patch(store, document_id, body, f"multipart/{subtype}").problem(415, "unsupported-media-type")
    assert "application/merge-patch+json" in problem["detail"]


@pytest.mark.parametrize(
    "content_type", [None, "", "pdf", "application", "a/b/c", "te xt/plain", "/pdf", "text/" + "x" * 128]
)
def test_content_without_a_media_type_is_refused(store: Store, content_type: str | None) -> None:
    document_id = stored(store)
    patch(store, document_id, NEW, content_type).problem(415, "unsupported-media-type")
    assert in_force(store, document_id)["formaat"] == "application/pdf"


def test_a_content_coding_is_refused_with_what_a_patch_takes(store: Store) -> None:
    document_id = stored(store)
    problem = replace(store, document_id, Content_Encoding="gzip").problem(415, "unsupported-media-type")
    assert "without content coding" in problem["detail"]
    assert "multipart" not in problem["detail"]


def test_the_same_content_again_makes_no_version(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id)
    for content_type in ("application/pdf", "application/octet-stream", "Application/PDF"):
        answer = replace(store, document_id, NEW, content_type)
        assert (answer.status, answer.headers["ETag"]) == (204, '"2-opgeslagen"')
    assert len(everything_in_s3(store)) == 2


def test_the_same_bytes_under_another_media_type_make_a_version(store: Store) -> None:
    document_id = stored(store)
    assert replace(store, document_id, PDF, "text/plain").headers["ETag"] == '"2-opgeslagen"'


def test_content_of_before_makes_a_version_with_an_object_of_its_own(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id, NEW)
    assert replace(store, document_id, PDF).headers["ETag"] == '"3-opgeslagen"'
    assert len(everything_in_s3(store)) == 3
    assert [content_of(store, document_id, n) for n in (1, 2, 3)] == [PDF, NEW, PDF]


def test_a_redelivery_after_updates_gets_the_answer_of_the_first_time(store: Store) -> None:
    message = with_content(result(identificatie="a-1"))
    first = store.post_json(message)
    replace(store, first.json()["documentId"])
    correct(store, first.json()["documentId"], {"document": {"titel": "Other"}})
    again = store.post_json(message)
    assert (again.status, again.json(), again.headers["ETag"]) == (200, first.json(), first.headers["ETag"])
    assert content_of(store, first.json()["documentId"]) == NEW


def test_a_delivery_that_equals_an_update_is_still_another_delivery(store: Store) -> None:
    document_id = stored(store, result(identificatie="a-1"))
    replace(store, document_id)
    problem = store.post_json(with_content(result(identificatie="a-1"), NEW)).problem(409, "delivery-conflict")
    assert problem["documentId"] == document_id
    assert "PATCH" in problem["detail"]


@pytest.mark.parametrize("content_type", ["application/pdf", "application/merge-patch+json", "application/json"])
def test_an_unknown_a_deleted_and_anothers_document_are_not_found_by_any_kind_of_update(
    store: Store, content_type: str
) -> None:
    deleted, anothers = stored(store), stored(store)
    delete(store, deleted)
    alter(store, anothers, sender="another-component")
    answers = [patch(store, one, b"{}", content_type) for one in (str(uuid.uuid4()), deleted, anothers)]
    problems = [answer.problem(404, "document-not-found") | {"instance": ""} for answer in answers]
    assert problems[0] == problems[1] == problems[2]


def test_an_id_that_is_no_uuid_is_malformed(store: Store) -> None:
    replace(store, "1234").problem(400, "malformed-request")


def test_a_query_parameter_is_refused_since_only_the_newest_version_can_change(store: Store) -> None:
    document_id = stored(store)
    answer = store.call(
        "PATCH",
        "/documents/{documentId}",
        documentId=document_id,
        body=NEW,
        headers={"Content-Type": "application/pdf"},
        query={"versie": "1"},
    )
    assert "Known: none" in answer.problem(400, "malformed-request")["detail"]


@pytest.mark.parametrize("content_type", ["application/pdf", "application/merge-patch+json", "application/json"])
def test_a_document_whose_first_content_is_awaited_waits_with_every_update(store: Store, content_type: str) -> None:
    document_id = awaiting(store)
    answer = patch(store, document_id, json.dumps(describing(NEW)).encode(), content_type)
    answer.problem(409, "update-pending")
    assert int(answer.headers["Retry-After"]) > 0


def test_first_content_that_is_there_is_completed_before_the_update(store: Store) -> None:
    document_id = awaiting(store)
    store.upload(head_item(store, document_id)["objectKey"], PDF)
    assert replace(store, document_id).headers["ETag"] == '"2-opgeslagen"'
    assert [content_of(store, document_id, n) for n in (1, 2)] == [PDF, NEW]


def test_new_content_takes_three_calls_to_aws(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id)
    assert store.calls == ["GetItem", "PutObject", "TransactWriteItems"]
