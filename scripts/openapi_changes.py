"""Documents updated and deleted, and the history of that: flow 2.4."""

import openapi_examples as examples
from okd_dms import errors
from okd_dms.caller import CHANGE, READ
from okd_dms.carriers import MAX_FILE_BYTES
from okd_dms.history import DEFAULT_LIMIT, MAX_LIMIT
from okd_dms.media_types import BYTES, JSON, MERGE_PATCH
from openapi_operation import ANY_TEXT, EVERYWHERE, IDENTIFIED, SOME_TEXT, Operation, content, in_words, parameter
from openapi_responses import headers
from openapi_schemas import ref

_IF_MATCH = parameter(
    "header", "If-Match", "The ETag of the state that may change; else 412.", ANY_TEXT, examples.STORED.etag
)
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
_CONTENT = {"schema": SOME_TEXT | {"contentMediaType": BYTES}}
_OF_ONE = (errors.MalformedRequest, errors.DocumentNotFound, *EVERYWHERE)
_OF_A_CHANGE = (errors.Busy, errors.PreconditionFailed, *_OF_ONE)

UPDATE = Operation(
    name="updateDocument",
    tag="change",
    opened_by=CHANGE,
    summary="Update a document",
    description=(
        f"{MERGE_PATCH} (RFC 7396) corrects metadata, {JSON} announces new content, and any other media type but"
        f" multipart is new content itself, to {in_words(MAX_FILE_BYTES)}; {BYTES} keeps the media type as it is. Each"
        " makes a version; what changes nothing makes none."
    ),
    parameters=(IDENTIFIED, _IF_MATCH),
    request={
        "required": True,
        "content": {
            MERGE_PATCH: content(ref("Correction"), title={"document": {"titel": "Beoordelingsformulier Mediabeheer"}}),
            JSON: content(ref("ContentAnnouncement"), announcement=examples.NEW_CONTENT),
            BYTES: _CONTENT,
            "*/*": _CONTENT,
        },
    },
    answers={
        "200": {
            "description": "Corrected: the details as they are in force now.",
            "headers": headers(("ETag",)),
            "content": {JSON: content(ref("Details"), corrected=examples.CORRECTED_DETAILS)},
        },
        "202": {
            "description": "Announced: upload the content with the ticket. Until then the old version is read.",
            "headers": {},
            "content": {JSON: content(ref("ReceiptWithTicket"), announced=examples.RECEIPT_WITH_TICKET)},
        },
        "204": {"description": "The content is replaced, or was that already.", "headers": headers(("ETag",))},
    },
    problems=(
        errors.UpdatePending,
        errors.ContentTooLarge,
        errors.UnsupportedMediaType,
        errors.InvalidMessage,
        *_OF_A_CHANGE,
    ),
)
DELETE = Operation(
    name="deleteDocument",
    tag="change",
    opened_by=CHANGE,
    summary="Delete a document",
    description="All versions go, with their bytes; a repeat is answered the same.",
    parameters=(IDENTIFIED, _IF_MATCH),
    answers={"204": {"description": "Deleted.", "headers": {}}},
    problems=_OF_A_CHANGE,
)
VERSIONS = Operation(
    name="listVersions",
    tag="read",
    opened_by=READ,
    summary="List the versions of a document",
    description="Newest first, a page at a time: who changed what, and when.",
    parameters=(
        IDENTIFIED,
        parameter("query", "limit", "Versions per page.", _LIMIT, MAX_LIMIT),
        parameter(
            "query", "cursor", "volgende of the page before.", {"type": "string", "minLength": 1}, examples.CURSOR
        ),
    ),
    answers={
        "200": {
            "description": "A page; volgende is null on the last.",
            "headers": {},
            "content": {JSON: content(ref("Versions"), stored=examples.VERSIONS)},
        }
    },
    problems=_OF_ONE,
)
