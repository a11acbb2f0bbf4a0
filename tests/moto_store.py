"""The stack over moto: handlers driven whole, with everything they know of the stack read from the template."""

import base64
import functools
import importlib.util
import json
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "layers/dms"), str(ROOT / "tests")]

os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "okd-dms",
}

import contract_check  # noqa: E402 - after the path
import template  # noqa: E402
from aws_events import object_created, scheduled  # noqa: E402
from invariants import Holdings  # noqa: E402

TABLE, BUCKET = "documents", "contents"

# Examples share a store, as documents in one stack do, and a shared machine keeps no deadline.
settings.register_profile(
    "okd-dms", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("okd-dms")


@functools.cache
def plain_dynamodb() -> Any:
    """A client of the tests' own that gives items in DynamoDB's own notation."""
    return boto3.client("dynamodb")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the gateway would send it on."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self, status: int, slug: str) -> dict[str, Any]:
        """The problem details, after checking that this is a refusal of this kind and complete (RFC 9457)."""
        assert (self.status, self.headers["Content-Type"]) == (status, "application/problem+json"), self.body
        problem: dict[str, Any] = self.json()
        assert problem["type"].rpartition("/")[2] == slug
        assert problem["status"] == status
        assert all(isinstance(problem[member], str) and problem[member] for member in ("title", "detail", "instance"))
        return problem

    def faults(self) -> dict[str, str]:
        """The faults of a message that was refused: the member's name and the code."""
        return {fault["name"]: fault["code"] for fault in self.problem(422, "invalid-message")["invalidParams"]}


@dataclass(slots=True)
class Store:
    """The stack over moto: calls go through the template's routes to the real handlers."""

    table: Any
    s3: Any
    calls: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=lambda: {"AuthMode": "none"})
    token: str | None = None
    """What calls carry from now on."""

    def items(self) -> list[dict[str, Any]]:
        return list(self.table.scan()["Items"])

    def objects(self) -> list[str]:
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def held(self) -> Holdings:
        """Everything in it, for the checks that know nothing of the code under test."""
        return Holdings.of(plain_dynamodb(), self.s3, TABLE, BUCKET)

    def is_empty(self) -> bool:
        return not self.items() and not self.objects()

    def invoke(self, event: dict[str, Any]) -> Answer:
        """Hand an event to the function that the template's routes name, with that function's environment."""
        name = template.function_for(event["httpMethod"], event["resource"])
        self.calls.clear()
        with pytest.MonkeyPatch.context() as patch:
            for key, value in self._environment(name).items():
                patch.setenv(key, value)
            answer = handler(name)(event, None)
        body = answer["body"]
        raw = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
        seen = Answer(answer["statusCode"], answer["headers"], raw)
        contract_check.check(event["httpMethod"], event["resource"], seen)
        return seen

    def _environment(self, function: str) -> dict[str, str]:
        return template.environment(function, Table=TABLE, Bucket=BUCKET, **self.parameters)

    def call(
        self,
        method: str,
        resource: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | list[tuple[str, str]] | None = None,
        query: dict[str, str] | list[tuple[str, str]] | None = None,
        **path_parameters: str,
    ) -> Answer:
        sent = [*(headers.items() if isinstance(headers, dict) else headers or [])]
        if self.token is not None:
            sent.append(("Authorization", f"Bearer {self.token}"))
        return self.invoke(proxy_event(method, resource, body, sent, query, path_parameters))

    def get(self, document_id: str, **how: Any) -> Answer:
        return self.call("GET", "/documents/{documentId}", documentId=document_id, **how)

    def head(self, document_id: str, **how: Any) -> Answer:
        return self.call("HEAD", "/documents/{documentId}", documentId=document_id, **how)

    def post_json(self, message: Any, **headers: str) -> Answer:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        sent = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.call("POST", "/documents", body=body, headers=sent)

    def post_multipart(self, parts: "list[Part]", **headers: str) -> Answer:
        body, content_type = multipart(parts)
        sent = {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.call("POST", "/documents", body=body, headers=sent)

    def upload(self, key: str, content: bytes, content_type: str = "application/pdf") -> None:
        """Put bytes where a ticket lets its holder put them; moto can't judge the ticket's URL."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content, ContentType=content_type, ChecksumAlgorithm="SHA256")

    def upload_event(self, key: str) -> None:
        """Hand on the event by which S3 tells of an object."""
        self._hand("CompleteUploadFunction", object_created(key, 1))

    def reconcile(self) -> None:
        """Let the time of the schedule come."""
        self._hand("ReconcileFunction", scheduled())

    def _hand(self, function: str, event: dict[str, Any]) -> None:
        self.calls.clear()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment(function).items():
                patch.setenv(name, value)
            handler(function)(event, Context())


class Context:
    """What Lambda tells of a call: here, that it may take its time."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 300_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body, written by hand so that faulty ones can be written too."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None
    extra: str = ""


def multipart(parts: list[Part], boundary: str = "b0undary") -> tuple[bytes, str]:
    """The body and its content type."""
    body = b""
    for part in parts:
        head = f'Content-Disposition: form-data; name="{part.name}"'
        if part.filename is not None:
            head += f'; filename="{part.filename}"'
        if part.content_type:
            head += f"\r\nContent-Type: {part.content_type}"
        body += f"--{boundary}\r\n{head}\r\n{part.extra}\r\n".encode() + part.content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _several(pairs: Any) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = {}
    for key, value in pairs.items() if isinstance(pairs, dict) else pairs or []:
        listed.setdefault(key, []).append(value)
    return listed


def proxy_event(
    method: str, resource: str, body: bytes | None, headers: Any, query: Any, path_parameters: dict[str, str]
) -> dict[str, Any]:
    """A proxy event as API Gateway sends it (payload format 1.0), the body base64-encoded since */* is binary."""
    many_headers, many_query = _several(headers), _several(query)
    path = resource.format(**path_parameters) if "+" not in resource else "/elsewhere"
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {key: values[-1] for key, values in many_headers.items()} or None,
        "multiValueHeaders": many_headers or None,
        "queryStringParameters": {key: values[-1] for key, values in many_query.items()} or None,
        "multiValueQueryStringParameters": many_query or None,
        "pathParameters": path_parameters or None,
        "stageVariables": None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "stage": "ooapi",
            "path": f"/ooapi{path}",
            "resourcePath": resource,
            "httpMethod": method,
        },
        "body": base64.b64encode(body).decode() if body is not None else None,
        "isBase64Encoded": body is not None,
    }


def handler(function: str) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of a function of the template, loaded from its CodeUri."""
    folder = template.functions()[function]["CodeUri"]
    name = f"app_{Path(folder).name}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / folder / "app.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    loaded: Callable[[dict[str, Any], Any], dict[str, Any]] = sys.modules[name].handler
    return loaded
