"""Exam papers to hand over: real PDFs, and the messages that go with them. Every person in them is invented.

The same papers are the demo's, the sample events' and the README's. Their bytes are the same on every run, so that
handing them over again is a redelivery.
"""

import base64
import copy
import functools
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fpdf import FPDF

MADE = datetime(2026, 3, 12, tzinfo=UTC)
ATTACHED_BYTES = 50 * 1024**2

type Message = dict[str, Any]

_SITTING: Message = {
    "document": {
        "bronorganisatie": "25LX",
        "creatiedatum": "2026-03-12",
        "titel": "Proces-verbaal keuzedeel Japans (日本語)",
        "auteur": "Examenbureau ICT",
        "taal": "nld",
        "type": "session_report",
        "bestandsnaam": "proces-verbaal-日本語.pdf",
        "formaat": "application/pdf",
        "identificatie": "PV-2026-0093",
        "bewaartermijn": "2Y",
    },
    "afnamemoment": {
        "offeringId": "c9c3875b-0c6b-435a-a8a4-211bf66620b5",
        "aanvang": "2026-03-12T09:00:00+01:00",
        "einde": "2026-03-12T10:30:00+01:00",
    },
    "toets": {"code": "B1-K1-W2", "naam": "Beheert mediasystemen"},
    "opleiding": {
        "programId": "0b5a1f6e-52c5-4f0c-9d0e-0c7a51e8a6d4",
        "code": "25190BOL",
        "naam": "Netwerk- en mediabeheerder",
    },
}
_RESULT: Message = {
    "document": _SITTING["document"]
    | {
        "titel": "Beoordelingsformulier Mediabeheer, Zoë Ångström",
        "type": "assessment_form",
        "bestandsnaam": "beoordeling-Zoë-Ångström.pdf",
        "identificatie": "EX-2026-0417",
    },
    "student": {"personId": "5ab399b8-c499-4da8-af6d-b55e66251f31", "studentnummer": "1234567"},
    "afnamemoment": _SITTING["afnamemoment"],
    "toets": _SITTING["toets"] | {"resultaat": "voldoende"},
    "opleiding": _SITTING["opleiding"],
    "verbintenis": {"associationId": "7c5e3b0f-8f4b-4b0d-9c57-0c1b8a2f4e11", "volgnummer": "1.2"},
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as its sender has it: the metadata message, and the bytes of the PDF."""

    message: Message
    pdf: bytes

    @property
    def filename(self) -> str:
        return str(self.message["document"]["bestandsnaam"])

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""
        return hashlib.sha256(self.pdf).hexdigest()

    def with_content(self) -> Message:
        """The message that carries the content itself, in `inhoud`."""
        return self.message | {"inhoud": base64.b64encode(self.pdf).decode()}

    def announcement(self) -> Message:
        """The message that announces the content, for an upload ticket."""
        content = {"bestandsomvang": len(self.pdf), "integriteit": {"algoritme": "sha_256", "waarde": self.sha256}}
        return self.message | {"document": self.message["document"] | content}


def write(folder: Path) -> None:
    """Write every paper, and beside it the message that hands it over."""
    for name, sent, message in (
        ("result", RESULT, RESULT.message),
        ("result-again", RESULT, RESULT.with_content()),
        ("result-in-json", RESULT_IN_JSON, RESULT_IN_JSON.with_content()),
        ("sitting", SITTING, SITTING.message),
        ("sitting-in-json", SITTING_IN_JSON, SITTING_IN_JSON.with_content()),
        ("faulty", SITTING, FAULTY),
        ("correction", REVISED, CORRECTION),
        ("portfolio", portfolio(), portfolio().announcement()),
    ):
        (folder / sent.filename).write_bytes(sent.pdf)
        (folder / f"{name}.json").write_text(json.dumps(message, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@functools.cache
def portfolio() -> Paper:
    """Work that was handed in, too large for a message: a PDF with the student's files attached."""
    return paper(
        _RESULT,
        ATTACHED_BYTES,
        titel="Portfolio Mediabeheer, Zoë Ångström",
        type="handed_in_document",
        bestandsnaam="portfolio-Zoë-Ångström.pdf",
        identificatie="EX-2026-0418",
    )


def paper(message: Message, attached_bytes: int = 0, **document: str) -> Paper:
    """A paper with this message, some members of its `document` replaced, and a PDF that shows what it says."""
    message = copy.deepcopy(message)
    message["document"] |= document
    return Paper(message, _pdf(message, attached_bytes))


def _pdf(message: Message, attached_bytes: int) -> bytes:
    """A page that shows the message's own words, as far as a PDF's built-in font has them.

    Uncompressed, so that no version of zlib shows in the bytes.
    """
    pdf = FPDF()
    pdf.set_compression(False)
    pdf.set_creation_date(MADE)
    pdf.set_title(message["document"]["titel"])
    pdf.set_lang("nl-NL")
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    for part, members in message.items():
        for name, value in members.items():
            line = f"{part}.{name}: {value}"
            pdf.cell(text=line.encode("latin-1", "replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")
    if attached_bytes:
        files = hashlib.shake_256(b"portfolio").digest(attached_bytes)
        pdf.embed_file(bytes=files, basename="werk.bin", creation_date=MADE, modification_date=MADE, compress=False)
    return bytes(pdf.output())


RESULT = paper(_RESULT)
"""A paper of an exam result (flow 2.1)."""
RESULT_IN_JSON = paper(
    _RESULT,
    titel="Opdracht Mediabeheer, Çağla Łukasik",
    type="assignment",
    bestandsnaam="opdracht-Çağla-Łukasik.pdf",
    identificatie="EX-2026-0419",
)
REVISED = paper(
    _RESULT | {"toets": _RESULT["toets"] | {"resultaat": "goed"}}, bestandsnaam="beoordeling-herzien-Zoë-Ångström.pdf"
)
"""The first paper after it was assessed again: the new content of an update (flow 2.4)."""
CORRECTION: Message = {"toets": {"resultaat": "goed"}}
"""What that changes in its message, as a merge patch."""
SITTING = paper(_SITTING)
"""A paper of an exam sitting (flow 2.2): the same without a student."""
SITTING_IN_JSON = paper(
    _SITTING,
    titel="Presentielijst keuzedeel Grieks (Ελληνικά)",
    type="attendance_report",
    bestandsnaam="presentielijst-Ελληνικά.pdf",
    identificatie="PV-2026-0094",
)
FAULTY = paper(_SITTING, bronorganisatie="123456789", creatiedatum="2026-02-30", titl="Proces-verbaal").with_content()
"""A message with three faults: no RSIN, no such day, and a member misspelled."""
