"""The operations: what each takes, and every answer that it can give."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import openapi_examples as examples
from okd_dms import errors, message
from okd_dms.media_types import BYTES, JSON, MULTIPART
from openapi_responses import headers
from openapi_schemas import Schema, of_type, ref, sealed

_ANY: Schema = {"type": "string"}
_TEXT: Schema = _ANY | {"minLength": 1}
_EVERYWHERE = (errors.Unauthorized, errors.DependencyFailed, errors.DmsError)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method on one path takes and answers; `problems` are those of its function, not the gateway's."""

    name: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Schema, ...]
    answers: Mapping[str, Schema]
    problems: tuple[type[errors.DmsError], ...]
    request: Schema = field(default_factory=dict)

    def head(self) -> "Operation":
        """The same for HEAD, which reads no content: none of it can be asked for in part, or prove corrupt."""
        return replace(
            self,
            name=f"{self.name}Head",
            summary=f"{self.summary}: the headers alone",
            parameters=tuple(given for given in self.parameters if given["name"] not in ("Range", "If-Range")),
            answers={
                status: {key: value for key, value in answer.items() if key != "content"}
                for status, answer in self.answers.items()
                if status != "206"
            },
            problems=tuple(
                kind for kind in self.problems if kind not in (errors.RangeNotSatisfiable, errors.ContentCorrupt)
            ),
        )


def _parameter(where: str, name: str, text: str, schema: Schema, example: Any, *, required: bool = False) -> Schema:
    described = {"name": name, "in": where, "description": text, "required": required}
    return described | {"schema": schema, "example": example}


def _content(schema: Schema, **values: Any) -> Schema:
    return {"schema": schema, "examples": {name: {"value": value} for name, value in values.items()}}


_LINKS = {
    "read": {
        "operationId": "getDocument",
        "parameters": {"documentId": "$response.body#/documentId"},
        "description": "Reads the document.",
    }
}


def _taken(text: str, receipt: Schema, **values: Any) -> Schema:
    return {
        "description": text,
        "headers": headers(("ETag", "Location")),
        "content": {JSON: _content(receipt, **values)},
        "links": _LINKS,
    }


_STORE = Operation(
    name="storeDocument",
    tag="deliver",
    summary="Deliver a document of an exam result or an exam sitting",
    description=(
        "Delivery is idempotent by document.identificatie within sender and bronorganisatie, else by Idempotency-Key."
        " In JSON, null for an optional member means absent; unknown members are refused. The metadata are 64 KiB at"
        " most."
    ),
    parameters=(
        _parameter(
            "header",
            "Idempotency-Key",
            "Makes a delivery without document.identificatie safe to repeat.",
            _TEXT | {"maxLength": 255, "pattern": r"\S"},
            "7f9c2ba4-e88f-4271-8c4a-5a3d9a2f6b10",
        ),
    ),
    request={
        "required": True,
        "content": {
            MULTIPART: {
                "schema": sealed({"metadata": ref("Metadata"), "file": _TEXT | {"contentMediaType": BYTES}}),
                "encoding": {"metadata": {"contentType": JSON}},
            },
            JSON: _content(
                {"oneOf": [ref("MessageWithInhoud"), ref("Announcement")]},
                result=examples.RESULT.with_content(),
                sitting=examples.SITTING.with_content(),
                announcement=examples.LARGE_RESULT.announcement(),
            ),
        },
    },
    answers={
        "200": _taken("Stored: durable, and readable at once.", ref("Receipt"), stored=examples.RECEIPT),
        "202": _taken(
            "Announced: upload the content with the ticket.",
            ref("ReceiptWithTicket"),
            announced=examples.RECEIPT_WITH_TICKET,
        ),
    },
    problems=(
        errors.MalformedRequest,
        errors.DeliveryConflict,
        errors.Busy,
        errors.ContentTooLarge,
        errors.UnsupportedMediaType,
        errors.InvalidMessage,
        errors.IdempotencyKeyReused,
        *_EVERYWHERE,
    ),
)

_OF_CONTENT = ("Accept-Ranges", "Content-Disposition", "Repr-Digest")
_BYTES: Schema = {BYTES: {}, "*/*": {}}


def _reading(name: str, summary: str, *parameters: Schema, also: tuple[str, ...] = ()) -> Operation:
    """A read; `also` are the headers that its answers have besides those of every read."""
    always = ("ETag", "Vary", *also)
    return Operation(
        name=name,
        tag="read",
        summary=summary,
        description=(
            "Accept decides: the details as JSON, or, for application/octet-stream or the stored media type, the bytes."
            " Content above 4 MiB is read from inhoudUrl, to which a request for bytes is redirected."
        ),
        parameters=(
            *parameters,
            _parameter("query", "inhoud", "false leaves the content out of the details.", {"type": "boolean"}, False),
            _parameter("header", "If-None-Match", "ETags of what the caller has already.", _ANY, examples.AWAITED.etag),
            _parameter("header", "Range", "One range of the bytes; anything else is ignored.", _ANY, "bytes=0-3"),
            _parameter("header", "If-Range", "The ETag to which the range belongs.", _ANY, examples.STORED.etag),
        ),
        answers={
            "200": {
                "description": "The details as they are in force, or the bytes.",
                "headers": headers(always, _OF_CONTENT),
                "content": {JSON: _content(ref("Details"), stored=examples.DETAILS), **_BYTES},
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
            *_EVERYWHERE,
        ),
    )


_DELIVERED = examples.RESULT.message["document"]
_FIND = _reading(
    "findDocument",
    "Find a document by the sender's own reference",
    *(
        _parameter("query", name, "As delivered.", _TEXT, _DELIVERED[name], required=True)
        for name in ("bronorganisatie", "identificatie")
    ),
    also=("Content-Location",),
)
_ID = _parameter("path", "documentId", "Names the document.", of_type(message.Uuid), examples.STORED.id, required=True)
_GET = _reading("getDocument", "Read a document", _ID)

OPERATIONS = {
    ("POST", "/documents"): _STORE,
    ("GET", "/documents"): _FIND,
    ("HEAD", "/documents"): _FIND.head(),
    ("GET", "/documents/{documentId}"): _GET,
    ("HEAD", "/documents/{documentId}"): _GET.head(),
}
"""Those of the template's routes; they are compared."""

ELSEWHERE = (errors.RouteNotFound, errors.MethodNotAllowed)
"""What unknown paths and methods are answered."""
