"""The life of a document over HTTP, on the deployed template, and what of it stands in table and bucket."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

import aws_events
from local_stack import STACK_NAME, LocalStack
from messages import PDF, result, with_content

MERGE_PATCH = "application/merge-patch+json"
BYTES = {"Accept": "application/octet-stream"}
EVENT_SECONDS = 60


def stored(dms: httpx.Client, content: bytes = PDF, **document: Any) -> str:
    """The id of a new document."""
    answer = dms.post("/documents", json=with_content(result(**document), content))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["documentId"])


def patch(dms: httpx.Client, document_id: str, content_type: str, body: bytes, **headers: str) -> httpx.Response:
    sent = {"Content-Type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return dms.patch(f"/documents/{document_id}", content=body, headers=sent)


def replace(dms: httpx.Client, document_id: str, content: bytes, **headers: str) -> httpx.Response:
    return patch(dms, document_id, "application/pdf", content, **headers)


def correct(dms: httpx.Client, document_id: str, correction: Any, **headers: str) -> httpx.Response:
    return patch(dms, document_id, MERGE_PATCH, json.dumps(correction).encode(), **headers)


def announce(dms: httpx.Client, document_id: str, content: bytes, **headers: str) -> httpx.Response:
    digest = {"algoritme": "sha_256", "waarde": hashlib.sha256(content).hexdigest()}
    body = json.dumps({"bestandsomvang": len(content), "integriteit": digest}).encode()
    return patch(dms, document_id, "application/json", body, **headers)


def upload(ticket: dict[str, Any], content: bytes) -> int:
    """The status that S3 answers."""
    return httpx.put(ticket["url"], content=content, headers=ticket["headers"], trust_env=False).status_code


def content_of(dms: httpx.Client, document_id: str, version: int | None = None) -> bytes:
    query = {"versie": str(version)} if version else {}
    answer = dms.get(f"/documents/{document_id}", headers=BYTES, params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


def pages(dms: httpx.Client, document_id: str, limit: int) -> Iterator[list[int]]:
    """The numbers on each page of the list of versions."""
    cursor: str | None = None
    while True:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = dms.get(f"/documents/{document_id}/versies", params=query).json()
        yield [each["versie"] for each in page["versies"]]
        if (cursor := page["volgende"]) is None:
            return


def items(stack: LocalStack, document_id: str) -> list[dict[str, Any]]:
    """The document's items: its versions, and its head last."""
    return list(
        stack.client("dynamodb").query(
            TableName=stack.outputs["TableName"],
            KeyConditionExpression="documentId = :id",
            ExpressionAttributeValues={":id": {"S": document_id}},
        )["Items"]
    )


def objects(stack: LocalStack, document_id: str) -> list[str]:
    """The key of every version of every object that was written for the document, and of every delete marker."""
    listed = stack.client("s3").get_paginator("list_object_versions").paginate(Bucket=stack.outputs["BucketName"])
    kept = [entry["Key"] for page in listed for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]]
    return [key for key in kept if document_id in key]


def alter(stack: LocalStack, document_id: str, **attributes: str) -> None:
    """Write attributes of the head behind the store's back: moments that have passed."""
    for name, value in attributes.items():
        stack.client("dynamodb").update_item(
            TableName=stack.outputs["TableName"],
            Key={"documentId": {"S": document_id}, "item": {"S": "head"}},
            UpdateExpression="SET #name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": {"S": value}},
        )


def comes_true(condition: Callable[[], bool]) -> bool:
    """Whether it does before long: what an event brings about comes after the answer."""
    deadline = time.monotonic() + EVENT_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def without_upload_events(stack: LocalStack) -> Iterator[None]:
    """Uploads go unnoticed by the stack."""
    client = stack.client("events")
    (rule,) = (rule["Name"] for rule in client.list_rules()["Rules"] if "EventPattern" in rule)
    client.disable_rule(Name=rule)
    yield
    client.enable_rule(Name=rule)


def physical_name(stack: LocalStack, resource: str) -> str:
    found = stack.client("cloudformation").describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=resource)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def reconcile(stack: LocalStack) -> None:
    """Hand the reconciler the event of its schedule."""
    function = f"{physical_name(stack, 'ReconcileFunction')}:live"
    answer = stack.client("lambda").invoke(FunctionName=function, Payload=json.dumps(aws_events.scheduled()).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()
