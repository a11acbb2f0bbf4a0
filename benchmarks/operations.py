"""What is asked of every variant: nine operations, each as the event that Lambda hands to its function."""

import copy
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import events
from aws_events import Call, object_created
from exam_papers import RESULT, Paper
from variants import COMPLETE, GET, STORE, UPDATE

KIB, MIB, GIB = 1024, 1024**2, 1024**3
PDF, PDF_HEADER = "application/pdf", b"%PDF-1.7\n"


@dataclass(frozen=True, slots=True)
class Operation:
    """`calls` is how often it calls AWS, `status` what it answers (nothing to an event), and `warm` how often it is
    repeated in one process.
    """

    name: str
    function: str
    calls: int
    status: int | None
    warm: int = 40


OPERATIONS = (
    Operation("store_ticket", STORE, 1, 202),
    Operation("store_4kib_multipart", STORE, 2, 200),
    Operation("store_4mib_multipart", STORE, 2, 200, warm=10),
    Operation("store_3mib_json", STORE, 2, 200, warm=10),
    Operation("get_url", GET, 1, 200),
    Operation("get_4kib_json", GET, 2, 200),
    Operation("get_4mib_bytes", GET, 2, 200, warm=10),
    Operation("update_4kib", UPDATE, 3, 204),
    Operation("complete", COMPLETE, 4, None),
)


def paper(name: str, size: int) -> Paper:
    """A document of an exam result with this many bytes, which begin as a PDF does and which no compression shrinks."""
    message = copy.deepcopy(RESULT.message)
    message["document"]["identificatie"] = name
    return Paper(message, PDF_HEADER + hashlib.shake_256(name.encode()).digest(size - len(PDF_HEADER)))


SMALL, LARGE, IN_JSON = paper("EX-4-KIB", 4 * KIB), paper("EX-4-MIB", 4 * MIB), paper("EX-3-MIB", 3 * MIB)
AWAITED, COMPLETED, UPDATED = paper("EX-AWAITED", 4 * KIB), paper("EX-COMPLETED", 4 * KIB), paper("EX-UPDATED", 4 * KIB)
REVISION = paper("EX-REVISION", 4 * KIB).pdf


def by_multipart(document: Paper) -> Any:
    return events.store_multipart(events.multipart(document)).event()


def by_json(document: Paper) -> Any:
    return events.store_json(document.with_content()).event()


def announced(document: Paper) -> Any:
    return events.store_json(document.announcement()).event()


def announcement(size: int) -> Call:
    """That of the small document, with another size."""
    message = copy.deepcopy(SMALL.announcement())
    message["document"]["bestandsomvang"] = size
    return events.store_json(message)


def details(document: Paper) -> Any:
    """A read that asks for no content."""
    path = {"documentId": events.id_of(document)}
    return Call("GET", events.DOCUMENT, query={"inhoud": "false"}, path_parameters=path).event()


def with_content(document: Paper) -> Any:
    return events.read(document).event()


def as_bytes(document: Paper) -> Any:
    return events.read(document, Accept=PDF).event()


def revised(document: Paper) -> Any:
    return events.update(document, PDF, REVISION).event()


def timed(awaited_key: str) -> dict[str, bytes]:
    """The event of every operation, in JSON; the awaited document's upload is there under this key."""
    measured = {
        "store_ticket": announced(AWAITED),
        "store_4kib_multipart": by_multipart(SMALL),
        "store_4mib_multipart": by_multipart(LARGE),
        "store_3mib_json": by_json(IN_JSON),
        "get_url": details(SMALL),
        "get_4kib_json": with_content(SMALL),
        "get_4mib_bytes": as_bytes(LARGE),
        "update_4kib": revised(SMALL),
        "complete": object_created(awaited_key, len(AWAITED.pdf)),
    }
    return {name: in_json(event) for name, event in measured.items()}


def in_json(event: Any) -> bytes:
    """As Lambda hands it over."""
    return json.dumps(event, ensure_ascii=False).encode()
