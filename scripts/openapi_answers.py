"""Schemas of the answers below 400."""

from okd_dms import message
from okd_dms.document import CONTENT_MEMBERS, Change, Status
from openapi_schemas import Schema, messages, of_type, or_null, ref, sealed

_MOMENT = of_type(message.Moment)
_VERSION: Schema = {"type": "integer", "minimum": 1}
_NOTHING: Schema = {"type": "null"}
_TICKET = (
    "Send the announced bytes to url, once, with exactly these headers besides Host and Content-Length. A repeated"
    " delivery gives a fresh ticket."
)


def _status(*statuses: Status) -> Schema:
    return {"type": "string", "enum": [status.value for status in statuses]}


def _reference(*statuses: Status) -> dict[str, Schema]:
    return {"documentId": of_type(message.Uuid), "versie": _VERSION, "status": _status(*statuses)}


def _details(announcement: Schema) -> Schema:
    """The whole message between the reference and the content, which is null while it is awaited."""
    reference = _reference(Status.STORED, Status.AWAITING_CONTENT) | {"registratiedatum": _MOMENT}
    where: dict[str, Schema] = {"inhoudUrl": {"type": ["string", "null"], "format": "uri"}}
    where["inhoudUrlVerlooptOp"] = or_null(_MOMENT)
    inhoud = {"inhoud": {"type": ["string", "null"], "contentEncoding": "base64"}}
    return announcement | {
        "description": "A document as it is in force.",
        "properties": reference | announcement["properties"] | inhoud | where,
        "required": [*reference, *announcement["required"], *where],
        "if": {"properties": {"status": {"const": Status.AWAITING_CONTENT.value}}},
        "then": {"properties": dict.fromkeys(inhoud | where, _NOTHING)},
        "else": {"properties": {name: {"type": "string"} for name in where}},
    }


def _versions(content: Schema) -> Schema:
    version = {
        "versie": _VERSION,
        "status": _status(Status.STORED, Status.AWAITING_CONTENT),
        "wijziging": {"type": "string", "enum": [change.value for change in Change]},
        "tijdstip": _MOMENT,
        "door": {"type": "string", "description": "The component that changed it; - without authentication."},
        "document": content,
    }
    cursor = {"type": ["string", "null"], "description": "The cursor of the next page."}
    page = {
        "documentId": of_type(message.Uuid),
        "versies": {"type": "array", "items": sealed(version)},
        "volgende": cursor,
    }
    return sealed(page)


def answers() -> dict[str, Schema]:
    """Every schema of an answer below 400, by name."""
    known = messages()
    described = known["Description"]["properties"]
    content = sealed({name: described[name] for name in CONTENT_MEMBERS})
    awaited = _reference(Status.AWAITING_CONTENT) | {"document": content, "upload": ref("UploadTicket")}
    ticket: dict[str, Schema] = {
        "methode": {"const": "PUT"},
        "url": {"type": "string", "format": "uri"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "verlooptOp": _MOMENT,
    }
    return {
        "Details": _details(known["Announcement"]),
        "Receipt": {"description": "The content is kept."} | sealed(_reference(Status.STORED) | {"document": content}),
        "ReceiptWithTicket": {"description": "The content is awaited."} | sealed(awaited),
        "UploadTicket": {"description": _TICKET} | sealed(ticket),
        "Versions": _versions(content),
    }
