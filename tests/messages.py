"""Messages and contents that the tests hand over; every person in them is invented."""

import base64
import copy
import hashlib
from typing import Any

import pytest

from okd_dms.errors import InvalidMessage
from okd_dms.message import validate

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def pdf(size: int) -> bytes:
    """So many bytes that begin as a PDF does; every value of a byte is among them if that fits."""
    return (PDF + bytes(range(256)) * (size // 256 + 1))[:size]


_RESULT: dict[str, Any] = {
    "document": {
        "bronorganisatie": "25LX",
        "creatiedatum": "2026-03-12",
        "titel": "Beoordelingsformulier Mediabeheer",
        "auteur": "Examenbureau ICT",
        "taal": "nld",
        "type": "assessment_form",
        "bestandsnaam": "beoordeling-100245.pdf",
        "formaat": "application/pdf",
    },
    "student": {"personId": "5ab399b8-c499-4da8-af6d-b55e66251f31", "studentnummer": "1234567"},
    "afnamemoment": {"offeringId": "c9c3875b-0c6b-435a-a8a4-211bf66620b5", "aanvang": "2026-03-12T09:00:00+01:00"},
    "toets": {"code": "K3-W1", "naam": "Examen Mediabeheer", "resultaat": "voldoende"},
    "opleiding": {"code": "25190BOL", "naam": "Netwerk- en mediabeheerder"},
    "verbintenis": {"volgnummer": "1.2"},
}


def result(**document: Any) -> dict[str, Any]:
    """A valid message of flow 2.1, with some members of `document` replaced or added."""
    message = copy.deepcopy(_RESULT)
    message["document"] |= document
    return message


def sitting(**document: Any) -> dict[str, Any]:
    """A valid message of flow 2.2."""
    message = result(**{"type": "session_report", "titel": "Proces-verbaal afname", **document})
    for member in ("student", "verbintenis", "opleiding"):
        del message[member]
    return message


def with_content(message: dict[str, Any], content: bytes = PDF) -> dict[str, Any]:
    """The same with the content in `inhoud`."""
    return message | {"inhoud": base64.b64encode(content).decode()}


def announcing(message: dict[str, Any], content: bytes = PDF) -> dict[str, Any]:
    """The same with the size and the checksum of content that follows later."""
    integrity = {"algoritme": "sha_256", "waarde": hashlib.sha256(content).hexdigest()}
    return message | {"document": message["document"] | {"bestandsomvang": len(content), "integriteit": integrity}}


def put(message: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same with this value at a path such as `document.titel`, its objects made where they are missing."""
    changed = part = copy.deepcopy(message)
    *objects, member = path.split(".")
    for name in objects:
        part = part.setdefault(name, {})
    part[member] = value
    return changed


def without(message: dict[str, Any], path: str) -> dict[str, Any]:
    """The same without the member at this path."""
    changed = part = copy.deepcopy(message)
    *objects, member = path.split(".")
    for name in objects:
        part = part[name]
    del part[member]
    return changed


def at(message: dict[str, Any], path: str) -> Any:
    """What stands at this path."""
    for name in path.split("."):
        message = message[name]
    return message


def faults(message: Any) -> list[tuple[str, str]]:
    """Name and code of every fault for which the message is refused."""
    with pytest.raises(InvalidMessage) as refusal:
        validate(message)
    return [(fault.name, fault.code) for fault in refusal.value.faults]
