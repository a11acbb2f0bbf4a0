"""AWS failing on demand, so that a test sees what a caller then gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from okd_dms import catalogue, vault


def refusal(code: str, status: int = 400, operation: str = "Operation") -> ClientError:
    """What botocore raises when AWS answers an error; its text holds what must not reach a caller."""
    message = "arn:aws:iam::111122223333:role/internal is not authorized on table documents"
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )


@contextmanager
def failing(operation: str, error: Exception) -> Iterator[None]:
    """Every call of this operation raises this error and reaches nothing."""

    def fail(**_: Any) -> None:
        raise error

    clients = (catalogue.client(), vault.client())
    for client in clients:
        client.meta.events.register(f"before-call.*.{operation}", fail, unique_id="outage")
    yield
    for client in clients:
        client.meta.events.unregister(f"before-call.*.{operation}", unique_id="outage")


@contextmanager
def answer_lost(operation: str) -> Iterator[None]:
    """The first attempt at this operation is carried out, but its answer is lost on the way; botocore tries again."""
    lost: list[str] = []

    def lose(request: Any, event_name: str, **_: Any) -> None:
        if event_name.endswith(f".{operation}") and not lost:
            lost.append(operation)
            raise ConnectionClosedError(endpoint_url=request.url)

    clients = (catalogue.client(), vault.client())
    for client in clients:
        client.meta.events.register_last("before-send", lose, unique_id="outage")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
        yield
    for client in clients:
        client.meta.events.unregister("before-send", unique_id="outage")
    assert lost, f"{operation} was not called"
