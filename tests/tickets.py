"""Announcements, and uploads by the tickets that answer them, over HTTP."""

import hashlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx

from local_stack import LocalStack
from messages import PDF, result

COMPLETION_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Announced:
    """A document whose content is awaited."""

    id: str
    content: bytes
    upload: dict[str, Any]

    def put(self, content: bytes | None = None, **headers: str | None) -> httpx.Response:
        """Upload by the ticket, with some headers replaced, or left out when None."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in (self.upload["headers"] | changed).items() if value is not None}
        body = self.content if content is None else content
        return httpx.put(self.upload["url"], content=body, headers=sent, trust_env=False, timeout=120)


def describing(content: bytes) -> dict[str, Any]:
    """The members of `document` that announce this content."""
    digest = hashlib.sha256(content).hexdigest()
    return {"bestandsomvang": len(content), "integriteit": {"algoritme": "sha_256", "waarde": digest}}


def announce(dms: httpx.Client, content: bytes = PDF, **document: Any) -> Announced:
    answer = dms.post("/documents", json=result(**describing(content), **document))
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "wacht_op_inhoud"
    assert answer.json()["upload"]["methode"] == "PUT"
    return Announced(answer.json()["documentId"], content, answer.json()["upload"])


def details(dms: httpx.Client, announced: Announced) -> dict[str, Any]:
    return dict(dms.get(f"/documents/{announced.id}").json())


def read_bytes(dms: httpx.Client, announced: Announced) -> httpx.Response:
    return dms.get(f"/documents/{announced.id}", headers={"Accept": "application/octet-stream"})


def recorded_status(stack: LocalStack, announced: Announced) -> str:
    key = {"documentId": {"S": announced.id}, "item": {"S": "head"}}
    item = stack.client("dynamodb").get_item(TableName=stack.outputs["TableName"], Key=key)["Item"]
    return str(item["status"]["S"])


def downloaded(url: str) -> tuple[str, str]:
    """The SHA-256 and the file name of what a plain GET of this URL gives; read in pieces, to keep memory small."""
    digest = hashlib.sha256()
    with httpx.stream("GET", url, trust_env=False, timeout=120) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_bytes():
            digest.update(piece)
    return digest.hexdigest(), unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])


def is_completed(stack: LocalStack, announced: Announced) -> bool:
    """Whether the upload event has reached the table, in which only CompleteUpload writes it."""
    deadline = time.monotonic() + COMPLETION_SECONDS
    while time.monotonic() < deadline:
        if recorded_status(stack, announced) == "opgeslagen":
            return True
        time.sleep(0.1)
    return False
