"""openapi.json as a judge: every answer that the tests see is held against it."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import template
from okd_dms.media_types import essence

if TYPE_CHECKING:
    from moto_store import Answer

BEYOND_JSON_SCHEMA = {
    "date",
    "date_time",
    "disguised",
    "filename",
    "future",
    "mismatch",
    "not_accepted",
    "order",
    "organisation",
}
"""Codes of faults that the schemas cannot see, or not wholly."""

_URI = "openapi.json"
_EVERYWHERE = {"Content-Type", "X-Content-Type-Options", "Cache-Control"}
_OF_NO_OPERATION = {
    401: "Unauthorized",
    404: "RouteNotFound",
    405: "MethodNotAllowed",
    500: "InternalError",
    503: "ServiceUnavailable",
}
"""The responses to unknown paths and methods, by status."""


@cache
def description() -> dict[str, Any]:
    """The committed openapi.json."""
    parsed: dict[str, Any] = json.loads((template.ROOT / "openapi.json").read_text(encoding="utf-8"))
    return parsed


@cache
def validator(*path: str) -> Draft202012Validator:
    """The validator of the schema at this place in openapi.json."""
    registry: Registry[Any] = Registry().with_resource(_URI, DRAFT202012.create_resource(description()))
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in path)
    return Draft202012Validator({"$ref": f"{_URI}#/{pointer}"}, registry=registry, format_checker=FormatChecker())


@cache
def _response(method: str, resource: str, status: int) -> tuple[str, ...]:
    """Where the response is described."""
    operation = description()["paths"].get(resource, {}).get(method.lower())
    if operation is None:
        return ("components", "responses", _OF_NO_OPERATION[status])
    assert str(status) in operation["responses"], f"{method} {resource} answers {status}, which is not documented"
    reference = operation["responses"][str(status)].get("$ref")
    if reference:
        return tuple(reference.removeprefix("#/").split("/"))
    return ("paths", resource, method.lower(), "responses", str(status))


def at(path: tuple[str, ...]) -> dict[str, Any]:
    """What stands at this place in openapi.json."""
    found = description()
    for step in path:
        found = found[step]
    return found


def check(method: str, resource: str, answer: "Answer") -> None:
    """Fail when openapi.json does not foresee this answer: its status, its headers, its media type or its body."""
    where = _response(method, resource, answer.status)
    documented = at(where)
    _check_headers(answer, where, documented["headers"])
    if method == "HEAD":
        assert not answer.body
    elif documented.get("content"):
        _check_content(answer, where, documented["content"])
    else:
        assert not answer.body
        assert "Content-Type" not in answer.headers


def _check_headers(answer: "Answer", where: tuple[str, ...], documented: dict[str, Any]) -> None:
    assert answer.headers.keys() - _EVERYWHERE <= documented.keys()
    for name, header in documented.items():
        assert name in answer.headers or not header["required"], f"{answer.status} without {name}"
        if name in answer.headers:
            sent: str | int = answer.headers[name]
            if header["schema"].get("type") == "integer":
                sent = int(sent)
            validator(*where, "headers", name, "schema").validate(sent)


def _check_content(answer: "Answer", where: tuple[str, ...], documented: dict[str, Any]) -> None:
    media_type = essence(answer.headers["Content-Type"])
    key = media_type if media_type in documented else "*/*"
    assert key in documented, f"{answer.status} as {media_type}, which is not documented"
    if "schema" in documented[key]:
        validator(*where, "content", key, "schema").validate(answer.json())
