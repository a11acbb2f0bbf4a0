"""Documents out of the exam file: flow 2.3."""

import openapi_examples as examples
from okd_dms import errors
from okd_dms.caller import READ
from okd_dms.media_types import BYTES, JSON
from okd_dms.representation import MAX_CONTENT_IN_ANSWER
from openapi_operation import ANY_TEXT, EVERYWHERE, IDENTIFIED, SOME_TEXT, Operation, content, in_words, parameter
from openapi_responses import headers
from openapi_schemas import Schema, ref

_OF_CONTENT = ("Accept-Ranges", "Content-Disposition", "Content-Security-Policy", "Repr-Digest")
_VERSION: Schema = {"type": "integer", "minimum": 1, "maximum": 10**10 - 1}
_BYTES: Schema = {BYTES: {}, "*/*": {}}


def _reading(name: str, summary: str, *parameters: Schema, also: tuple[str, ...] = ()) -> Operation:
    """A read; `also` are the headers that its answers have besides those of every read."""
    always = ("ETag", "Vary", *also)
    awaited, stored = examples.AWAITED.etag, examples.STORED.etag
    return Operation(
        name=name,
        tag="read",
        opened_by=READ,
        summary=summary,
        description=(
            f"Accept decides: {JSON} for the details, {BYTES} or the stored media type for the bytes. Content above"
            f" {in_words(MAX_CONTENT_IN_ANSWER)} is read from inhoudUrl, to which a request for bytes is redirected."
        ),
        parameters=(
            *parameters,
            parameter("query", "inhoud", "false leaves the content out of the details.", {"type": "boolean"}, False),
            parameter("query", "versie", "An earlier version; else the newest.", _VERSION, 1),
            parameter("header", "If-None-Match", "ETags of what the caller has already.", ANY_TEXT, awaited),
            parameter("header", "Range", "One range of the bytes; anything else is ignored.", ANY_TEXT, "bytes=0-3"),
            parameter("header", "If-Range", "The ETag to which the range belongs.", ANY_TEXT, stored),
        ),
        answers={
            "200": {
                "description": "The details as they are in force, or the bytes.",
                "headers": headers(always, _OF_CONTENT),
                "content": {JSON: content(ref("Details"), stored=examples.DETAILS), **_BYTES},
            },
            "206": {
                "description": "The part of the bytes that was asked for.",
                "headers": headers((*always, *_OF_CONTENT, "Content-Range")),
                "content": _BYTES,
            },
            "302": {
                "description": "The bytes are at Location for a while.",
                "headers": headers((*always, "Location")),
            },
            "304": {"description": "What the caller has is in force.", "headers": headers(always)},
        },
        problems=(
            errors.MalformedRequest,
            errors.DocumentNotFound,
            errors.NotAcceptable,
            errors.ContentAwaited,
            errors.RangeNotSatisfiable,
            errors.ContentCorrupt,
            *EVERYWHERE,
        ),
    )


_DELIVERED = examples.RESULT.message["document"]
FIND = _reading(
    "findDocument",
    "Find a document by the sender's own reference",
    *(
        parameter("query", name, "As delivered.", SOME_TEXT, _DELIVERED[name], required=True)
        for name in ("bronorganisatie", "identificatie")
    ),
    also=("Content-Location",),
)
GET = _reading("getDocument", "Read a document", IDENTIFIED)
