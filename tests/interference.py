"""What else happens at the very moment of a call to AWS: another call of the API, or a write that it collides with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from okd_dms import catalogue, vault


@contextmanager
def just_before(operation: str, action: Callable[[], object]) -> Iterator[None]:
    """Let this happen once, right before the first call of this AWS operation."""

    def act() -> None:
        action()

    with _at_the_first(operation, act):
        yield


@contextmanager
def _at_the_first(operation: str, action: Callable[[], Any]) -> Iterator[None]:
    happened: list[str] = []

    def act(**_: Any) -> Any:
        if happened:
            return None
        happened.append(operation)
        return action()

    clients = (catalogue.client(), vault.client())
    for client in clients:
        client.meta.events.register_first(f"before-call.*.{operation}", act, unique_id="interference")
    yield
    for client in clients:
        client.meta.events.unregister(f"before-call.*.{operation}", unique_id="interference")
    assert happened, f"{operation} was not called"


@contextmanager
def contended(operation: str) -> Iterator[None]:
    """The first call of this DynamoDB operation collides with another that touches the same item."""
    code = "TransactionCanceledException" if operation.startswith("Transact") else "TransactionConflictException"
    answer = {
        "Error": {"Code": code, "Message": "ongoing"},
        "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
        "ResponseMetadata": {"HTTPStatusCode": 400, "HTTPHeaders": {}},
    }
    with _at_the_first(operation, lambda: (AWSResponse("", 400, HTTPHeaders(), None), answer)):
        yield
