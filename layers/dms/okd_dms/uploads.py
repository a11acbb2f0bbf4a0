"""How an announced upload comes to its end: by its event, by the next update, or by the reconciler.

All may run late, twice, in any order and at once: every step is conditional on what the item says.
"""

from dataclasses import replace
from enum import StrEnum

from okd_dms import catalogue, vault
from okd_dms.document import Document, Status, id_in_key
from okd_dms.errors import Busy, UploadUnfit
from okd_dms.log import note


class Outcome(StrEnum):
    """What became of an upload."""

    COMPLETED = "completed"
    COMPLETE_ALREADY = "complete already"
    UNCLAIMED = "unclaimed"


def complete(object_key: str) -> Outcome:
    """Give the document that awaits this object its content. Three calls, and one more when another writer was first.

    An object that no document awaits is left to the reconciler. Raises UploadUnfit when the object is not what was
    announced, Busy when a writer was in the way and has not done it either, and DependencyFailed.
    """
    document_id = id_in_key(object_key)
    document = catalogue.find(document_id) if document_id else None
    if document is None or document.status is Status.DELETED:
        return Outcome.UNCLAIMED
    note(documentId=document.id, bytes=awaited(document).size)
    if awaited_key(document) != object_key:
        return Outcome.COMPLETE_ALREADY if document.object_key == object_key else Outcome.UNCLAIMED
    if not vault.holds(awaited(document)):
        raise UploadUnfit
    if finish(document):
        return Outcome.COMPLETED
    current = catalogue.find(document.id)
    if current is not None and awaited_key(current) == object_key:
        raise Busy
    return Outcome.COMPLETE_ALREADY


def awaited_key(document: Document) -> str | None:
    """Key of the object that the document waits for, or None when it waits for nothing."""
    if document.announcement:
        return document.announcement.object_key
    return document.object_key if document.status is Status.AWAITING_CONTENT else None


def awaited(document: Document) -> Document:
    """The document as it will be when what it waits for is there."""
    if document.announcement:
        return document.as_announced()
    return replace(document, status=Status.STORED)


def finish_if_there(document: Document) -> bool:
    """Whether what the document waits for was there; then it is recorded, by this call or another. Two calls."""
    if awaited_key(document) is None or not vault.holds(awaited(document)):
        return False
    finish(document)
    return True


def finish(document: Document) -> bool:
    """Record that what the document waits for is there; False when it no longer waits for it. One call."""
    if document.announcement:
        return catalogue.update(document, document.as_announced())
    return catalogue.complete(document)
