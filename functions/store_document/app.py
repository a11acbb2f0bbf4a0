"""POST /documents: takes the document of an exam result (flow 2.1) or an exam sitting (flow 2.2)."""

from okd_dms import catalogue, vault
from okd_dms.api import Request, Response, operation
from okd_dms.carriers import receive
from okd_dms.document import Document, Status, delivered
from okd_dms.errors import DeliveryConflict, IdempotencyKeyReused, MalformedRequest
from okd_dms.log import note


def _idempotency_key(request: Request) -> str | None:
    key = request.header("Idempotency-Key")
    if key is not None and not (0 < len(key) <= 255):
        raise MalformedRequest("Idempotency-Key takes 1 to 255 characters.")
    return key


def _check_same(document: Document, recorded: Document) -> None:
    """A delivery key makes one document: refuse a different delivery under it."""
    if document.delivery_digest == recorded.delivery_digest:
        return
    if "identificatie" not in document.message["document"]:
        raise IdempotencyKeyReused
    raise DeliveryConflict(members={"documentId": recorded.id})


@operation
def handler(request: Request) -> Response:
    """Keep the content, then record the document: what is answered 200 is durable. Two calls to AWS.

    Content that is to follow takes one call, which records the announcement; the answer is a ticket for the upload.
    """
    message, content = receive(request)
    document = delivered(message, request.sender, _idempotency_key(request), awaited=content is None)
    note(documentId=document.id, bytes=document.size)
    if content is not None:
        vault.write(document, content)
    recorded = catalogue.add(document)
    _check_same(document, recorded)
    answered = document.as_first_answered(recorded)
    headers = {"Location": f"documents/{answered.id}", "ETag": answered.etag}
    if answered.status is Status.AWAITING_CONTENT:
        return Response(202, answered.receipt() | {"upload": vault.upload_ticket(answered)}, headers)
    return Response(200, answered.receipt(), headers)
