"""The reconciler on the deployed template: what lost events, crashes and broken promises leave behind goes."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

import tickets
from local_stack import LocalStack
from messages import PDF
from over_http import (
    alter,
    announce,
    content_of,
    items,
    objects,
    reconcile,
    replace,
    stored,
    without_upload_events,
)

NEW = b"%PDF-1.7\nthe second version\n%%EOF\n"


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def ago(**period: int) -> str:
    return (datetime.now(UTC) - timedelta(**period)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_an_upload_whose_event_was_lost_is_completed(stack: LocalStack, dms: httpx.Client) -> None:
    announced = tickets.announce(dms)
    with without_upload_events(stack):
        assert announced.put().status_code == 200
    alter(stack, announced.id, registeredAt=ago(hours=1))
    assert tickets.recorded_status(stack, announced) == "wacht_op_inhoud"
    reconcile(stack)
    assert tickets.recorded_status(stack, announced) == "opgeslagen"


def test_an_announcement_that_came_to_nothing_is_closed(stack: LocalStack, dms: httpx.Client) -> None:
    announced = tickets.announce(dms)
    alter(stack, announced.id, registeredAt=ago(days=9), dueAt=ago(days=2), unfinishedSince=ago(days=9)[:10])
    reconcile(stack)
    assert items(stack, announced.id) == []
    assert dms.get(f"/documents/{announced.id}").status_code == 404


def test_an_announced_update_that_came_to_nothing_is_forgotten(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    announce(dms, document_id, NEW)
    (item,) = items(stack, document_id)
    said = item["announced"]["S"].replace(item["unfinishedSince"]["S"], ago(days=9)[:10])
    alter(stack, document_id, announced=said, dueAt=ago(days=2), unfinishedSince=ago(days=9)[:10])
    reconcile(stack)
    assert "announcedKey" not in items(stack, document_id)[0]
    assert replace(dms, document_id, NEW).headers["ETag"] == '"2-opgeslagen"'
    assert content_of(dms, document_id, 1) == PDF


def test_a_deletion_of_many_objects_is_brought_to_its_end(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    for number in range(25):
        assert replace(dms, document_id, NEW + str(number).encode()).status_code == 204
    assert dms.delete(f"/documents/{document_id}").status_code == 204
    assert dms.get(f"/documents/{document_id}").status_code == 404
    assert len(objects(stack, document_id)) == 26
    reconcile(stack)
    assert objects(stack, document_id) == []
    (tombstone,) = items(stack, document_id)
    assert (tombstone["status"]["S"], tombstone["version"]["N"]) == ("verwijderd", "26")


@pytest.fixture
def no_sweep_yet(stack: LocalStack) -> None:
    """As if no run had swept the days gone by."""
    for folder in ("direct", "aangekondigd"):
        key = {"documentId": {"S": f"sweep {folder}"}, "item": {"S": "head"}}
        stack.client("dynamodb").delete_item(TableName=stack.outputs["TableName"], Key=key)


@pytest.mark.usefixtures("no_sweep_yet")
def test_what_no_document_names_is_erased_once_its_grace_period_is_over(stack: LocalStack) -> None:
    old, young = str(uuid4()), str(uuid4())
    for document_id, day in ((old, ago(days=3)[:10]), (young, ago(days=0)[:10])):
        key = f"direct/{day}/{document_id}/{secrets.token_hex(8)}"
        stack.client("s3").put_object(Bucket=stack.outputs["BucketName"], Key=key, Body=PDF)
    reconcile(stack)
    assert (objects(stack, old), len(objects(stack, young))) == ([], 1)
