"""POST /documents: takes the document of an exam result (flow 2.1) or an exam sitting (flow 2.2)."""

import os
from datetime import timedelta

from okd_dms import catalogue, vault
from okd_dms.api import Request, Response, operation
from okd_dms.carriers import receive
from okd_dms.document import Document, Status, delivered
from okd_dms.errors import Busy, DeliveryConflict, IdempotencyKeyReused, MalformedRequest
from okd_dms.log import note


def _idempotency_key(request: Request) -> str | None:
    key = request.header("Idempotency-Key")
    if key is not None and not (0 < len(key) <= 255):
        raise MalformedRequest("Idempotency-Key takes 1 to 255 characters.")
    return key


def _check_same(document: Document, recorded: Document) -> None:
    """A delivery key makes one document: refuse a different delivery under it."""
    if recorded.status is Status.DELETED:
        raise DeliveryConflict(
            "The document that was delivered under this key was deleted, and its key stays taken. Use another"
            " document.identificatie or Idempotency-Key for a new document.",
            members={"documentId": recorded.id},
        )
    if document.delivery_digest == recorded.delivery_digest:
        return
    if "identificatie" not in document.message["document"]:
        raise IdempotencyKeyReused
    raise DeliveryConflict(members={"documentId": recorded.id})


def _announce_again(document: Document, overdue: Document) -> Document:
    """No ticket for an announcement that is about to be closed: the repeat takes its place, with a key of its own."""
    if not catalogue.announce_again(document, overdue):
        raise Busy
    return document


@operation
def handler(request: Request) -> Response:
    """Keep the content, then record the document: what is answered 200 is durable. Two calls to AWS.

    Content that is to follow takes one call, which records the announcement; the answer is a ticket for the upload.
    """
    message, content = receive(request)
    awaited_for = timedelta(hours=int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"])) if content is None else None
    document = delivered(message, request.sender, _idempotency_key(request), awaited_for=awaited_for)
    note(documentId=document.id, bytes=document.size)
    if content is not None:
        vault.write(document, content)
    recorded = catalogue.add(document)
    _check_same(document, recorded)
    if recorded.is_overdue():
        recorded = _announce_again(document, recorded)
    answered = document.as_first_answered(recorded)
    headers = {"Location": f"documents/{answered.id}", "ETag": answered.etag}
    if answered.status is Status.AWAITING_CONTENT:
        return Response(202, answered.receipt() | {"upload": vault.upload_ticket(answered)}, headers)
    return Response(200, answered.receipt(), headers)
