"""Deletion over HTTP, on the deployed template: nothing of the content stays, and of the document a tombstone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from local_stack import LocalStack
from messages import result, with_content
from over_http import BYTES, announce, content_of, correct, items, objects, replace, stored, upload

NEW = b"%PDF-1.7\nthe second version\n%%EOF\n"
TOMBSTONE = {"documentId", "item", "sender", "status", "version", "registeredAt", "changedAt", "changedBy"}


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def delete(dms: httpx.Client, document_id: str, **headers: str) -> int:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return dms.delete(f"/documents/{document_id}", headers=sent).status_code


def assert_only_a_tombstone(stack: LocalStack, document_id: str, versions: int) -> None:
    assert objects(stack, document_id) == []
    (tombstone,) = items(stack, document_id)
    assert tombstone.keys() == TOMBSTONE
    assert (tombstone["status"]["S"], tombstone["version"]["N"]) == ("verwijderd", str(versions))


def test_all_versions_go_and_a_tombstone_stays(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    replace(dms, document_id, NEW)
    correct(dms, document_id, {"document": {"titel": "Zoë"}})
    assert len(objects(stack, document_id)) == 2
    assert delete(dms, document_id) == 204
    assert_only_a_tombstone(stack, document_id, versions=3)


def test_what_was_done_to_objects_from_outside_goes_too(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    (key,) = objects(stack, document_id)
    named = {"Bucket": stack.outputs["BucketName"], "Key": key}
    stack.client("s3").put_object(**named, Body=NEW)
    stack.client("s3").delete_object(**named)
    assert len(objects(stack, document_id)) == 3
    assert delete(dms, document_id) == 204
    assert_only_a_tombstone(stack, document_id, versions=1)


def test_copies_that_repeated_deliveries_left_go_too(stack: LocalStack, dms: httpx.Client) -> None:
    message = with_content(result(identificatie=str(uuid4())))
    (document_id,) = {dms.post("/documents", json=message).json()["documentId"] for _ in range(3)}
    assert len(objects(stack, document_id)) == 3
    assert delete(dms, document_id) == 204
    assert_only_a_tombstone(stack, document_id, versions=1)


def test_announced_content_goes_too(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    ticket = announce(dms, document_id, NEW).json()["upload"]
    assert delete(dms, document_id) == 204
    assert_only_a_tombstone(stack, document_id, versions=1)
    assert upload(ticket, NEW) == 200  # S3 knows nothing of it; the reconciler erases it
    assert dms.get(f"/documents/{document_id}").status_code == 404
    assert delete(dms, document_id) == 204
    assert_only_a_tombstone(stack, document_id, versions=1)


def test_a_deleted_document_is_to_nobody_there(dms: httpx.Client) -> None:
    document_id, unknown = stored(dms), str(uuid4())
    delete(dms, document_id)

    def answers(of: str) -> list[tuple[int, str]]:
        path = f"/documents/{of}"
        calls = [
            dms.get(path),
            dms.head(path),
            dms.get(path, headers=BYTES),
            dms.get(path, params={"versie": "1"}),
            dms.get(f"{path}/versies"),
            replace(dms, of, NEW),
            correct(dms, of, {"toets": {"resultaat": "goed"}}),
            announce(dms, of, NEW),
        ]
        return [(answer.status_code, answer.text and answer.json()["title"]) for answer in calls]

    assert answers(document_id) == answers(unknown)
    assert {status for status, _ in answers(document_id)} == {404}


def test_its_deliverer_may_repeat_the_deletion_and_not_the_delivery(dms: httpx.Client) -> None:
    message = with_content(result(identificatie=str(uuid4())))
    document_id = dms.post("/documents", json=message).json()["documentId"]
    assert [delete(dms, document_id) for _ in range(2)] == [204, 204]
    refused = dms.post("/documents", json=message)
    assert (refused.status_code, refused.json()["documentId"]) == (409, document_id)
    assert "deleted" in refused.json()["detail"]


def test_if_match_protects_a_version_that_the_caller_has_not_seen(dms: httpx.Client) -> None:
    document_id = stored(dms)
    replace(dms, document_id, NEW)
    assert delete(dms, document_id, If_Match='"1-opgeslagen"') == 412
    assert content_of(dms, document_id) == NEW
    assert delete(dms, document_id, If_Match='"2-opgeslagen"') == 204


def test_nothing_stays_when_new_versions_land_meanwhile(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    with ThreadPoolExecutor(8) as threads:
        updates = [threads.submit(replace, dms, document_id, NEW + str(number).encode()) for number in range(12)]
        deletions = [threads.submit(delete, dms, document_id) for _ in range(2)]
    assert {update.result().status_code for update in updates} <= {204, 404, 409}
    assert {deletion.result() for deletion in deletions} <= {204, 409}
    assert delete(dms, document_id) == 204
    made = 1 + sum(update.result().status_code == 204 for update in updates)
    assert_only_a_tombstone(stack, document_id, versions=made)
