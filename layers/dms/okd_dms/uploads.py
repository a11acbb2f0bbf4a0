"""How an announced upload comes to its end: by its event, by the next update, or by the reconciler.

All may run late, twice, in any order and at once: every step is conditional on what the item says.
"""

from dataclasses import replace
from enum import StrEnum

from okd_dms import catalogue, disguise, vault
from okd_dms.document import Document, Status, id_in_key
from okd_dms.errors import Busy, ContentCorrupt, UploadUnfit
from okd_dms.log import note


class Outcome(StrEnum):
    """What became of an upload."""

    COMPLETED = "completed"
    COMPLETE_ALREADY = "complete already"
    UNCLAIMED = "unclaimed"


def complete(object_key: str) -> Outcome:
    """Give the document that awaits this object its content. Four calls, and one more when another writer was first or
    the object does not fit.

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
    try:
        _check_fits(awaited(document))
    except (UploadUnfit, ContentCorrupt):
        current = catalogue.find(document.id)
        if current is None or awaited_key(current) != object_key:  # deleted meanwhile, its bytes are gone by right
            return Outcome.UNCLAIMED
        raise
    if finish(document):
        return Outcome.COMPLETED
    current = catalogue.find(document.id)
    if current is not None and awaited_key(current) == object_key:
        raise Busy
    return Outcome.COMPLETE_ALREADY


def _check_fits(wanted: Document) -> None:
    if not vault.holds(wanted):
        raise UploadUnfit
    if reason := disguise.refused(wanted.media_type, vault.beginning(wanted)):
        raise UploadUnfit(f"The uploaded object has another media type than was announced: it {reason}.")


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


def has_come(document: Document) -> bool:
    """Whether what the document waits for is there: the bytes that were announced, and of the media type that was.

    Two calls; one while nothing is there. It tells no more of bytes in disguise than of none, so that no path gives
    them to a reader. Bytes that a deletion takes away between the two calls have not come either.
    """
    wanted = awaited(document)
    try:
        return vault.holds(wanted) and not disguise.refused(wanted.media_type, vault.beginning(wanted))
    except ContentCorrupt:
        return False


def content_that_has_come(document: Document) -> bytes | None:
    """Those bytes, verified, or None. Two calls; one while nothing is there.

    Raises ContentCorrupt when S3 gives other bytes than it says it has.
    """
    wanted = awaited(document)
    content = vault.read(wanted) if vault.holds(wanted) else None
    return None if content is None or disguise.refused(wanted.media_type, content) else content


def finish_if_there(document: Document) -> bool:
    """Whether what the document waits for was there; then it is recorded, by this call or another. Three calls."""
    if awaited_key(document) is None or not has_come(document):
        return False
    finish(document)
    return True


def finish(document: Document) -> bool:
    """Record that what the document waits for is there; False when it no longer waits for it. One call."""
    if document.announcement:
        return catalogue.update(document, document.as_announced())
    return catalogue.complete(document)
