"""A document of the exam file: its identity, its states and its rules. No AWS and no HTTP in here."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from okd_dms.strict_json import canonical

NAMESPACE = uuid.UUID("6e1f6f5c-4b0e-5f0a-9d5e-2f3c0a7b9d41")
"""Of every derived documentId (RFC 9562, UUIDv5). Never change it: redeliveries would no longer find their document."""

DIRECT, ANNOUNCED = "direct", "aangekondigd"
"""First part of the keys of content: written by us, or by its sender through an upload ticket."""


class Status(StrEnum):
    """Where a document is in its life; the values stand on the wire."""

    STORED = "opgeslagen"
    AWAITING_CONTENT = "wacht_op_inhoud"


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one version.

    `message` is the metadata message in force, in wire names; `object_key` names the object that holds the bytes;
    `delivery_digest` belongs to the delivery that made the document and outlives every update.
    """

    id: str
    sender: str
    status: Status
    version: int
    registered_at: str
    message: dict[str, Any]
    object_key: str
    delivery_digest: bytes
    due_at: str | None = None
    """While content is awaited: the moment (RFC 3339, UTC) from which no ticket is given out any more."""

    def is_overdue(self) -> bool:
        """Whether the awaited content should have come."""
        return self.due_at is not None and self.due_at < moment(datetime.now(UTC))

    @property
    def etag(self) -> str:
        """A strong entity tag (RFC 9110, 8.8.3), one per version and status."""
        return f'"{self.version}-{self.status}"'

    @property
    def filename(self) -> str:
        return str(self.message["document"]["bestandsnaam"])

    @property
    def media_type(self) -> str:
        return str(self.message["document"]["formaat"])

    @property
    def size(self) -> int:
        """In bytes."""
        return int(self.message["document"]["bestandsomvang"])

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits in lower case."""
        return str(self.message["document"]["integriteit"]["waarde"])

    def as_first_answered(self, recorded: "Document") -> "Document":
        """What this delivery is answered, given what stands recorded under its id: the same as the first time.

        While the content is awaited that holds the key which the item names; once it was stored, later updates do not
        show.
        """
        if recorded.status is Status.AWAITING_CONTENT:
            return recorded
        return replace(self, status=Status.STORED)

    def receipt(self) -> dict[str, Any]:
        """What a sender gets back: the reference, and what came into force of the content."""
        content = ("bestandsnaam", "formaat", "bestandsomvang", "integriteit")
        return {
            "documentId": self.id,
            "versie": self.version,
            "status": self.status,
            "document": {member: self.message["document"][member] for member in content},
        }

    def details(self) -> dict[str, Any]:
        """What a reader sees of it, the content aside."""
        return {
            "documentId": self.id,
            "versie": self.version,
            "status": self.status,
            "registratiedatum": self.registered_at,
            **self.message,
        }


def document_id(sender: str, organisation: str, reference: str | None, idempotency_key: str | None) -> str:
    """The id of the document that this delivery key makes; without a key, a new one each time.

    `reference` is the sender's own (document.identificatie) and holds within the sender and the source organisation;
    an Idempotency-Key holds within the sender. Ids are no secrets.
    """
    if reference is not None:
        return str(
            uuid.uuid5(NAMESPACE, canonical(["identificatie", sender, organisation.lower(), reference]).decode())
        )
    if idempotency_key is not None:
        return str(uuid.uuid5(NAMESPACE, canonical(["idempotency-key", sender, idempotency_key]).decode()))
    return str(uuid.uuid4())


def delivered(
    message: dict[str, Any], sender: str, idempotency_key: str | None, *, awaited_for: timedelta | None = None
) -> Document:
    """The document that a valid delivery makes, in its first version; `awaited_for` says how long content may take.

    Without it the content has come along.
    """
    now = datetime.now(UTC)
    description = message["document"]
    new_id = document_id(sender, description["bronorganisatie"], description.get("identificatie"), idempotency_key)
    folder = DIRECT if awaited_for is None else ANNOUNCED
    return Document(
        id=new_id,
        sender=sender,
        status=Status.STORED if awaited_for is None else Status.AWAITING_CONTENT,
        version=1,
        registered_at=moment(now),
        message=message,
        object_key=f"{folder}/{now:%Y-%m-%d}/{new_id}/{secrets.token_hex(8)}",
        delivery_digest=hashlib.sha256(canonical(message)).digest(),
        due_at=None if awaited_for is None else moment(now + awaited_for),
    )


def id_in_key(object_key: str) -> str | None:
    """The id of the document for which this object was written, or None if the key is none of ours."""
    steps = object_key.split("/")
    return steps[2] if len(steps) == 4 and steps[0] in (DIRECT, ANNOUNCED) else None


def moment(when: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _hashed(*values: str) -> str:
    return hashlib.blake2b(canonical(values), digest_size=16).hexdigest()


def index_keys(message: dict[str, Any]) -> dict[str, str]:
    """The keys by which documents are found together: ids where the message has them, hashes of what it has else.

    A hash keeps personal data out of keys in the clear; it is a pseudonym, not anonymity.
    """
    student, enrolment = message.get("student", {}), message.get("verbintenis", {})
    sitting, test = message["afnamemoment"], message["toets"]
    keys = {}
    if "personId" in student:
        keys["studentPerson"] = student["personId"]
    if "studentnummer" in student:
        keys["studentNumber"] = _hashed("studentnummer", student["studentnummer"])
    if "associationId" in enrolment:
        keys["enrolment"] = enrolment["associationId"]
    elif enrolment:
        of_whom = student.get("personId") or student["studentnummer"]
        keys["enrolment"] = _hashed("verbintenis", of_whom, enrolment["volgnummer"])
    if "offeringId" in sitting:
        keys["sitting"] = sitting["offeringId"]
    else:
        begins = datetime.fromisoformat(sitting["aanvang"].upper()).astimezone(UTC).isoformat()
        keys["sitting"] = _hashed("afnamemoment", begins, test.get("code") or test["naam"])
    return keys
