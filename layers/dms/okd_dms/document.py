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

CONTENT_MEMBERS = ("bestandsnaam", "formaat", "bestandsomvang", "integriteit")
"""Members of the message's `document` that speak of the bytes."""

DIRECT, ANNOUNCED = "direct", "aangekondigd"
"""First part of the keys of content: written by us, or by its sender through an upload ticket."""


class Status(StrEnum):
    """Where a document is in its life; the values stand on the wire."""

    STORED = "opgeslagen"
    AWAITING_CONTENT = "wacht_op_inhoud"
    DELETED = "verwijderd"


class Change(StrEnum):
    """What made a version; the values stand on the wire."""

    DELIVERY = "aanlevering"
    CONTENT = "inhoud"
    METADATA = "metagegevens"


@dataclass(frozen=True, slots=True)
class Announcement:
    """New content that is to follow for a document that has content: until it is there, readers see the old.

    `content` holds what will come into force under `document` (bestandsnaam, formaat, bestandsomvang, integriteit).
    """

    object_key: str
    content: dict[str, Any]
    since: str
    by: str
    due_at: str

    def is_overdue(self) -> bool:
        """Whether the announced content should have come."""
        return self.due_at < now()


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one version.

    `message` is the metadata message in force, in wire names; `object_key` names the object that holds the bytes;
    `delivery_digest` belongs to the delivery that made the document and outlives every update. Who made this version,
    when and by which kind of change is its part of the audit trail.
    """

    id: str
    sender: str
    status: Status
    version: int
    registered_at: str
    message: dict[str, Any]
    object_key: str
    delivery_digest: bytes
    changed_at: str
    changed_by: str
    change: Change = Change.DELIVERY
    due_at: str | None = None
    """While the first content is awaited: the moment (RFC 3339, UTC) from which no ticket is given out any more.
    Of a deleted document: when the work on it goes on."""
    announcement: Announcement | None = None

    def is_overdue(self) -> bool:
        """Whether the awaited content should have come."""
        return self.due_at is not None and self.due_at < now()

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

    def with_metadata(self, message: dict[str, Any], by: str) -> "Document":
        """The next version: the same content under corrected metadata."""
        return self._next(Change.METADATA, by, message=message)

    def with_content(self, content: dict[str, Any], object_key: str, by: str) -> "Document":
        """The next version: other content under the same metadata, but for what `content` says of the bytes."""
        message = self.message | {"document": self.message["document"] | content}
        return self._next(Change.CONTENT, by, message=message, object_key=object_key)

    def _next(self, change: Change, by: str, **changes: Any) -> "Document":
        return replace(
            self,
            version=self.version + 1,
            change=change,
            changed_at=now(),
            changed_by=by,
            announcement=None,
            **changes,
        )

    def as_announced(self) -> "Document":
        """The version that the announced content will make."""
        assert self.announcement is not None  # noqa: S101 - callers have looked
        announcement = self.announcement
        return self.with_content(announcement.content, announcement.object_key, announcement.by)

    @property
    def content(self) -> dict[str, Any]:
        """What the message says of the bytes."""
        return {member: self.message["document"][member] for member in CONTENT_MEMBERS}

    def receipt(self) -> dict[str, Any]:
        """What a sender gets back: the reference, and what came into force of the content."""
        return {"documentId": self.id, "versie": self.version, "status": self.status, "document": self.content}

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
    an Idempotency-Key holds within the sender. Ids are no secrets. The case of an organisation does not count, in
    ASCII, in which all of them are written.
    """
    if reference is not None:
        organisation = organisation.lower() if organisation.isascii() else organisation
        return str(uuid.uuid5(NAMESPACE, canonical(["identificatie", sender, organisation, reference]).decode()))
    if idempotency_key is not None:
        return str(uuid.uuid5(NAMESPACE, canonical(["idempotency-key", sender, idempotency_key]).decode()))
    return str(uuid.uuid4())


def delivered(
    message: dict[str, Any], sender: str, idempotency_key: str | None, *, awaited_for: timedelta | None = None
) -> Document:
    """The document that a valid delivery makes, in its first version; `awaited_for` says how long content may take.

    Without it the content has come along.
    """
    description = message["document"]
    new_id = document_id(sender, description["bronorganisatie"], description.get("identificatie"), idempotency_key)
    begun = datetime.now(UTC)
    return Document(
        id=new_id,
        sender=sender,
        status=Status.STORED if awaited_for is None else Status.AWAITING_CONTENT,
        version=1,
        registered_at=moment(begun),
        message=message,
        object_key=new_object_key(DIRECT if awaited_for is None else ANNOUNCED, new_id),
        delivery_digest=hashlib.sha256(canonical(message)).digest(),
        changed_at=moment(begun),
        changed_by=sender,
        due_at=None if awaited_for is None else moment(begun + awaited_for),
    )


def new_object_key(folder: str, document_id: str) -> str:
    """A key for one attempt to write content of this document; ids and random digits alone."""
    return f"{folder}/{datetime.now(UTC):%Y-%m-%d}/{document_id}/{secrets.token_hex(8)}"


def id_in_key(object_key: str) -> str | None:
    """The id of the document for which this object was written, or None if the key is none of ours."""
    steps = object_key.split("/")
    return steps[2] if len(steps) == 4 and steps[0] in (DIRECT, ANNOUNCED) else None


def moment(when: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """This moment."""
    return moment(datetime.now(UTC))


def from_now(period: timedelta) -> str:
    """The moment after this period."""
    return moment(datetime.now(UTC) + period)
