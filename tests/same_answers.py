"""Two answers to the same call, made comparable field by field: only ids, moments and signatures may differ."""

import base64
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
SIGNATURE = {"X-Amz-Credential", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Signature"}
OF_THE_GATEWAY = {"connection", "content-length", "date", "server", "x-amz-request-id", "x-amzn-requestid"}
"""Headers that whoever hands the function's answer on adds."""
OF_THE_WAY = {"host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
"""Headers that API Gateway adds to a call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with its headers' names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def comparable(self) -> dict[str, Any]:
        """All of it but what is another on every call, which is checked for its form instead."""
        headers = {name: value for name, value in self.headers.items() if name not in OF_THE_GATEWAY}
        for name in headers.keys() & {"location", "content-location"}:
            headers[name] = _reference(headers[name])
        if self.status == HTTPStatus.NOT_MODIFIED:
            headers.pop("content-type", None)  # it has no content, and servers differ in whether they say of what type
        is_json = headers.get("content-type", "").endswith("json") and self.body
        return {
            "status": self.status,
            "headers": headers,
            "body": _value("", self.json()) if is_json else self.body,
        }


def of_function(answer: dict[str, Any]) -> Answer:
    """What API Gateway makes of a function's answer; it adds a content type where the function names none."""
    headers = {"Content-Type": "application/json"} | answer["headers"]
    body = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    return Answer(answer["statusCode"], _lower(headers.items()), body)


def over_http(base: str, method: str, target: str, headers: Any = (), body: bytes | None = None) -> Answer:
    """The answer of an API. Sends these headers and no others; follows no redirect."""
    address = urlsplit(base)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=120)
    try:
        connection.putrequest(method, address.path + target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, _lower(response.getheaders()), response.read())
    finally:
        connection.close()


def over_http_as(event: dict[str, Any], base: str) -> Answer:
    """The answer to the call that this event of API Gateway tells of."""
    target = event["resource"].replace("+}", "}").format(**(event["pathParameters"] or {}))
    query = event["multiValueQueryStringParameters"]
    sent = [(name, value) for name, values in event["multiValueHeaders"].items() for value in values]
    return over_http(
        base,
        event["httpMethod"],
        target + (f"?{urlencode(query, doseq=True)}" if query else ""),
        [(name, value) for name, value in sent if name.lower() not in OF_THE_WAY],
        base64.b64decode(event["body"]) if event["body"] else None,
    )


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {member: _value(member, inner) for member, inner in value.items()}
    if isinstance(value, list):
        return [_value(name, inner) for inner in value]
    form = _FORMS.get(name)
    return form(value) if form and value is not None else value


def _moment(value: str) -> str:
    assert MOMENT.fullmatch(value)
    return "moment"


def _document(value: str) -> str:
    """An id that is derived (UUIDv5) stands; a random one does not."""
    return value if uuid.UUID(value).version == 5 else "random"


def _reference(value: str) -> str:
    """A URL without host, bucket, signature and the random end of a key; or a path."""
    parts = urlsplit(value)
    path = UUID.sub(lambda found: _document(found[0]), parts.path)
    if not parts.netloc:
        return path
    query = [(name, said) for name, said in parse_qsl(parts.query) if name not in SIGNATURE]
    steps = path.strip("/").split("/")
    return f"/{'/'.join(steps[1:-1])}?{urlencode(sorted(query))}"


_FORMS: dict[str, Callable[[str], str]] = {
    "documentId": _document,
    "instance": lambda _: "request id",
    **dict.fromkeys(("registratiedatum", "tijdstip", "verlooptOp", "inhoudUrlVerlooptOp"), _moment),
    **dict.fromkeys(("url", "inhoudUrl"), _reference),
}
"""What stands for a member's value, where two answers need not have the same."""
