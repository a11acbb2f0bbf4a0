"""Schemas of the messages, from the models that validate them, and of the answers below 400."""

from typing import Any

from pydantic import TypeAdapter

from okd_dms import message
from okd_dms.carriers import MAX_INHOUD_BYTES
from okd_dms.document import Status

type Schema = dict[str, Any]

FROM_CARRIER = ("bestandsnaam", "formaat")
FROM_CONTENT = ("bestandsomvang", "integriteit")
_COMPONENTS = "#/components/schemas/"
_TICKET = (
    "Send the announced bytes to url, once, with exactly these headers besides Host and Content-Length. A repeated"
    " delivery gives a fresh ticket."
)


def ref(name: str) -> Schema:
    return {"$ref": _COMPONENTS + name}


def of_type(kind: Any) -> Schema:
    """The schema of one of the message's own types."""
    return TypeAdapter(kind).json_schema()


def tidy(schema: Schema) -> Schema:
    """Without titles made of names and defaults of null; a list of types where it says the same as anyOf."""
    tidied = {key: value for key, value in schema.items() if key not in ("title", "default")}
    if "properties" in tidied:
        tidied["properties"] = {name: tidy(member) for name, member in tidied["properties"].items()}
    match tidied.get("anyOf"):
        case [{"type": str(kind)} as given, {"type": "null"}]:
            del tidied["anyOf"]
            tidied = {**given, **tidied, "type": [kind, "null"]}
    return tidied


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


def _given(owner: Schema, member: str) -> Schema:
    """That a member is there and not null."""
    kind = owner["properties"][member].get("type", ["object"])
    return {"required": [member], "properties": {member: {"type": kind[0] if isinstance(kind, list) else kind}}}


def sealed(properties: Schema) -> Schema:
    """An object with exactly these members."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _without_need_of(members: tuple[str, ...], description: Schema, why: str) -> Schema:
    """The description with these members optional: what carries the content, or the content itself, tells them."""
    properties = description["properties"]
    return description | {
        "description": f"{description['description']} {why}",
        "properties": properties | {name: _or_null(properties[name]) for name in members},
        "required": [name for name in description["required"] if name not in members],
    }


def _result_or_sitting(whole: Schema) -> Schema:
    result = _given(whole, "student") | {"title": "exam result, flow 2.1"}
    result["anyOf"] = [_given(whole, "opleiding"), _given(whole, "verbintenis")]
    nothing = {"type": "null"}
    sitting = {"title": "exam sitting, flow 2.2", "properties": {"student": nothing, "verbintenis": nothing}}
    return {"description": "A student makes it a result; a sitting has none.", "anyOf": [result, sitting]}


def _messages() -> dict[str, Schema]:
    whole = message.Message.model_json_schema(ref_template=_COMPONENTS + "{model}")
    parts = {name: tidy(part) for name, part in whole.pop("$defs").items()}
    whole = tidy(whole)
    for member, members in message.ONE_OF_THESE.items():
        name = (whole["properties"][member].get("anyOf") or [whole["properties"][member]])[0]["$ref"].rpartition("/")[2]
        parts[name]["anyOf"] = [_given(parts[name], one) for one in members]
    described = parts["Description"]
    parts["DescriptionWithFile"] = _without_need_of(
        FROM_CARRIER + FROM_CONTENT, described, "The part's filename and content type count where it names none."
    )
    parts["DescriptionWithInhoud"] = _without_need_of(
        FROM_CONTENT, described, "Size and checksum are checked if given."
    )

    def variant(document: str, text: str, **inhoud: Schema) -> Schema:
        """The whole message with this description of the document, and with the content or without."""
        return whole | {
            "description": text,
            "properties": whole["properties"] | {"document": ref(document)} | inhoud,
            "allOf": [ref("ResultOrSitting")],
        }

    carried = variant("DescriptionWithInhoud", "A document with its content, to 3 MiB.", inhoud=_inhoud())
    return parts | {
        "ResultOrSitting": _result_or_sitting(whole),
        "Metadata": variant("DescriptionWithFile", "The metadata of a document whose bytes travel in the part file."),
        "MessageWithInhoud": carried | {"required": [*whole["required"], "inhoud"]},
        "Announcement": variant("Description", "A document whose content follows, to 5 GiB.", inhoud={"type": "null"}),
        "Details": _details(variant("Description", "A document as it is in force.")),
    }


def _inhoud() -> Schema:
    return {
        "type": "string",
        "description": "The content in base64 (RFC 4648, 4), padded, without line breaks.",
        "contentEncoding": "base64",
        "minLength": 4,
        "maxLength": -(-MAX_INHOUD_BYTES // 3) * 4,
        "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    }


def _reference(*statuses: Status) -> dict[str, Schema]:
    return {
        "documentId": of_type(message.Uuid),
        "versie": {"type": "integer", "minimum": 1},
        "status": {"enum": [status.value for status in statuses]},
    }


def _details(in_force: Schema) -> Schema:
    moment = of_type(message.Moment)
    content = {
        "inhoud": {"type": ["string", "null"], "contentEncoding": "base64"},
        "inhoudUrl": {"type": ["string", "null"], "format": "uri"},
        "inhoudUrlVerlooptOp": _or_null(moment),
    }
    nothing = {name: {"type": "null"} for name in content}
    there = {"inhoudUrl": {"type": "string"}, "inhoudUrlVerlooptOp": {"type": "string"}}
    awaited = {"status": {"const": Status.AWAITING_CONTENT.value}}
    return in_force | {
        "properties": {**_reference(*Status), "registratiedatum": moment, **in_force["properties"], **content},
        "required": [*_reference(), "registratiedatum", *in_force["required"], "inhoudUrl", "inhoudUrlVerlooptOp"],
        "if": {"properties": awaited},
        "then": {"properties": nothing},
        "else": {"properties": there},
    }


def _receipts(description: Schema) -> dict[str, Schema]:
    known = {name: description["properties"][name] for name in FROM_CARRIER + FROM_CONTENT}
    document = {"document": sealed(known)}
    ticket = {
        "methode": {"const": "PUT"},
        "url": {"type": "string", "format": "uri"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "verlooptOp": of_type(message.Moment),
    }
    awaited = _reference(Status.AWAITING_CONTENT) | document | {"upload": ref("UploadTicket")}
    return {
        "Receipt": {"description": "The content is kept."} | sealed(_reference(Status.STORED) | document),
        "ReceiptWithTicket": {"description": "The content is awaited."} | sealed(awaited),
        "UploadTicket": {"description": _TICKET} | sealed(ticket),
    }


def schemas() -> dict[str, Schema]:
    """Every schema of a message or of an answer below 400, by name."""
    messages = _messages()
    return messages | _receipts(messages["Description"])
