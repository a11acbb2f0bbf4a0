"""A call as the bytes of a file, so that a fuzzer can change any of it and a person can read it.

It looks like HTTP: `METHOD target`, lines `Name: value`, an empty line, and the body. Lines end in LF, the body's bytes
count as they are. Bytes that are no UTF-8 become lone surrogates, the worst that an event can hold.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from moto_store import proxy_event

METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE")
_DOCUMENT = re.compile(r"/documents/([^/]+)(/versies)?")


@dataclass(frozen=True, slots=True)
class Call:
    """One call, apart from what API Gateway makes of it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def to_bytes(self) -> bytes:
        lines = [f"{self.method} {self.target}", *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\n".join(lines).encode("utf-8", "surrogateescape") + self.body

    def event(self) -> dict[str, Any]:
        """The event that API Gateway makes of it, the path and the query decoded."""
        path, _, query = self.target.partition("?")
        match = _DOCUMENT.fullmatch(path)
        parameters: dict[str, str] = {}
        if match:
            resource = f"/documents/{{documentId}}{match[2] or ''}"
            parameters = {"documentId": unquote(match[1], errors="surrogateescape")}
        else:
            resource = "/documents" if path == "/documents" else "/{proxy+}"
        return proxy_event(self.method, resource, self.body, self.headers, _query(query), parameters)


def _query(text: str) -> list[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "), errors="surrogateescape")


def parse(data: bytes) -> Call:
    """The call that these bytes stand for; any bytes are one."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("utf-8", "surrogateescape").split("\n")
    method, _, target = first.partition(" ")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        headers.append((name, value.removeprefix(" ")))
    return Call(method if method in METHODS else "PUT", target, headers, body)
