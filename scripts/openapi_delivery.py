"""Documents into the exam file: flows 2.1 and 2.2."""

from typing import Any

import openapi_examples as examples
from okd_dms import errors
from okd_dms.caller import DELIVER
from okd_dms.carriers import MAX_FILE_BYTES, MAX_METADATA_BYTES
from okd_dms.media_types import BYTES, JSON, MULTIPART
from openapi_operation import EVERYWHERE, SOME_TEXT, Operation, content, in_words, parameter
from openapi_responses import headers
from openapi_schemas import Schema, ref, sealed

_LINKS = {
    "read": {
        "operationId": "getDocument",
        "parameters": {"documentId": "$response.body#/documentId"},
        "description": "Reads the document.",
    }
}
_FILE: Schema = SOME_TEXT | {
    "contentMediaType": BYTES,
    "description": f"The bytes, to {in_words(MAX_FILE_BYTES)}, of any media type.",
}


def _taken(text: str, receipt: Schema, **values: Any) -> Schema:
    return {
        "description": text,
        "headers": headers(("ETag", "Location")),
        "content": {JSON: content(receipt, **values)},
        "links": _LINKS,
    }


STORE = Operation(
    name="storeDocument",
    tag="deliver",
    opened_by=DELIVER,
    summary="Deliver a document of an exam result or an exam sitting",
    description=(
        "Delivery is idempotent by document.identificatie within sender and bronorganisatie, else by Idempotency-Key."
        " In JSON, null for an optional member means absent; unknown members are refused. Without the content, a"
        f" message is {in_words(MAX_METADATA_BYTES)} at most."
    ),
    parameters=(
        parameter(
            "header",
            "Idempotency-Key",
            "Makes a delivery without document.identificatie safe to repeat.",
            SOME_TEXT | {"maxLength": 255, "pattern": r"\S"},
            "7f9c2ba4-e88f-4271-8c4a-5a3d9a2f6b10",
        ),
    ),
    request={
        "required": True,
        "content": {
            MULTIPART: {
                "schema": sealed({"metadata": ref("Metadata"), "file": _FILE}),
                "encoding": {"metadata": {"contentType": JSON}},
            },
            JSON: content(
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
        *EVERYWHERE,
    ),
)
