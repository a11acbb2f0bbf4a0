"""When AWS or our own code fails: an answer that tells the caller what to do, and nothing of our insides."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)

import outages
from messages import PDF, announcing, result, with_content
from moto_store import Answer, Part, Store
from okd_dms import catalogue, vault

INSIDE = "https://dynamodb.internal.example"
FAILURES = [
    outages.refusal("ThrottlingException"),
    outages.refusal("SlowDown", 503),
    outages.refusal("AccessDeniedException", 400),
    outages.refusal("InternalError", 500),
    EndpointConnectionError(endpoint_url=INSIDE),
    ConnectTimeoutError(endpoint_url=INSIDE),
    ReadTimeoutError(endpoint_url=INSIDE),
    NoCredentialsError(),
]
MARKS = ["arn:aws", "internal.example", "dynamodb", "credentials", "boto", "Exception", "Traceback", ".py", "SlowDown"]

MESSAGE = with_content(result(identificatie="EX-1"))


def store_by_multipart(store: Store) -> Answer:
    metadata = Part("metadata", json.dumps(result(identificatie="EX-1")).encode())
    return store.post_multipart([metadata, Part("file", PDF, "a.pdf")])


def read(store: Store, **headers: str) -> Answer:
    query = {"bronorganisatie": "25LX", "identificatie": "EX-1"}
    return store.call("GET", "/documents", query=query, headers=headers)


CALLS: dict[str, tuple[str, Callable[[Store], Answer]]] = {
    "store json, content": ("PutObject", lambda store: store.post_json(MESSAGE)),
    "store json, record": ("PutItem", lambda store: store.post_json(MESSAGE)),
    "store multipart, content": ("PutObject", store_by_multipart),
    "store multipart, record": ("PutItem", store_by_multipart),
    "announce": ("PutItem", lambda store: store.post_json(announcing(result(identificatie="EX-1")))),
    "details, find": ("GetItem", read),
    "details, content": ("GetObject", read),
    "bytes, find": ("GetItem", lambda store: read(store, Accept="application/pdf")),
    "bytes, content": ("GetObject", lambda store: read(store, Accept="application/pdf")),
}
"""By what goes wrong: the AWS call, and ours."""


def refused(answer: Answer) -> dict[str, Any]:
    problem = answer.problem(503, "service-unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert not [mark for mark in MARKS if mark in answer.body.decode()]
    return problem


@pytest.mark.parametrize("failure", FAILURES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_is_answered_with_when_to_come_back(store: Store, name: str, failure: Exception) -> None:
    operation, call = CALLS[name]
    if operation.startswith("Get"):
        store.post_json(MESSAGE)
    before = store.items()
    with outages.failing(operation, failure):
        refused(call(store))
    assert store.items() == before
    assert call(store).status in (200, 202)


def test_a_late_event_and_a_failing_s3_are_answered_with_when_to_come_back(store: Store) -> None:
    store.post_json(announcing(result(identificatie="EX-1")))
    with outages.failing("HeadObject", outages.refusal("SlowDown", 503)):
        refused(read(store))


def test_bytes_that_stop_coming_half_way_are_answered_with_when_to_come_back(store: Store) -> None:
    class Interrupted:
        def read(self) -> bytes:
            raise ResponseStreamingError(error="connection reset by dynamodb.internal.example")

    store.post_json(MESSAGE)
    events = vault.client().meta.events
    events.register("after-call.s3.GetObject", lambda parsed, **_: parsed.update(Body=Interrupted()), unique_id="cut")
    refused(read(store))
    events.unregister("after-call.s3.GetObject", unique_id="cut")


def test_a_repeat_after_a_failure_is_safe_and_the_answer_says_so(store: Store) -> None:
    with outages.failing("PutItem", outages.refusal("InternalServerError", 500)):
        assert "Idempotency-Key" in refused(store.post_json(MESSAGE))["detail"]


@pytest.mark.parametrize("error", [RuntimeError, KeyError, ValueError, MemoryError, AssertionError])
def test_what_nobody_foresaw_is_an_internal_error_without_its_text(
    store: Store, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error("Jansen, 1234567, arn:aws:s3:::contents")

    monkeypatch.setattr(catalogue, "find", fail)
    monkeypatch.setattr(catalogue, "add", fail)
    for answer in (store.get("00000000-0000-4000-8000-000000000000"), store.post_json(MESSAGE)):
        problem = answer.problem(500, "internal-error")
        assert problem.keys() == {"type", "title", "status", "detail", "instance"}
        assert not [mark for mark in (*MARKS, "Jansen", "1234567", error.__name__) if mark in answer.body.decode()]


def test_an_item_that_we_can_not_read_is_an_internal_error(store: Store) -> None:
    document_id = store.post_json(MESSAGE).json()["documentId"]
    (item,) = store.items()
    for broken in ({"message": "{"}, {"status": "unheard of"}, {"version": "one"}):
        store.table.put_item(Item=item | broken)
        answer = store.get(document_id)
        assert answer.status == 500
        assert "unheard" not in answer.body.decode()
