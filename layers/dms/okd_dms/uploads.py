"""How an announced upload comes to its end: by its event, or by the reconciler when that was lost.

Both may run late, twice, in any order and at once: every step is conditional on what the item says.
"""

from enum import StrEnum

from okd_dms import catalogue, vault
from okd_dms.document import Status, id_in_key
from okd_dms.errors import UploadUnfit
from okd_dms.log import note


class Outcome(StrEnum):
    """What became of an upload."""

    COMPLETED = "completed"
    COMPLETE_ALREADY = "complete already"
    UNCLAIMED = "unclaimed"


def complete(object_key: str) -> Outcome:
    """Give the document that awaits this object its content. At most three calls.

    An object that no document awaits is left to the reconciler. Raises UploadUnfit when the object is not what was
    announced, and DependencyFailed.
    """
    document_id = id_in_key(object_key)
    document = catalogue.find(document_id) if document_id else None
    if document is None or document.object_key != object_key:
        return Outcome.UNCLAIMED
    note(documentId=document.id, bytes=document.size)
    if document.status is not Status.AWAITING_CONTENT:
        return Outcome.COMPLETE_ALREADY
    if not vault.holds(document):
        raise UploadUnfit
    return Outcome.COMPLETED if catalogue.complete(document) else Outcome.COMPLETE_ALREADY
