"""What every role grants is what its function uses: nothing is lacking, and nothing is granted that no call needs.

Every function is driven through all that it does; each call to AWS and each signature is written down as the action and
the resource by which IAM knows it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import outages
import template
from changes import (
    GRACE,
    LIFETIME,
    NEW,
    announce,
    announced_key,
    awaiting,
    complete,
    content_of,
    correct,
    delete,
    head_item,
    let_it_expire,
    page,
    reconcile,
    replace,
    retitle,
    stored,
    upload_event,
)
from granted import Grant, by_role_of
from messages import PDF, announcing, result
from moto_store import Store
from okd_dms import catalogue, vault

ACTIONS = {
    "GetItem": "dynamodb:GetItem",
    "TransactGetItems": "dynamodb:GetItem",
    "PutItem": "dynamodb:PutItem",
    "TransactWriteItems": "dynamodb:PutItem",
    "UpdateItem": "dynamodb:UpdateItem",
    "DeleteItem": "dynamodb:DeleteItem",
    "Query": "dynamodb:Query",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObjectVersion",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
}
"""The permission that each operation needs (AWS's service authorization reference); our transactions put, no more."""
SIGNED = {"GET": "s3:GetObject", "PUT": "s3:PutObject"}
OF_THE_PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""Used by Lambda itself on the function's behalf."""

type Use = tuple[str, str, str]
"""Function, action and resource."""


@pytest.fixture
def uses(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Use]]:
    """What the functions call and sign from now on. Each is called with the environment that the template gives it."""
    made: set[Use] = set()
    current = [""]
    environment = template.environment

    def spy(function: str, **references: str) -> dict[str, str]:
        current[0] = function
        return environment(function, **references)

    def write_down(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            assert all(item.keys() == {"Put"} for item in params["TransactItems"])
        if model.name == "DeleteObject":
            assert params["VersionId"]
        made.add((current[0], ACTIONS[model.name], _resource(params)))

    def sign(method: str, object_key: str, *given: Any, **signed: Any) -> str:
        made.add((current[0], SIGNED[method], f"Bucket.Arn/{object_key}"))
        return presigned(method, object_key, *given, **signed)

    presigned = vault._presigned
    monkeypatch.setattr(template, "environment", spy)
    monkeypatch.setattr(vault, "_presigned", sign)
    clients = (catalogue.client(), vault.client())
    for client in clients:
        client.meta.events.register("before-parameter-build.*.*", write_down, unique_id="uses")
    assert store.is_empty()
    yield made
    for client in clients:
        client.meta.events.unregister("before-parameter-build.*.*", unique_id="uses")


def _resource(params: dict[str, Any]) -> str:
    if "Bucket" in params:
        return f"Bucket.Arn/{params['Key']}" if "Key" in params else "Bucket.Arn"
    return f"Table.Arn/index/{params['IndexName']}" if "IndexName" in params else "Table.Arn"


def exercise(store: Store) -> None:
    """Every function does all that it can do."""
    document_id, awaited = stored(store), delivered_late(store)
    assert content_of(store, awaited) == PDF
    assert retitle(store, awaited, "Zoë").status == 200
    assert replace(store, document_id).status == 204
    assert content_of(store, document_id, 1) == PDF
    assert correct(store, document_id, {"document": {"formaat": "application/x-pdf"}}).status == 200
    assert announce(store, document_id, NEW * 2).status == 202
    store.upload(announced_key(store, document_id), NEW * 2, "application/x-pdf")
    assert retitle(store, document_id, "Anders").status == 200
    assert announce(store, document_id, NEW * 3).status == 202
    complete(store, document_id, NEW * 3, "application/x-pdf")
    new = awaiting(store)
    uploaded(store, new)
    upload_event(store, str(head_item(store, new)["objectKey"]))
    assert page(store, document_id).status == 200
    assert delete(store, document_id).status == 204
    assert store.call("GET", "/").status == 404
    leave_work_behind(store)
    first, second = reconcile(GRACE + timedelta(days=2)), reconcile(LIFETIME + GRACE + timedelta(days=2))
    assert [first[outcome] for outcome in ("completed", "deleted", "erased")] == [2, 1, 1]
    assert second["closed"] == 2


def delivered_late(store: Store) -> str:
    """A document whose announcement had to be renewed, and whose upload has no event yet."""
    announcement = announcing(result(identificatie="EX-1"))
    document_id = str(store.post_json(announcement).json()["documentId"])
    let_it_expire(store, document_id)
    assert store.post_json(announcement).status == 202
    uploaded(store, document_id)
    return document_id


def uploaded(store: Store, document_id: str) -> None:
    store.upload(str(head_item(store, document_id)["objectKey"]), PDF)


def leave_work_behind(store: Store) -> None:
    """Of each kind: events that were lost, announcements that came to nothing, a deletion cut short, a stray object."""
    uploaded(store, awaiting(store))
    lost_update = stored(store)
    announce(store, lost_update)
    store.upload(announced_key(store, lost_update), NEW)
    awaiting(store)
    announce(store, stored(store))
    half = stored(store)
    with outages.failing("ListObjectVersions", outages.refusal("SlowDown", 503)):
        delete(store, half).problem(503, "service-unavailable")
    store.upload(f"direct/{datetime.now(UTC):%Y-%m-%d}/{lost_update}/0", PDF)


@pytest.mark.parametrize("function", template.functions())
def test_a_role_grants_what_its_function_uses_and_nothing_else(store: Store, uses: set[Use], function: str) -> None:
    exercise(store)
    used = {(action, resource) for by, action, resource in uses if by == function}
    grants = {grant for grant in by_role_of(function) if grant.action.startswith(("dynamodb:", "s3:"))}
    lacking = {use for use in used if not any(grant.covers(*use) for grant in grants)}
    idle = {grant for grant in grants if not any(grant.covers(*use) for use in used)}
    assert (lacking, idle) == (set(), set())


@pytest.mark.parametrize("function", template.functions())
def test_a_role_uses_the_key_for_what_it_reads_and_writes_and_through_those_services_alone(function: str) -> None:
    """DynamoDB needs Decrypt for any use of the table; S3 Decrypt to give an object and GenerateDataKey to take one."""
    grants = by_role_of(function)
    data = {grant.action for grant in grants}
    needed = {("kms:Decrypt", "dynamodb")} if any(action.startswith("dynamodb:") for action in data) else set()
    needed |= {("kms:Decrypt", "s3")} if "s3:GetObject" in data else set()
    needed |= {("kms:GenerateDataKey", "s3")} if "s3:PutObject" in data else set()
    assert {(grant.action, grant.via) for grant in grants if grant.action.startswith("kms:")} == needed
    assert {grant.resource for grant in grants if grant.action.startswith("kms:")} <= {"Key.Arn"}


@pytest.mark.parametrize("function", template.functions())
def test_a_role_grants_nothing_besides_but_logs_traces_and_its_own_dead_letters(function: str) -> None:
    rest = {grant for grant in by_role_of(function) if not grant.action.startswith(("dynamodb:", "s3:", "kms:"))}
    destinations = template.functions()[function].get("EventInvokeConfig", {}).get("DestinationConfig", {})
    queues = {Grant("sqs:SendMessage", "UploadEventsDeadLetterQueue.Arn")} if "OnFailure" in destinations else set()
    assert {grant.action for grant in rest - queues} == OF_THE_PLATFORM
    assert queues <= rest
