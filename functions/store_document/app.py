"""POST /documents: takes the document of an exam result (flow 2.1) or an exam sitting (flow 2.2)."""

from okd_dms import catalogue, vault
from okd_dms.api import Request, Response, note, operation
from okd_dms.carriers import receive
from okd_dms.document import Document, delivered
from okd_dms.errors import DeliveryConflict, IdempotencyKeyReused, MalformedRequest


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
    """Keep the content, then record the document: what is answered is durable. Two calls to AWS."""
    message, content = receive(request)
    document = delivered(message, request.sender, _idempotency_key(request))
    note(documentId=document.id, bytes=document.size)
    vault.write(document, content)
    _check_same(document, catalogue.add(document))
    headers = {"Location": f"documents/{document.id}", "ETag": document.etag}
    return Response(200, document.receipt(), headers)
