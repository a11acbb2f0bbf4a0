"""A document as items of the table, and back: which attributes there are, and by which keys documents are found.

Every document has a head item, its current state; each update leaves the version before it behind as an item of its
own. Those are the history and the audit trail. A deleted document's head is a tombstone.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from okd_dms import compact, strict_json
from okd_dms.document import Announcement, Change, Document, Status
from okd_dms.strict_json import canonical

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

HEAD = "head"

type Item = dict[str, AttributeValueTypeDef]


def head_key(document_id: str) -> Item:
    """Primary key of a head."""
    return {"documentId": {"S": document_id}, "item": {"S": HEAD}}


def version_key(document_id: str, version: int) -> Item:
    """Primary key of an earlier version; in order of their numbers, all before the head."""
    return {"documentId": {"S": document_id}, "item": {"S": f"{version:010d}"}}


def head(document: Document) -> Item:
    """The head: everything, with the keys of the indexes."""
    item: Item = {
        **head_key(document.id),
        **_version(document),
        "deliveryDigest": {"B": document.delivery_digest},
        **{name: {"S": value} for name, value in index_keys(document.message).items()},
    }
    if document.due_at:
        item |= {"unfinishedSince": {"S": document.registered_at[:10]}, "dueAt": {"S": document.due_at}}
    if document.announcement:
        item |= announcement(document.announcement)
    return item


def earlier_version(document: Document, next_head: Item) -> Item:
    """What stays of a version when the next one comes.

    Where the next one no longer names this student, the earlier one still stands in the student's indexes: whatever
    names a student is found by them.
    """
    student: Item = {name: {"S": value} for name, value in student_keys(document.message.get("student", {})).items()}
    dropped: Item = {name: value for name, value in student.items() if next_head.get(name) != value}
    return {**version_key(document.id, document.version), **_version(document), **dropped}


def _version(document: Document) -> Item:
    return {
        "sender": {"S": document.sender},
        "status": {"S": document.status},
        "version": {"N": str(document.version)},
        "registeredAt": {"S": document.registered_at},
        "message": {"B": compact.pack(document.message)},
        "objectKey": {"S": document.object_key},
        "changedAt": {"S": document.changed_at},
        "changedBy": {"S": document.changed_by},
        "change": {"S": document.change},
    }


def announcement(announced: Announcement) -> Item:
    """The attributes of new content that is to follow; they make the head stand in the index of unfinished work."""
    return {
        "announcedKey": {"S": announced.object_key},
        "announced": {
            "S": strict_json.dumps({"content": announced.content, "since": announced.since, "by": announced.by})
        },
        "unfinishedSince": {"S": announced.since[:10]},
        "dueAt": {"S": announced.due_at},
    }


def tombstone(document: Document, deleted_at: str, deleted_by: str) -> Item:
    """What stays of a deleted document: its id, who and when, how many versions; nothing personal.

    It stands in the index of unfinished work until all its content is erased.
    """
    item: Item = {
        **head_key(document.id),
        "sender": {"S": document.sender},
        "status": {"S": Status.DELETED},
        "version": {"N": str(document.version)},
        "registeredAt": {"S": document.registered_at},
        "changedAt": {"S": deleted_at},
        "changedBy": {"S": deleted_by},
        "unfinishedSince": {"S": deleted_at[:10]},
        "dueAt": {"S": deleted_at},
    }
    if document.announcement:
        item["announcedKey"] = {"S": document.announcement.object_key}
    elif document.status is Status.AWAITING_CONTENT:
        item["announcedKey"] = {"S": document.object_key}
    return item


def document(item: Item) -> Document:
    """The document that a head, an earlier version or a tombstone stands for."""
    status = Status(item["status"]["S"])
    announced = item.get("announcedKey")
    return Document(
        id=item["documentId"]["S"],
        sender=item["sender"]["S"],
        status=status,
        version=int(item["version"]["N"]),
        registered_at=item["registeredAt"]["S"],
        message=_message(item),
        object_key=item["objectKey"]["S"] if "objectKey" in item else "",
        delivery_digest=bytes(item["deliveryDigest"]["B"]) if "deliveryDigest" in item else b"",
        changed_at=item["changedAt"]["S"],
        changed_by=item["changedBy"]["S"],
        change=Change(item["change"]["S"]) if "change" in item else Change.DELIVERY,
        due_at=item["dueAt"]["S"] if status is not Status.STORED and "dueAt" in item else None,
        announcement=_announcement(item) if announced and status is not Status.DELETED else None,
    )


def _message(item: Item) -> Any:
    """The message, which older items hold as JSON: they are read for ever. A tombstone holds none."""
    held = item.get("message", {"S": "{}"})
    return compact.unpack(bytes(held["B"])) if "B" in held else json.loads(held["S"])


def _announcement(item: Item) -> Announcement:
    announced: Any = json.loads(item["announced"]["S"])
    return Announcement(object_key=item["announcedKey"]["S"], due_at=item["dueAt"]["S"], **announced)


def _hashed(*values: str) -> str:
    return hashlib.blake2b(canonical(values), digest_size=16).hexdigest()


def student_keys(student: dict[str, str]) -> dict[str, str]:
    """The keys by which a student's documents are found, of the student in a message."""
    keys = {}
    if "personId" in student:
        keys["studentPerson"] = student["personId"]
    if "studentnummer" in student:
        keys["studentNumber"] = _hashed("studentnummer", student["studentnummer"])
    return keys


def index_keys(message: dict[str, Any]) -> dict[str, str]:
    """The keys by which documents are found together: ids where the message has them, hashes of what it has else.

    A hash keeps personal data out of keys in the clear; it is a pseudonym, not anonymity.
    """
    student, enrolment = message.get("student", {}), message.get("verbintenis", {})
    sitting, test = message["afnamemoment"], message["toets"]
    keys = student_keys(student)
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
