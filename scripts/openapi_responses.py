"""Responses: the headers that come with them, and one problem response per status."""

from collections.abc import Iterable

import problem_types
from okd_dms import message
from okd_dms.api import Response
from okd_dms.errors import Fault
from okd_dms.media_types import PROBLEM
from okd_dms.representation import NOTHING_ACTIVE
from openapi_schemas import Schema, of_type, ref, sealed, tidy

_TEXT = {"type": "string"}
_SHA256 = "^sha-256=:[A-Za-z0-9+/]{43}=:$"

HEADERS: dict[str, tuple[str, Schema]] = {
    "Accept-Ranges": ("Parts of the bytes can be asked for with Range.", {"const": "bytes"}),
    "Allow": ("The methods that this path knows.", _TEXT),
    "Content-Disposition": ("Of bytes: an attachment under the original name, in any script (RFC 6266).", _TEXT),
    "Content-Location": ("Where the document itself is read.", _TEXT | {"format": "uri-reference"}),
    "Content-Range": ("Which part of the bytes this is, and their size.", _TEXT | {"pattern": "^bytes "}),
    "Content-Security-Policy": ("Of bytes: nothing in them is to run or to load.", {"const": NOTHING_ACTIVE}),
    "ETag": ("Changes with version and status; for If-None-Match.", _TEXT | {"pattern": '^"[^"]+"$'}),
    "Location": ("Where the document is read.", _TEXT | {"format": "uri-reference"}),
    "Repr-Digest": (
        "Of bytes: SHA-256 of the whole (RFC 9530).",
        _TEXT | {"pattern": _SHA256},
    ),
    "Retry-After": ("Seconds to wait before the call is repeated.", {"type": "integer", "minimum": 1}),
    "Vary": ("The answer depends on Accept.", {"const": "Accept"}),
    "WWW-Authenticate": (
        "What is wrong with the token (RFC 6750, 3). API Gateway renames it to x-amzn-Remapped-WWW-Authenticate.",
        _TEXT | {"pattern": "^Bearer "},
    ),
}

_OF_EVERY_PROBLEM: dict[str, Schema] = {
    "detail": _TEXT | {"description": "What to do about it."},
    "instance": _TEXT | {"description": "The request id."},
}
_OF_SOME_PROBLEMS: dict[str, Schema] = {
    "documentId": of_type(message.Uuid),
    "invalidParams": {"type": "array", "minItems": 1, "items": ref(Fault.__name__)},
}


def headers(required: Iterable[str], optional: Iterable[str] = ()) -> Schema:
    """These headers, documented."""
    documented = dict.fromkeys(optional, False) | dict.fromkeys(required, True)
    return {
        name: {"description": HEADERS[name][0], "required": documented[name], "schema": HEADERS[name][1]}
        for name in sorted(documented)
    }


def _words(slug: str) -> str:
    return "".join(word.capitalize() for word in slug.split("-"))


class Problems:
    """Collects problem responses and their schemas, each under the name by which operations refer to it."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {Fault.__name__: tidy(of_type(Fault))}
        self.responses: dict[str, Schema] = {}

    def by_status(self, answers: Iterable[Response], *, with_body: bool) -> dict[str, Schema]:
        """References to the responses that stand for these answers, by status."""
        alike: dict[int, list[Response]] = {}
        for answer in answers:
            alike.setdefault(answer.status, []).append(answer)
        return {str(status): self._response(alike[status], with_body=with_body) for status in sorted(alike)}

    def _response(self, alike: list[Response], *, with_body: bool) -> Schema:
        by_slug = {problem_types.slug(answer): answer for answer in reversed(alike)}
        name = "Or".join(_words(slug) for slug in sorted(by_slug)) + ("" if with_body else "WithoutBody")
        sent = [{*answer.headers} - {"Content-Type"} for answer in alike]
        response: Schema = {
            "description": ", or ".join(problem_types.body(by_slug[slug])["title"] for slug in sorted(by_slug)),
            "headers": headers(set.intersection(*sent), set.union(*sent)),
        }
        if with_body:
            schemas = [self._schema(slug, by_slug[slug]) for slug in sorted(by_slug)]
            examples = {slug: {"value": problem_types.body(by_slug[slug])} for slug in sorted(by_slug)}
            schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
            response["content"] = {PROBLEM: {"schema": schema, "examples": examples}}
        self.responses[name] = response
        return {"$ref": f"#/components/responses/{name}"}

    def _schema(self, slug: str, answer: Response) -> Schema:
        name = f"{_words(slug)}Problem"
        self.schemas[name] = sealed(
            {
                member: _OF_EVERY_PROBLEM.get(member) or _OF_SOME_PROBLEMS.get(member) or {"const": value}
                for member, value in problem_types.body(answer).items()
            }
        )
        return ref(name)
