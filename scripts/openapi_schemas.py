"""Schemas of the messages, from the models that validate them."""

from typing import Any

from pydantic import TypeAdapter

from okd_dms import message
from okd_dms.carriers import MAX_INHOUD_BYTES
from okd_dms.updates import IMMUTABLE, ContentAnnouncement

type Schema = dict[str, Any]

FROM_CARRIER = ("bestandsnaam", "formaat")
FROM_CONTENT = ("bestandsomvang", "integriteit")
_COMPONENTS = "#/components/schemas/"


def ref(name: str) -> Schema:
    return {"$ref": _COMPONENTS + name}


def of_type(kind: Any) -> Schema:
    """The schema of one of the message's own types."""
    return TypeAdapter(kind).json_schema(ref_template=_COMPONENTS + "{model}")


def sealed(properties: Schema) -> Schema:
    """An object with exactly these members."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def tidy(schema: Schema) -> Schema:
    """Without titles made of names and defaults of null; a list of types where it says the same as anyOf."""
    tidied = {key: value for key, value in schema.items() if key not in ("title", "default", "$defs")}
    if "properties" in tidied:
        tidied["properties"] = {name: tidy(member) for name, member in tidied["properties"].items()}
    match tidied.get("anyOf"):
        case [{"type": str(kind)} as given, {"type": "null"}]:
            del tidied["anyOf"]
            tidied = {**given, **tidied, "type": [kind, "null"]}
    return tidied


def or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


def _given(owner: Schema, member: str) -> Schema:
    """That a member is there and not null."""
    kind = owner["properties"][member].get("type", ["object"])
    return {"required": [member], "properties": {member: {"type": kind[0] if isinstance(kind, list) else kind}}}


def _model_of(whole: Schema, member: str) -> str:
    """Name of the model that a member of the message is of."""
    schema = whole["properties"][member]
    return str(schema.get("anyOf", [schema])[0]["$ref"].rpartition("/")[2])


def _without_need_of(members: tuple[str, ...], description: Schema, why: str) -> Schema:
    """The description with these members optional: what carries the content, or the content itself, tells them."""
    properties = description["properties"]
    return description | {
        "description": f"{description['description']} {why}",
        "properties": properties | {name: or_null(properties[name]) for name in members},
        "required": [name for name in description["required"] if name not in members],
    }


def _result_or_sitting(whole: Schema) -> Schema:
    result = _given(whole, "student") | {"title": "exam result, flow 2.1"}
    result["anyOf"] = [_given(whole, "opleiding"), _given(whole, "verbintenis")]
    nothing = {"type": "null"}
    sitting = {"title": "exam sitting, flow 2.2", "properties": {"student": nothing, "verbintenis": nothing}}
    return {"description": "A student makes it a result; a sitting has none.", "anyOf": [result, sitting]}


def _correction(whole: Schema, parts: dict[str, Schema]) -> Schema:
    """A merge patch: any members that may change, null to remove one."""
    changes = {}
    for member, schema in whole["properties"].items():
        part = parts[_model_of(whole, member)]
        members = {name: value for name, value in part["properties"].items() if f"{member}.{name}" not in IMMUTABLE}
        change = sealed(members) | {"required": []}
        changes[member] = or_null(change) if "anyOf" in schema else change
    return {"description": "Corrected metadata, as a merge patch (RFC 7396)."} | sealed(changes) | {"required": []}


def _inhoud() -> Schema:
    return {
        "type": "string",
        "description": f"The content in base64 (RFC 4648, 4), padded; {MAX_INHOUD_BYTES} bytes of content at most.",
        "contentEncoding": "base64",
        "minLength": 4,
        "maxLength": -(-MAX_INHOUD_BYTES // 3) * 4,
        "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    }


def messages() -> dict[str, Schema]:
    """Every schema of a message, by name."""
    whole = message.Message.model_json_schema(ref_template=_COMPONENTS + "{model}")
    parts = {name: tidy(part) for name, part in whole["$defs"].items()}
    whole = tidy(whole)
    for member, members in message.ONE_OF_THESE.items():
        part = parts[_model_of(whole, member)]
        part["anyOf"] = [_given(part, one) for one in members]
    described = parts["Description"]
    parts["DescriptionWithFile"] = _without_need_of(
        FROM_CARRIER + FROM_CONTENT, described, "The part's filename and content type count where it names none."
    )
    parts["DescriptionWithInhoud"] = _without_need_of(FROM_CONTENT, described, "Size and checksum count if given.")

    def variant(document: str, text: str, **inhoud: Schema) -> Schema:
        """The whole message with this description of the document, and with the content or without."""
        return whole | {
            "description": text,
            "properties": whole["properties"] | {"document": ref(document)} | inhoud,
            "allOf": [ref("ResultOrSitting")],
        }

    carried = variant("DescriptionWithInhoud", "A document with its content.", inhoud=_inhoud())
    return parts | {
        "ResultOrSitting": _result_or_sitting(whole),
        "Metadata": variant("DescriptionWithFile", "The metadata of a document whose bytes travel in the part file."),
        "MessageWithInhoud": carried | {"required": [*whole["required"], "inhoud"]},
        "Announcement": variant("Description", "A document whose content follows.", inhoud={"type": "null"}),
        "Correction": _correction(whole, parts),
        "ContentAnnouncement": tidy(of_type(ContentAnnouncement)),
    }
