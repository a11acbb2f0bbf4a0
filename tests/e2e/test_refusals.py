"""Over HTTP, on the deployed template: every refusal is problem+json, says what to do, and stores nothing."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local_stack import LocalStack
from messages import result, with_content

MIB = 1024**2
DOCUMENT = "/documents/11111111-2222-4333-8444-555555555555"


def as_json(body: bytes, content_type: str = "application/json") -> dict[str, Any]:
    return {"headers": {"Content-Type": content_type}, "content": body}


def as_parts(file: bytes) -> dict[str, Any]:
    metadata = (None, json.dumps(result()).encode(), "application/json")
    return {"files": {"metadata": metadata, "file": ("a.pdf", file, "application/pdf")}}


CALLS = {
    "an unknown path": (404, "route-not-found", "GET", "/students/1234567"),
    "the root": (404, "route-not-found", "GET", "/"),
    "a document that is not there": (404, "document-not-found", "GET", DOCUMENT),
    "an id that is no UUID": (400, "malformed-request", "GET", "/documents/EX-2026-0417"),
    "a reference without its organisation": (400, "malformed-request", "GET", "/documents?identificatie=a"),
    "a method that the collection lacks": (405, "method-not-allowed", "DELETE", "/documents"),
    "a method that a document lacks": (405, "method-not-allowed", "PUT", DOCUMENT),
}
DELIVERIES = {
    "no JSON": (400, "malformed-request", as_json(b"{")),
    "members named twice": (400, "malformed-request", as_json(b'{"toets":{},"toets":{}}')),
    "no base64": (400, "malformed-request", {"json": result() | {"inhoud": "%%%"}}),
    "multipart cut short": (400, "malformed-request", as_json(b"--b\r\nContent-", "multipart/form-data; boundary=b")),
    "a file above 4 MiB": (413, "content-too-large", as_parts(bytes(4 * MIB + 1))),
    "inhoud above 3 MiB": (413, "content-too-large", {"json": with_content(result(), bytes(3 * MIB + 1))}),
    "metadata above 64 KiB": (413, "content-too-large", {"json": result(titel="é" * 65_536)}),
    "a type that is not taken": (415, "unsupported-media-type", as_json(b"<document/>", "application/xml")),
    "no content type": (415, "unsupported-media-type", {"content": b"{}"}),
    "an empty file": (422, "invalid-message", as_parts(b"")),
    "a path in the file name": (422, "invalid-message", {"json": with_content(result(bestandsnaam="../a.pdf"))}),
    "no checksum to announce": (422, "invalid-message", {"json": result(bestandsomvang=10)}),
}


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def is_problem(answer: httpx.Response, status: int, slug: str) -> bool:
    """Whether it is a problem (RFC 9457) of this type, with all the members that ours have."""
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status)
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"]
    return bool(problem["type"].endswith(f"/problems/{slug}"))


def contents_of(stack: LocalStack) -> tuple[int, int]:
    table = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"], Select="COUNT")
    bucket = stack.client("s3").list_objects_v2(Bucket=stack.outputs["BucketName"])
    return table["Count"], bucket["KeyCount"]


@pytest.mark.parametrize("what", CALLS)
def test_a_call_that_the_api_does_not_know_is_a_problem(dms: httpx.Client, what: str) -> None:
    status, slug, method, path = CALLS[what]
    answer = dms.request(method, path)
    assert is_problem(answer, status, slug)
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("what", DELIVERIES)
def test_a_delivery_that_is_refused_is_a_problem_and_stores_nothing(
    stack: LocalStack, dms: httpx.Client, what: str
) -> None:
    status, slug, body = DELIVERIES[what]
    before = contents_of(stack)
    answer = dms.post("/documents", **body)
    assert is_problem(answer, status, slug)
    assert contents_of(stack) == before
    assert ("upload ticket" in answer.json()["detail"]) == what.endswith("MiB")


def test_a_wish_that_cannot_be_met_is_a_problem(dms: httpx.Client) -> None:
    document_id = dms.post("/documents", json=with_content(result())).json()["documentId"]
    answer = dms.get(f"/documents/{document_id}", headers={"Accept": "image/png"})
    assert is_problem(answer, 406, "not-acceptable")


def test_every_fault_of_a_message_is_named(dms: httpx.Client) -> None:
    faulty = result(bronorganisatie="123456789", creatiedatum="2999-01-01", titl="a", taal="nl")
    del faulty["toets"]
    faults = dms.post("/documents", json=with_content(faulty)).json()["invalidParams"]
    assert {(fault["name"], fault["code"]) for fault in faults} == {
        ("document.bronorganisatie", "organisation"),
        ("document.creatiedatum", "future"),
        ("document.titl", "unknown"),
        ("document.taal", "pattern"),
        ("toets", "required"),
    }


@pytest.fixture
def guarded(stack: LocalStack) -> Iterator[None]:
    """Two paths that the gateway itself refuses, which shows the answers that it was given by the template."""
    gateway, api_id = stack.client("apigateway"), stack.outputs["ApiId"]
    stage = stack.api.rpartition("/")[2]
    root = next(item["id"] for item in gateway.get_resources(restApiId=api_id)["items"] if item["path"] == "/")
    made = []
    for path, rule in (("by-key", {"apiKeyRequired": True}), ("by-iam", {"authorizationType": "AWS_IAM"})):
        resource_id = gateway.create_resource(restApiId=api_id, parentId=root, pathPart=path)["id"]
        made.append(resource_id)
        method = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": "GET"}
        gateway.put_method(**method, **{"authorizationType": "NONE", **rule})
        gateway.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.create_deployment(restApiId=api_id, stageName=stage)
    yield
    for resource_id in made:
        gateway.delete_resource(restApiId=api_id, resourceId=resource_id)
    gateway.create_deployment(restApiId=api_id, stageName=stage)


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize(
    ("path", "status", "slug"), [("/by-key", 403, "forbidden"), ("/by-iam", 404, "route-not-found")]
)
def test_what_the_gateway_itself_refuses_is_a_problem_too(dms: httpx.Client, path: str, status: int, slug: str) -> None:
    assert is_problem(dms.get(path), status, slug)
