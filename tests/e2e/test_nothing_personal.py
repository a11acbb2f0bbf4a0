"""Logs, keys and tags of the deployed stack hold nothing personal, on any path: proved with marked data."""

import base64
import hashlib
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

import template
from local_stack import STACK_NAME, LocalStack
from messages import PDF, result, with_content
from over_http import MERGE_PATCH, reconcile

MARK = "Geheim7Q"
"""Stands in everything personal that the calls below carry."""
LOG_SECONDS = 30


def marked(**document: Any) -> dict[str, Any]:
    """A message in which every free text carries the mark."""
    message = result(titel=MARK, auteur=MARK, bestandsnaam=f"{MARK}.pdf", identificatie=f"{MARK}-{uuid4()}", **document)
    message["student"]["studentnummer"] = MARK
    message["toets"] = {"code": MARK, "naam": MARK, "resultaat": MARK}
    message["opleiding"] |= {"code": MARK, "naam": MARK}
    message["verbintenis"]["volgnummer"] = MARK
    return message


@pytest.fixture(scope="module")
def stack_after_calls(stack: LocalStack) -> LocalStack:
    """Calls of every kind, well and ill, have been made with marked data."""
    digest = {"algoritme": "sha_256", "waarde": hashlib.sha256(PDF).hexdigest()}
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as dms:
        kept = dms.post("/documents", json=with_content(marked()), headers={"Idempotency-Key": MARK}).json()
        dms.get(f"/documents/{kept['documentId']}")
        dms.get("/documents", params={"bronorganisatie": "25LX", "identificatie": MARK})
        document = f"/documents/{kept['documentId']}"
        dms.patch(document, json={"document": {"titel": f"{MARK} 2"}}, headers={"Content-Type": MERGE_PATCH})
        dms.patch(document, json={"document": {MARK: MARK}}, headers={"Content-Type": MERGE_PATCH})
        dms.patch(document, content=MARK, headers={"Content-Type": f"text/{MARK}", "If-Match": MARK})
        dms.patch(document, content=MARK, headers={"Content-Type": f"text/{MARK}"})
        dms.patch(document, json={"bestandsnaam": f"{MARK} 3.pdf", "bestandsomvang": 1, "integriteit": digest})
        dms.get(f"{document}/versies", params={"cursor": MARK})
        dms.get(f"{document}/versies")
        deleted = dms.post("/documents", json=with_content(marked())).json()["documentId"]
        dms.delete(f"/documents/{deleted}", headers={"If-Match": MARK})
        dms.delete(f"/documents/{deleted}")
        dms.get(f"/documents/{MARK}", params={MARK: MARK})
        dms.get(f"/{MARK}", headers={"Authorization": f"Bearer {MARK}"})
        dms.put(f"/documents/{MARK}", content=MARK)
        dms.post("/documents", json=marked(titl=MARK) | {MARK: MARK})
        dms.post("/documents", content=MARK, headers={"Content-Type": "application/json"})
        dms.post("/documents", files={MARK: (MARK, MARK.encode())})
        ticket = dms.post("/documents", json=marked(bestandsomvang=len(PDF), integriteit=digest)).json()["upload"]
        httpx.put(ticket["url"], content=PDF, headers=ticket["headers"], trust_env=False).raise_for_status()
    reconcile(stack)
    return stack


def log(stack: LocalStack, function: str) -> str:
    """What a function has logged, once it has logged anything at all."""
    group = f"/okd-dms/{STACK_NAME}/{function.replace('_', '-')}"
    deadline = time.monotonic() + LOG_SECONDS
    while time.monotonic() < deadline:
        events = stack.client("logs").filter_log_events(logGroupName=group)["events"]
        if lines := "\n".join(event["message"] for event in events):
            return lines
        time.sleep(0.2)
    pytest.fail(f"{group} stayed empty")


@pytest.mark.parametrize("function", [each["CodeUri"].partition("/")[2] for each in template.functions().values()])
def test_a_log_holds_nothing_that_a_caller_sent(stack_after_calls: LocalStack, function: str) -> None:
    lines = log(stack_after_calls, function)
    assert MARK not in lines
    assert "Signature" not in lines
    assert base64.b64encode(PDF).decode()[:40] not in lines


def test_keys_and_tags_in_s3_hold_nothing_that_a_caller_sent(stack_after_calls: LocalStack) -> None:
    s3, bucket = stack_after_calls.client("s3"), stack_after_calls.outputs["BucketName"]
    objects = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert {entry["Key"].partition("/")[0] for entry in objects} == {"direct", "aangekondigd"}
    for entry in objects:
        named = {"Bucket": bucket, "Key": entry["Key"]}
        assert MARK not in entry["Key"]
        assert s3.get_object_tagging(**named)["TagSet"] == []
        assert s3.head_object(**named)["Metadata"] == {}


def test_a_tombstone_holds_nothing_that_a_caller_sent(stack_after_calls: LocalStack) -> None:
    dynamodb, table = stack_after_calls.client("dynamodb"), stack_after_calls.outputs["TableName"]
    tombstones = [item for item in dynamodb.scan(TableName=table)["Items"] if item.get("status") == {"S": "verwijderd"}]
    assert tombstones
    assert MARK not in str(tombstones)


def test_keys_in_dynamodb_hold_nothing_that_a_caller_sent(stack_after_calls: LocalStack) -> None:
    dynamodb, table = stack_after_calls.client("dynamodb"), stack_after_calls.outputs["TableName"]
    keys = {definition["AttributeName"] for definition in template.table_definition()["AttributeDefinitions"]}
    items = dynamodb.scan(TableName=table)["Items"]
    assert any(MARK in str(item) for item in items)
    assert all(MARK not in str({name: value for name, value in item.items() if name in keys}) for item in items)
