"""The way to AWS, where a call meets its faults, or waits.

Faults strike at the level of one HTTP attempt, so that botocore's own retries run as they do in Lambda: a fault that
strikes the first attempt alone shows what the repeat of a write meets that was carried out; one that strikes every
attempt shows what is left when botocore gives up.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from botocore.retries.quota import RetryQuota
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.core.serialize import ResponseSerializer

import run_length

READS = ("Get", "Head", "List", "Query", "TransactGet")
"""How the operations begin that change nothing."""

ALL = 99

ATTRIBUTE_TYPES = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}
_MOTO_PICKS = ResponseSerializer.get_value


class Killed(BaseException):
    """The process is no more. No handler may catch this, as none can catch a SIGKILL or Lambda's time-out."""


type Strike = Callable[[str, str], AWSResponse]
"""What the client gets of AWS instead of an answer, by the name of the service and the URL; it may raise."""


def _error(status: int, dynamodb: str, s3: str) -> Strike:
    def strike(service: str, url: str) -> AWSResponse:
        if service == "dynamodb":
            body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{dynamodb}", "message": "sorry"})
            code = 400 if dynamodb.endswith("Exception") else status
        else:
            body, code = f"<Error><Code>{s3}</Code><Message>sorry</Message></Error>", status
        return AWSResponse(url, code, HTTPHeaders(), MockRawResponse(body))

    return strike


def _raising(error: Callable[[str], BaseException]) -> Strike:
    def strike(_service: str, url: str) -> AWSResponse:
        raise error(url)

    return strike


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls a call: whether AWS carries it out, what comes back, and at how many of its attempts."""

    name: str
    applied: bool
    strike: Strike
    attempts: int = ALL

    @property
    def kills(self) -> bool:
        return self.name.startswith("killed")

    @property
    def passes(self) -> bool:
        """Whether botocore's own retry gets through."""
        return self.attempts == 1


_ERROR, _THROTTLED = _error(500, "InternalServerError", "InternalError"), _error(503, "ThrottlingException", "SlowDown")
_CLOSED = _raising(lambda url: ConnectionClosedError(endpoint_url=url))
_UNREACHED = _raising(lambda url: ConnectTimeoutError(endpoint_url=url))
_TIMEOUT = _raising(lambda url: ReadTimeoutError(endpoint_url=url))
_KILLED = _raising(lambda _url: Killed())


def _cut(service: str, url: str) -> AWSResponse:
    """An answer that breaks off within its body."""
    body = '{"Item": {"status"' if service == "dynamodb" else "<ListBucketResult><Contents>"
    headers = HTTPHeaders()
    headers["Content-Length"] = "4096"
    return AWSResponse(url, 200, headers, MockRawResponse(body))


_KINDS = (
    ("error before effect", False, _ERROR),
    ("error after effect", True, _ERROR),
    ("answer lost", True, _CLOSED),
    ("time-out before effect", False, _UNREACHED),
    ("time-out after effect", True, _TIMEOUT),
    ("throttled", False, _THROTTLED),
)
FAULTS = (
    *(Fault(f"{name}, once", applied, strike, 1) for name, applied, strike in _KINDS),
    *(Fault(f"{name}, always", applied, strike) for name, applied, strike in _KINDS),
    Fault("answer cut short", applied=True, strike=_cut),
    Fault("killed before effect", applied=False, strike=_KILLED),
    Fault("killed after effect", applied=True, strike=_KILLED),
)
FOR_WRITES = {
    *("error before effect, once", "error before effect, always", "error after effect, always", "answer lost, once"),
    *("time-out after effect, always", "throttled, always", "killed before effect", "killed after effect"),
}
FOR_READS = {
    *("error before effect, once", "error before effect, always", "time-out before effect, always"),
    *("throttled, always", "answer cut short", "killed before effect"),
}
"""In a short run. The others differ from these for botocore alone."""

IN_TURN = ("killed before effect", "error before effect, always")
"""In a short run, for a read that goes on with what the read before it began: a page, a prefix, a day."""


def faults_of(calls: Sequence[str], number: int) -> list[Fault]:
    """What can befall the call with this number among these.

    A read has no effect, so there is no after, and a HEAD no body that can be cut.
    """
    reads = calls[number].startswith(READS)
    possible = [fault for fault in FAULTS if not (fault.applied and reads) or fault.strike is _cut]
    if calls[number].startswith("Head"):
        possible = [fault for fault in possible if fault.strike is not _cut]
    if run_length.LONG:
        return possible
    some = FOR_READS if reads else FOR_WRITES
    if reads and number and calls[number] == calls[number - 1]:
        some = {IN_TURN[number % 2]}
    return [fault for fault in possible if fault.name in some]


@dataclass(slots=True)
class Network:
    """What goes over it: the operations called, one entry a call, and the fault that one of them meets."""

    calls: list[str] = field(default_factory=list)
    struck: tuple[int, Fault] | None = None
    pause: Callable[[], None] = lambda: None
    """Called before each call."""
    _transactions: dict[str, AWSResponse] = field(default_factory=dict)

    @contextmanager
    def striking(self, number: int, fault: Fault) -> Iterator[None]:
        """The call with this number, from 0, meets this fault."""
        self.calls.clear()
        self.struck = (number, fault)
        try:
            yield
        finally:
            self.struck = None

    def carry(self, event_name: str, request: Any, send: Callable[[], AWSResponse]) -> AWSResponse:
        """One attempt at a call."""
        _, service, operation = event_name.split(".")
        attempt = int(re.search(r"attempt=(\d+)", _text(request.headers["amz-sdk-request"])).group(1))  # type: ignore[union-attr]
        if attempt == 1:
            self.pause()
            self.calls.append(operation)
        number, fault = self.struck or (-1, FAULTS[0])
        if len(self.calls) - 1 != number or attempt > fault.attempts:
            return self._once(request, send)
        if fault.applied:
            self._once(request, send)
        return fault.strike(service, request.url)

    def _once(self, request: Any, send: Callable[[], AWSResponse]) -> AWSResponse:
        """DynamoDB carries a transaction out once, however often it gets its token; the stand-in knows no tokens."""
        if "TransactWriteItems" not in _text(request.headers.get("X-Amz-Target", "")):
            return send()
        token = json.loads(request.body)["ClientRequestToken"]
        if token not in self._transactions:
            answer = send()
            if answer.status_code != 200:
                return answer
            self._transactions[token] = answer
        return AWSResponse("", 200, HTTPHeaders(), MockRawResponse("{}"))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _picked(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
    """A member of what moto answers. It looks for aliases of each, also of an item's attributes, which have none."""
    if type(value) is dict and len(value) == 1 and value.keys() <= ATTRIBUTE_TYPES and key in ATTRIBUTE_TYPES:
        return value.get(key)
    return _MOTO_PICKS(serializer, value, key, shape)


@contextmanager
def connected() -> Iterator[Network]:
    """Every call to AWS goes by this way; retries come at once, and the client never runs out of them."""
    network, moto = Network(), BotocoreStubber.__call__

    def carry(stubber: BotocoreStubber, event_name: str, request: Any, **_: Any) -> AWSResponse | None:
        return network.carry(event_name, request, lambda: moto(stubber, event_name, request))  # type: ignore[arg-type, return-value]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BotocoreStubber, "__call__", carry)
        patch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
        patch.setattr(ResponseSerializer, "get_value", _picked)
        patch.setattr(RetryQuota, "acquire", lambda *_: True)
        yield network
