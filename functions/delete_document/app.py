"""DELETE of a document: it is gone at once, and its bytes with it; a tombstone stays."""

import os
from datetime import timedelta

from okd_dms import access, catalogue, cold_start, erasure, vault
from okd_dms.api import Request, Response, operation
from okd_dms.caller import CHANGE
from okd_dms.document import Document, Status
from okd_dms.errors import Busy, PreconditionFailed
from okd_dms.log import note

ATTEMPTS = 3


def _bury(request: Request, document: Document | None) -> Document:
    for _ in range(ATTEMPTS):
        found = access.changeable(document, request.caller, or_deleted=True)
        if found.status is Status.DELETED:
            return found
        if not request.matches(found.etag):
            raise PreconditionFailed
        if catalogue.bury(found, request.sender):
            return found
        document = catalogue.find(found.id)
    raise Busy


@operation(opened_by=CHANGE)
def handler(request: Request) -> Response:
    """Delete the sender's document, and answer a repeat the same. What is not erased at once, the reconciler erases."""
    document_id = request.document_id()
    request.query()  # none: all versions go, or none
    note(documentId=document_id)
    buried = _bury(request, catalogue.find(document_id))
    hours = int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"]) + int(os.environ["GRACE_PERIOD_HOURS"])
    erasure.erase(buried, timedelta(hours=hours), at_most=erasure.AT_ONCE)
    return Response(204)


cold_start.end(catalogue.prepare, vault.prepare)
