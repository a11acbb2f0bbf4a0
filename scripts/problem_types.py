"""The problems (RFC 9457) that a caller can meet: one example of each that the code raises, and the gateway's own."""

import json
from collections.abc import Iterator
from typing import Any

import template
from okd_dms.api import Response, problem
from okd_dms.caller import DELIVER
from okd_dms.errors import (
    DeliveryConflict,
    DependencyFailed,
    DmsError,
    Fault,
    Forbidden,
    InvalidMessage,
    MethodNotAllowed,
    RangeNotSatisfiable,
)

REQUEST_ID = "2b1c8b0e-6f0a-4a39-9f0c-5a1d3e7c9b42"
DOCUMENT_ID = "1c1f5a0e-8b3d-5c7e-9f2a-4d6b8e0a2c4e"

_TOLD_MORE = (
    DeliveryConflict(members={"documentId": DOCUMENT_ID}),
    DependencyFailed("s3", "SlowDown"),
    Forbidden(DELIVER),
    InvalidMessage([Fault("document.titel", "required", "expected a value")]),
    MethodNotAllowed(headers={"Allow": "GET, HEAD"}),
    RangeNotSatisfiable(1000),
)
"""Errors that say more than their class does."""


def classes(root: type[DmsError] = DmsError) -> Iterator[type[DmsError]]:
    """Every kind of error, in the order of the source."""
    yield root
    for kind in root.__subclasses__():
        yield from classes(kind)


def example(kind: type[DmsError]) -> Response:
    """How an error of this kind is answered."""
    told: dict[type[DmsError], DmsError] = {type(error): error for error in _TOLD_MORE}
    return problem(told.get(kind) or kind(), REQUEST_ID)


def gateway() -> dict[str, Response]:
    """How API Gateway answers by itself, by response type."""
    answers = {}
    for kind, response in template.gateway_responses().items():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        headers = {name: value.strip("'") for name, value in response["ResponseParameters"]["Headers"].items()}
        answers[kind] = Response(int(response["StatusCode"]), body | {"instance": REQUEST_ID}, headers)
    return answers


def body(answer: Response) -> dict[str, Any]:
    """The problem details of an answer."""
    assert isinstance(answer.body, dict)  # noqa: S101 - for the type checker
    return answer.body


def slug(answer: Response) -> str:
    """The last part of the problem's type, by which docs/problems.md knows it."""
    return str(body(answer)["type"]).rpartition("/")[2]
