"""Sample events for `sam local invoke` and for the tests, made from the exam papers.

    python scripts/events.py

writes events/<operation>[-<case>].json, where the operation is the function's folder. A read names the id that a
delivery's `identificatie` derives: the event that stores a document and the events that read it belong together.
"""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import exam_papers
from aws_events import Call, Event, object_created, scheduled
from exam_papers import CORRECTION, FAULTY, RESULT, RESULT_IN_JSON, REVISED, SITTING, SITTING_IN_JSON, Message, Paper

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "layers/dms"))

from okd_dms.caller import NOBODY  # noqa: E402
from okd_dms.document import ANNOUNCED, document_id  # noqa: E402 - after the path

FOLDER = ROOT / "events"
BOUNDARY = "------------------------exampapers"
DOCUMENTS, DOCUMENT = "/documents", "/documents/{documentId}"
VERSIONS = f"{DOCUMENT}/versies"
UNKNOWN = {"documentId": "00000000-0000-4000-8000-000000000000"}

MERGE_PATCH = "application/merge-patch+json"

PORTFOLIO = exam_papers.portfolio()


def multipart(paper: Paper) -> bytes:
    """The body that carries the message as `metadata` and the PDF as `file`."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n'
        f"{json.dumps(paper.message, ensure_ascii=False)}\r\n--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{paper.filename}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return head.encode() + paper.pdf + f"\r\n--{BOUNDARY}--\r\n".encode()


def store_multipart(body: bytes, base_path: str = "") -> Call:
    content_type = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return Call("POST", DOCUMENTS, content_type, body, base_path=base_path)


def store_json(message: Message, **headers: str) -> Call:
    sent = {"Content-Type": "application/json"} | _named(headers)
    return Call("POST", DOCUMENTS, sent, json.dumps(message, ensure_ascii=False).encode())


def read(paper: Paper, **headers: str) -> Call:
    return Call("GET", DOCUMENT, _named(headers), path_parameters={"documentId": id_of(paper)})


def update(paper: Paper, media_type: str, body: bytes | Message, **headers: str) -> Call:
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    sent = {"Content-Type": media_type} | _named(headers)
    return Call("PATCH", DOCUMENT, sent, content, path_parameters={"documentId": id_of(paper)})


def describing(paper: Paper) -> Message:
    """The announcement of this paper's content, as new content of a document."""
    members = ("bestandsomvang", "integriteit", "formaat", "bestandsnaam")
    return {member: paper.announcement()["document"][member] for member in members}


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def id_of(paper: Paper) -> str:
    """The documentId that a delivery of this paper gets while everyone is let in."""
    document = paper.message["document"]
    return document_id(NOBODY, document["bronorganisatie"], document["identificatie"], None)


def stores() -> Iterator[tuple[str, Call]]:
    """Deliveries: every carrier of both flows, and faulty ones."""
    yield "result-multipart", store_multipart(multipart(RESULT))
    yield "result-json", store_json(RESULT_IN_JSON.with_content())
    yield "sitting-multipart", store_multipart(multipart(SITTING))
    yield "sitting-json", store_json(SITTING_IN_JSON.with_content())
    yield "announced", store_json(PORTFOLIO.announcement())
    yield "base-path", store_multipart(multipart(RESULT), base_path="/ooapi")
    keyed = exam_papers.paper(RESULT.message)
    del keyed.message["document"]["identificatie"]
    yield "idempotency-key", store_json(keyed.with_content(), Idempotency_Key="7f9c2ba4-e88f-4271-8c4a-5a3d9a2f6b10")
    yield "conflict", store_json(RESULT.message | {"inhoud": base64.b64encode(b"%PDF-1.4 another").decode()})
    yield "faulty", store_json(FAULTY)
    wrong = exam_papers.paper(RESULT.message)
    wrong.message["document"]["integriteit"] = {"algoritme": "sha_256", "waarde": "0" * 64}
    yield "wrong-checksum", store_multipart(multipart(wrong))
    yield "truncated", store_multipart(multipart(RESULT)[:-60])
    yield "unsupported", Call("POST", DOCUMENTS, {"Content-Type": "application/xml"}, b"<document/>")


def reads() -> Iterator[tuple[str, Call]]:
    """Reads of what the deliveries made, and faulty ones."""
    result = {"documentId": id_of(RESULT)}
    yield "details", read(RESULT)
    yield "sitting", read(SITTING)
    yield "without-content", Call("GET", DOCUMENT, query={"inhoud": "false"}, path_parameters=result)
    yield "bytes", read(RESULT, Accept="application/pdf")
    yield "range", read(RESULT, Accept="application/pdf", Range="bytes=0-7")
    yield "head", Call("HEAD", DOCUMENT, path_parameters=result)
    yield "not-modified", read(RESULT, If_None_Match='"1-opgeslagen"')
    yield "base-path", Call("GET", DOCUMENT, path_parameters=result, base_path="/ooapi")
    reference = {"bronorganisatie": "25LX", "identificatie": "EX-2026-0417"}
    yield "by-reference", Call("GET", DOCUMENTS, query=reference)
    yield "by-reference-head", Call("HEAD", DOCUMENTS, query=reference)
    yield "announced", read(PORTFOLIO)
    yield "announced-bytes", read(PORTFOLIO, Accept="application/pdf")
    yield "version", Call("GET", DOCUMENT, query={"versie": "1"}, path_parameters=result)
    yield (
        "version-bytes",
        Call("GET", DOCUMENT, {"Accept": "application/pdf"}, query={"versie": "1"}, path_parameters=result),
    )
    yield "unknown-version", Call("GET", DOCUMENT, query={"versie": "9"}, path_parameters=result)
    yield "unknown", Call("GET", DOCUMENT, path_parameters=UNKNOWN)
    yield "no-uuid", Call("GET", DOCUMENT, path_parameters={"documentId": "EX-2026-0417"})
    yield "not-acceptable", read(RESULT, Accept="image/png")


