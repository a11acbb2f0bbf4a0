"""The HTTP edge: API Gateway's proxy event in, its answer out, and the one place where errors become problem+json.

Operations are told apart by the event's `resource`, since `path` carries the base path of a custom domain.
"""

import base64
import binascii
import functools
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from okd_dms import identity, media_types, strict_json
from okd_dms.caller import Caller
from okd_dms.errors import DependencyFailed, DmsError, InvalidMessage, MalformedRequest, Unauthorized
from okd_dms.log import logger, note, unforeseen

PROBLEMS = "https://okd-dms.readthedocs.io/problems"
"""Base of the problem types. They are identifiers, described in docs/problems.md."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}

type Event = dict[str, Any]


def _headers(event: Event, name: str) -> list[str]:
    several = event.get("multiValueHeaders")
    given = several if several is not None else {k: [v] for k, v in (event.get("headers") or {}).items()}
    return [value for key, values in given.items() if key.lower() == name.lower() for value in values]


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as API Gateway hands it over (payload format 1.0)."""

    event: Event
    caller: Caller

    @property
    def sender(self) -> str:
        """The component that calls."""
        return self.caller.component

    @property
    def method(self) -> str:
        return str(self.event["httpMethod"])

    @property
    def resource(self) -> str:
        """The route's path as in the template, `/documents/{documentId}`."""
        return str(self.event["resource"])

    @property
    def path_parameters(self) -> Mapping[str, str]:
        return self.event.get("pathParameters") or {}

    def headers(self, name: str) -> list[str]:
        """Every value of a header, in order; its name in any case.

        Raises MalformedRequest when it is not in ASCII (RFC 9110, 5.5): other bytes are decoded by each gateway in its
        own way, and fold into ASCII letters that were never sent.
        """
        found = _headers(self.event, name)
        if not all(value.isascii() for value in found):
            raise MalformedRequest(f"The header {name} holds characters other than ASCII.")
        return found

    def header(self, name: str) -> str | None:
        """A header that has one value. Raises MalformedRequest when it comes twice."""
        values = self.headers(name)
        if len(values) > 1:
            raise MalformedRequest(f"The header {name} comes more than once. Send it once.")
        return values[0].strip() if values else None

    def query(self, *known: str) -> dict[str, str]:
        """The query parameters.

        Raises MalformedRequest for an unknown one, for one that comes twice, and for what is no Unicode text.
        """
        several = self.event.get("multiValueQueryStringParameters")
        given = several or {k: [v] for k, v in (self.event.get("queryStringParameters") or {}).items()}
        if set(given) - set(known):
            raise MalformedRequest(f"The query has an unknown parameter. Known: {', '.join(known) or 'none'}.")
        if twice := sorted(name for name, values in given.items() if len(values) > 1):
            raise MalformedRequest(f"The query parameter {twice[0]} comes more than once. Send it once.")
        if any(_SURROGATE.search(values[0]) for values in given.values()):
            raise MalformedRequest("The query is not UTF-8. Percent-encode it as UTF-8.")
        return {name: values[0] for name, values in given.items()}

    def document_id(self) -> str:
        """The documentId in the path, in lower case. Raises MalformedRequest when it is no UUID."""
        given = self.path_parameters["documentId"]
        if not re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", given):
            raise MalformedRequest("The documentId is not a UUID. Use the documentId of the answer to POST /documents.")
        return given.lower()

    def matches(self, etag: str) -> bool:
        """Whether If-Match allows a change of what has this entity tag (RFC 9110, 13.1.1)."""
        return self.takes_any_state() or etag in self._if_match()

    def takes_any_state(self) -> bool:
        """Whether the caller leaves open which state it means to change."""
        tags = self._if_match()
        return not tags or "*" in tags

    def _if_match(self) -> list[str]:
        return [tag.strip() for value in self.headers("If-Match") for tag in value.split(",")]

    def body(self) -> bytes:
        """The body's bytes, decoded when the gateway encoded them."""
        body = self.event.get("body") or ""
        if not self.event.get("isBase64Encoded"):
            return str(body).encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise MalformedRequest("The event says that its body is base64, and it is not.") from None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. A body of bytes travels base64-encoded; a dict becomes JSON."""

    status: int
    body: dict[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, headers: Mapping[str, str]) -> "Response":
        """The same answer with these headers added."""
        return replace(self, headers={**headers, **self.headers})

    def event(self, *, without_body: bool) -> Event:
        """The answer in API Gateway's form."""
        headers = {**_ALWAYS, **self.headers}
        answer: Event = {"statusCode": self.status, "headers": headers, "body": "", "isBase64Encoded": False}
        if isinstance(self.body, dict):
            headers.setdefault("Content-Type", media_types.JSON)
        if without_body or self.body is None:
            return answer
        if isinstance(self.body, bytes):
            return answer | {"body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}
        return answer | {"body": strict_json.dumps(self.body)}


def problem(error: DmsError, request_id: str) -> Response:
    """An error as problem details (RFC 9457)."""
    body = {
        "type": f"{PROBLEMS}/{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": request_id,
        **error.members,
    }
    return Response(error.status, body, {**error.headers, "Content-Type": media_types.PROBLEM})


def _answer(
    function: Callable[[Request], Response], opened_by: tuple[str, ...], event: Event, request_id: str
) -> Response:
    try:
        caller = identity.caller(_headers(event, "Authorization"))
        note(component=caller.component)
        caller.require(opened_by)
        return function(Request(event, caller))
    except DmsError as error:
        facts: dict[str, Any] = {"problem": error.slug}
        if isinstance(error, InvalidMessage):
            facts["faults"] = sorted(fault.code for fault in error.faults)
        if isinstance(error, DependencyFailed):
            facts |= {"dependency": error.service, "code": error.code}
        if isinstance(error, Unauthorized):
            facts["reason"] = error.reason
        note(**facts)
        return problem(error, request_id)
    except Exception as error:
        unforeseen(error)
        return problem(DmsError(), request_id)


def operation(
    opened_by: tuple[str, ...],
) -> Callable[[Callable[[Request], Response]], Callable[[Event, Any], Event]]:
    """Make a Lambda handler of a function from Request to Response, for callers with any of the scopes `opened_by`.

    Whatever happens, the caller gets an answer and the log one line, which holds ids, sizes and outcomes alone.
    """

    def decorate(function: Callable[[Request], Response]) -> Callable[[Event, Any], Event]:
        @functools.wraps(function)
        def handler(event: Event, _context: Any) -> Event:
            started = time.perf_counter()
            request_id = str(event["requestContext"]["requestId"])
            logger.clear_state()
            logger.set_correlation_id(request_id)
            response = _answer(function, opened_by, event, request_id)
            log = logger.error if response.status >= 500 else logger.info
            log(
                "answered",
                method=event["httpMethod"],
                resource=event["resource"],
                status=response.status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
            return response.event(without_body=event["httpMethod"] == "HEAD")

        return handler

    return decorate
