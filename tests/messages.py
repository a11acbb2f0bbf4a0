"""Messages and contents that the tests hand over; every person in them is invented."""

import base64
import copy
from typing import Any

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

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
