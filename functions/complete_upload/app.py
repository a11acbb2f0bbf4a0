"""S3 "Object Created" of an announced upload: the document gets its content.

Events may come late, twice, in any order or for objects that no document names; each is safe.
"""

from typing import Any

from okd_dms import catalogue, vault
from okd_dms.document import Status, id_in_key
from okd_dms.errors import UploadUnfit
from okd_dms.log import logger, note


def _complete(object_key: str) -> str:
    document_id = id_in_key(object_key)
    document = catalogue.find(document_id) if document_id else None
    if document is None or document.object_key != object_key:
        return "unclaimed"
    note(documentId=document.id, bytes=document.size)
    if document.status is not Status.AWAITING_CONTENT:
        return "complete already"
    if not vault.holds(document):
        raise UploadUnfit
    return "completed" if catalogue.complete(document) else "complete already"


def handler(event: dict[str, Any], _context: Any) -> None:
    """Complete the document that awaits this object. At most three calls to AWS.

    Raises UploadUnfit and DependencyFailed: the event is then retried, and kept in the dead-letter queue at last.
    """
    logger.clear_state()
    logger.set_correlation_id(event["id"])
    logger.info("upload event", outcome=_complete(event["detail"]["object"]["key"]))
