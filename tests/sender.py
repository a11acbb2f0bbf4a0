"""A client of the store over moto that keeps to its own interests: it writes down whatever it was answered."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlparse

from botocore.exceptions import ClientError

import clock
import network
from changes import DOCUMENT, VERSIONS, describing
from clock import Clock
from invariants import Grace, Holdings, violations
from ledger import Ledger
from messages import PDF, announcing, with_content
from moto_store import BUCKET, Answer, Part, Store
from network import Network
from okd_dms.log import logger

LIFETIME, GRACE = timedelta(hours=25), timedelta(hours=25)
"""An announcement's life, the shortest that the template takes, and the grace period after it."""

AFTER_GRACE = LIFETIME + GRACE + timedelta(days=2)
"""When everything that came to nothing must be gone."""

BYTES = {"Accept": "application/octet-stream"}

type Message = dict[str, Any]


@dataclass(slots=True)
class Sender:
    """Calls, and what came of them."""

    store: Store
    clock: Clock
    network: Network
    ledger: Ledger = field(default_factory=Ledger)
    tickets: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)
    """Of each document the last ticket: the key that it is for, the bytes, and until when it is good."""

    def deliver(
        self, message: Message, content: bytes = PDF, *, carrier: str = "json", idempotency_key: str | None = None
    ) -> Answer:
        """Hand a document over, by one of the three carriers."""
        headers = {"Idempotency_Key": idempotency_key} if idempotency_key else {}
        if carrier == "multipart":
            description = message["document"]
            file = Part("file", content, description["bestandsnaam"], description["formaat"])
            answer = self.store.post_multipart([Part("metadata", json.dumps(message).encode()), file], **headers)
        else:
            whole = with_content(message, content) if carrier == "json" else announcing(message, content)
            answer = self.store.post_json(whole, **headers)
        reference = message["document"].get("identificatie")
        if answer.status in (200, 202):
            document_id = answer.json()["documentId"]
            self.ledger.delivered(document_id, reference or idempotency_key)
            if answer.status == 200:
                self.ledger.stored(document_id, 1, content, announcing(message, content))
            else:
                self._keep_ticket(answer, content)
        return answer

    def _keep_ticket(self, answer: Answer, content: bytes) -> None:
        body = answer.json()
        key = unquote(urlparse(body["upload"]["url"]).path).lstrip("/")
        self.tickets[body["documentId"]] = (key, content, body["upload"]["verlooptOp"])

    def upload(self, document_id: str) -> str:
        """Put what the last ticket is for, and give its key. S3 takes it once (If-None-Match), and no other bytes."""
        key, content, _ = self.tickets[document_id]
        if not self.is_there(key):
            self.store.upload(key, content)
        self.ledger.uploaded(document_id, content)
        return key

    def is_there(self, key: str) -> bool:
        """Whether S3 would refuse an upload, since there is one."""
        try:
            self.store.s3.head_object(Bucket=BUCKET, Key=key)
        except ClientError:
            return False
        return True

    def replace(self, document_id: str, content: bytes, **headers: str) -> Answer:
        answer = self._patch(document_id, content, "application/pdf", headers)
        if answer.status == 204:
            self.ledger.stored(document_id, version_in(answer), content)
        return answer

    def correct(self, document_id: str, correction: Any, content: bytes | None = PDF, **headers: str) -> Answer:
        """Correct metadata of what has this content; None when that is not sure."""
        answer = self._patch(document_id, json.dumps(correction).encode(), "application/merge-patch+json", headers)
        if answer.status == 200 and content is not None:
            self.ledger.stored(document_id, version_in(answer), content, message_in(answer))
        return answer

    def announce(self, document_id: str, content: bytes, **headers: str) -> Answer:
        answer = self._patch(document_id, json.dumps(describing(content)).encode(), "application/json", headers)
        if answer.status == 202:
            self._keep_ticket(answer, content)
        return answer

    def _patch(self, document_id: str, body: bytes, content_type: str, headers: dict[str, str]) -> Answer:
        sent = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.store.call("PATCH", DOCUMENT, documentId=document_id, body=body, headers=sent)

    def delete(self, document_id: str, **headers: str) -> Answer:
        self.ledger.deleting(document_id)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.store.call("DELETE", DOCUMENT, documentId=document_id, headers=sent)
        if answer.status == 204:
            self.ledger.deletion_answered(document_id)
        return answer

    def read(self, document_id: str, **how: Any) -> Answer:
        """Read the details, with the content."""
        answer = self.store.get(document_id, **how)
        self._note_read(answer)
        return answer

    def look_up(self, organisation: str, reference: str) -> Answer:
        query = {"bronorganisatie": organisation, "identificatie": reference}
        answer = self.store.call("GET", "/documents", query=query)
        self._note_read(answer)
        return answer

    def _note_read(self, answer: Answer) -> None:
        if answer.status == 200 and "json" in answer.headers["Content-Type"]:
            body = answer.json()
            if body.get("inhoud") is not None:
                content = base64.b64decode(body["inhoud"])
                self.ledger.stored(body["documentId"], body["versie"], content, message_in(answer))

    def read_bytes(self, document_id: str, version: int | None = None, **headers: str) -> Answer:
        query = {"versie": str(version)} if version else None
        answer = self.store.get(document_id, headers=BYTES | headers, query=query)
        if answer.status == 200:
            self.ledger.stored(document_id, version_in(answer), answer.body)
        return answer

    def list_versions(self, document_id: str, **query: str) -> Answer:
        return self.store.call("GET", VERSIONS, documentId=document_id, query=query)

    def event(self, key: str) -> None:
        """S3 tells of an object."""
        self.store.upload_event(key)

    def reconcile(self) -> None:
        self.store.reconcile()

    def settle(self) -> list[str]:
        """Let every grace period pass and the reconciler do its work; the promises that do not hold then."""
        self.clock.advance(AFTER_GRACE)
        self.reconcile()
        return self.broken(reconciled=True)

    def broken(self, *, reconciled: bool = False) -> list[str]:
        """The promises that do not hold now; `reconciled` when the reconciler has just run."""
        return self.broken_in(self.store.held(), reconciled=reconciled)

    def broken_in(self, held: Holdings, *, reconciled: bool) -> list[str]:
        """The same of what is known to be held."""
        grace = Grace(self.clock.now, LIFETIME, GRACE) if reconciled else None
        return violations(held, grace) + self.ledger.broken(held, settled=reconciled)


def version_in(answer: Answer) -> int:
    """The version that an entity tag names."""
    return int(answer.headers["ETag"].strip('"').partition("-")[0])


def message_in(answer: Answer) -> Message:
    """The metadata message in an answer with details."""
    ours = {"documentId", "versie", "status", "registratiedatum", "inhoud", "inhoudUrl", "inhoudUrlVerlooptOp"}
    return {name: value for name, value in answer.json().items() if name not in ours}


@contextmanager
def at_work(store: Store) -> Iterator[Sender]:
    """A sender with an empty store, a clock of its own and a network that can fail. The log is not kept."""
    store.parameters["AnnouncementLifetimeHours"] = "25"
    level = logger.log_level
    logger.setLevel("CRITICAL")
    try:
        with clock.set_to() as time, network.connected() as way:
            yield Sender(store, time, way)
    finally:
        logger.setLevel(level)