def updates() -> Iterator[tuple[str, Call]]:
    """Each kind of update, and faulty ones. None but `unexpected-version` says which version it expects."""
    yield "content", update(RESULT, "application/pdf", REVISED.pdf)
    yield "correction", update(RESULT, MERGE_PATCH, CORRECTION)
    yield "announced", update(SITTING, "application/json", describing(PORTFOLIO))
    yield "while-announced", update(SITTING, MERGE_PATCH, CORRECTION)
    yield "announced-in-force", update(SITTING_IN_JSON, "application/json", describing(SITTING_IN_JSON))
    yield "unexpected-version", update(RESULT, "application/pdf", REVISED.pdf, If_Match='"9-opgeslagen"')
    yield "immutable", update(RESULT, MERGE_PATCH, {"document": {"identificatie": "EX-2026-0999"}})
    yield "removed", update(RESULT, MERGE_PATCH, {"document": {"titel": None}})
    yield "empty", update(RESULT, "application/pdf", b"")
    yield "unsupported", update(RESULT, f"multipart/form-data; boundary={BOUNDARY}", multipart(REVISED))
    content = {"Content-Type": "application/pdf"}
    yield "unknown", Call("PATCH", DOCUMENT, content, REVISED.pdf, path_parameters=UNKNOWN)


def lists() -> Iterator[tuple[str, Call]]:
    """Lists of versions; the cursor is that of a page which ends with version 2."""
    result = {"documentId": id_of(RESULT)}
    yield "all", Call("GET", VERSIONS, path_parameters=result)
    yield "page", Call("GET", VERSIONS, query={"limit": "1"}, path_parameters=result)
    yield "next-page", Call("GET", VERSIONS, query={"limit": "1", "cursor": "Mg=="}, path_parameters=result)
    yield "head", Call("HEAD", VERSIONS, path_parameters=result)
    yield "no-cursor", Call("GET", VERSIONS, query={"cursor": "volgende"}, path_parameters=result)
    yield "unknown", Call("GET", VERSIONS, path_parameters=UNKNOWN)


def deletions() -> Iterator[tuple[str, Call]]:
    """Deletions of a document that no other event reads afterwards."""
    sitting = {"documentId": id_of(SITTING_IN_JSON)}
    yield "unexpected-version", Call("DELETE", DOCUMENT, {"If-Match": '"9-opgeslagen"'}, path_parameters=sitting)
    yield "sitting", Call("DELETE", DOCUMENT, path_parameters=sitting)
    yield "again", Call("DELETE", DOCUMENT, path_parameters=sitting)
    yield "unknown", Call("DELETE", DOCUMENT, path_parameters=UNKNOWN)


def elsewhere() -> Iterator[tuple[str, Call]]:
    """Paths and methods that the API does not have."""
    yield "root", Call("GET", "/")
    yield "unknown-path", Call("GET", "/{proxy+}", path_parameters={"proxy": "students/1234567"})
    yield "unknown-method", Call("PUT", DOCUMENT, path_parameters={"documentId": id_of(RESULT)})
    yield "unknown-method-of-all", Call("DELETE", DOCUMENTS)
    yield "unknown-method-of-versions", Call("DELETE", VERSIONS, path_parameters={"documentId": id_of(RESULT)})


def samples() -> dict[str, Event]:
    """Every sample event, by the name of its file."""
    operations = {
        "store_document": stores(),
        "get_document": reads(),
        "update_document": updates(),
        "list_versions": lists(),
        "delete_document": deletions(),
        "fallback": elsewhere(),
    }
    calls = {f"{name}-{case}.json": call.event() for name, cases in operations.items() for case, call in cases}
    upload = f"{ANNOUNCED}/2026-03-12/{id_of(PORTFOLIO)}/8f14e45fceea167a"
    stray = f"{ANNOUNCED}/2026-03-12/{id_of(RESULT)}/c9f0f895fb98ab91"
    size = len(PORTFOLIO.pdf)
    return calls | {
        "complete_upload.json": object_created(upload, size),
        "complete_upload-stray.json": object_created(stray, size),
        "reconcile.json": scheduled(),
    }


def text(event: Event) -> str:
    """The event as its file holds it."""
    return json.dumps(event, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, event in samples().items():
        (FOLDER / name).write_text(text(event), encoding="utf-8")


if __name__ == "__main__":
    main()
