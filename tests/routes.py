"""Every call that the template's routes make possible, so that a new route is tried by who may not make it.

Nothing is written down of any route but how calls look at all: bodies, headers and queries are tried on each.
"""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import template
from changes import NEW, describing
from messages import result, with_content
from moto_store import Answer, Store

EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROUTES = sorted(
    {(each, path) for method, path in template.routes() for each in ([method] if method != "ANY" else EVERY_METHOD)}
)
"""(method, path), those that fall back included."""
OPERATIONS = [route for route in ROUTES if template.function_for(*route) != "FallbackFunction"]
FALLING_BACK = [route for route in ROUTES if route not in OPERATIONS]
OF_ONE_DOCUMENT = [route for route in OPERATIONS if "{" in route[1]]
WRITING = [route for route in OPERATIONS if route[0] not in ("GET", "HEAD")]

_BODIES: dict[str, bytes | None] = {
    "": None,
    "application/merge-patch+json": b'{"document": {"titel": "Taken over"}}',
    "application/json": json.dumps(describing(NEW)).encode(),
    "application/pdf": NEW,
    "multipart/form-data; boundary=b": b"--b--\r\n",
    "application/x-empty": b"",
}
_HEADERS: list[dict[str, str]] = [
    {},
    {"Accept": "application/pdf"},
    {"Accept": "application/octet-stream", "Range": "bytes=0-3"},
    {"Accept": "image/png"},
    {"If-None-Match": '"1-opgeslagen"'},
    {"If-None-Match": "*"},
    {"If-Match": '"1-opgeslagen"'},
    {"If-Match": '"9-opgeslagen"'},
    {"If-Range": '"1-opgeslagen"', "Range": "bytes=0-3", "Accept": "application/pdf"},
]
_QUERIES: list[dict[str, str]] = [
    {},
    {"versie": "1"},
    {"versie": "2"},
    {"versie": "99"},
    {"inhoud": "false"},
    {"limit": "1"},
    {"cursor": "Mg=="},
    {"unknown": "1"},
]


@dataclass(frozen=True, slots=True)
class Call:
    """A call on a route, but for which document it names and who makes it."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def make(self, store: Store, names: str, more: list[tuple[str, str]] | None = None) -> Answer:
        """Make it, with `names` for every part of the path that is open."""
        parts = dict.fromkeys(re.findall(r"{(\w+)}", self.path), names)
        sent = [*self.headers.items(), *(more or [])]
        return store.call(self.method, self.path, body=self.body, headers=sent, query=self.query, **parts)


def plain(route: tuple[str, str]) -> Call:
    """A call that is as good as any, for whoever may make it."""
    method, path = route
    if method == "POST":
        return Call(method, path, json.dumps(with_content(result())).encode(), {"Content-Type": "application/json"})
    if method == "PATCH":
        content_type = "application/merge-patch+json"
        return Call(method, path, _BODIES[content_type], {"Content-Type": content_type})
    query = {} if "{" in path else {"bronorganisatie": "25LX", "identificatie": "EX-1"}
    return Call(method, path, query=query)


def calls(route: tuple[str, str]) -> Iterator[Call]:
    """Calls of every shape."""
    method, path = route
    if method in ("GET", "HEAD"):
        for headers, query in itertools.product(_HEADERS, _QUERIES):
            yield Call(method, path, headers=headers, query=query)
        return
    for (content_type, body), headers in itertools.product(_BODIES.items(), _HEADERS):
        if not headers.keys() & {"Accept", "Range"}:  # which change nothing
            sent = headers | ({"Content-Type": content_type} if content_type else {})
            yield Call(method, path, body, sent, {} if headers else {"versie": "1"})


def seen(store: Store, answer: Answer) -> tuple[Any, ...]:
    """All that a caller can tell of an answer, the request id aside, and the calls to AWS that it took."""
    body: Any = answer.body
    if answer.headers.get("Content-Type") == "application/problem+json" and body:
        body = {name: value for name, value in answer.json().items() if name != "instance"}
    return answer.status, answer.headers, body, tuple(store.calls)
