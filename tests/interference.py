"""What else happens at the very moment of a call to AWS: another call of the API, a collision with it, or a failure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from okd_dms import catalogue, vault


@dataclass(slots=True)
class Event:
    """Whether it has happened."""

    happened: bool = False


@contextmanager
def just_before(operation: str, action: Callable[[], object]) -> Iterator[None]:
    """Let this happen once, right before the first call of this AWS operation."""

    def act() -> None:
        action()

    with _at_calls(range(1), act, operation) as event:
        yield
    assert event.happened, f"{operation} was not called"


@contextmanager
def contended(operation: str, times: int = 1) -> Iterator[None]:
    """The first calls of this DynamoDB operation collide with others that touch the same item."""
    code = "TransactionCanceledException" if operation.startswith("Transact") else "TransactionConflictException"
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    with _at_calls(range(times), lambda: _refusal(code, CancellationReasons=reasons), operation) as event:
        yield
    assert event.happened, f"{operation} was not called"


@contextmanager
def failing_at(number: int) -> Iterator[Event]:
    """The call with this number, from 0, reaches nothing and is answered with an error, as are its retries."""
    with _at_calls(range(number, number + 1), lambda: _refusal("InternalError")) as event:
        yield event


@contextmanager
def raising_at(number: int, error: Exception) -> Iterator[Event]:
    """The call with this number, from 0, ends in this exception, which nobody may have foreseen."""

    def act() -> None:
        raise error

    with _at_calls(range(number, number + 1), act) as event:
        yield event


def _refusal(code: str, **members: Any) -> tuple[AWSResponse, dict[str, Any]]:
    metadata = {"HTTPStatusCode": 400, "HTTPHeaders": {}}
    error = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": metadata, **members}
    return AWSResponse("", 400, HTTPHeaders(), None), error


@contextmanager
def _at_calls(numbers: range, action: Callable[[], Any], operation: str = "*") -> Iterator[Event]:
    """Act right before the calls with these numbers, from 0. What the action returns, unless None, is AWS's answer."""
    event, calls = Event(), count()

    def act(**_: Any) -> Any:
        if next(calls) not in numbers:
            return None
        event.happened = True
        return action()

    clients = (catalogue.client(), vault.client())
    for client in clients:
        client.meta.events.register_first(f"before-call.*.{operation}", act, unique_id="interference")
    try:
        yield event
    finally:
        for client in clients:
            client.meta.events.unregister(f"before-call.*.{operation}", unique_id="interference")
