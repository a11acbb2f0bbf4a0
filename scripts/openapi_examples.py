"""Examples for openapi.json: the exam papers' own messages, and what the code answers to them."""

import base64
from dataclasses import replace

import exam_papers
from okd_dms import message
from okd_dms.caller import NOBODY
from okd_dms.document import ANNOUNCED, DIRECT, Document, Status, delivered

CONTENT = b"%PDF-1.7\n%%EOF\n"
MOMENT, LATER = "2026-03-12T10:15:00.000Z", "2026-03-12T10:30:00.000Z"


def _paper(message: exam_papers.Message, reference: str) -> exam_papers.Paper:
    document = message["document"] | {"identificatie": reference}
    return exam_papers.Paper(message | {"document": document}, CONTENT)


RESULT = _paper(exam_papers.RESULT.message, "EX-2026-0501")
LARGE_RESULT = _paper(exam_papers.RESULT_IN_JSON.message, "EX-2026-0502")
SITTING = _paper(exam_papers.SITTING.message, "PV-2026-0503")


def _document(paper: exam_papers.Paper, status: Status) -> Document:
    kept = delivered(message.validate(paper.announcement()), NOBODY, None)
    return replace(kept, status=status, registered_at=MOMENT)


def _signed_url(document: Document, folder: str) -> str:
    key = f"{folder}/2026-03-12/{document.id}/8f14e45fceea167a"
    return f"https://contents.s3.eu-central-1.amazonaws.com/{key}?X-Amz-Signature=5c3a"


STORED = _document(RESULT, Status.STORED)
AWAITED = _document(LARGE_RESULT, Status.AWAITING_CONTENT)
RECEIPT = STORED.receipt()
RECEIPT_WITH_TICKET = AWAITED.receipt() | {
    "upload": {
        "methode": "PUT",
        "url": _signed_url(AWAITED, ANNOUNCED),
        "headers": {
            "Content-Type": AWAITED.media_type,
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(AWAITED.sha256)).decode(),
            "If-None-Match": "*",
        },
        "verlooptOp": LATER,
    }
}
CORRECTED = STORED.with_metadata(STORED.message, NOBODY)
_WHERE = {"inhoudUrl": _signed_url(STORED, DIRECT), "inhoudUrlVerlooptOp": LATER}
DETAILS = STORED.details() | {"inhoud": base64.b64encode(CONTENT).decode()} | _WHERE
CORRECTED_DETAILS = CORRECTED.details() | _WHERE
NEW_CONTENT = {member: AWAITED.content[member] for member in ("bestandsomvang", "integriteit", "formaat")}
CURSOR = base64.urlsafe_b64encode(b"2").decode()
VERSIONS = {
    "documentId": STORED.id,
    "versies": [
        {
            "versie": kept.version,
            "status": kept.status,
            "wijziging": kept.change,
            "tijdstip": MOMENT,
            "door": kept.changed_by,
            "document": kept.content,
        }
        for kept in (CORRECTED, STORED)
    ],
    "volgende": None,
}
