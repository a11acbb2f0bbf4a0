"""POST /documents: takes the document of an exam result (flow 2.1) or an exam sitting (flow 2.2)."""

import os
from datetime import timedelta

from okd_dms import catalogue, cold_start, deliveries, vault
from okd_dms.api import Request, Response, operation
from okd_dms.caller import DELIVER
from okd_dms.carriers import receive
from okd_dms.document import Status, delivered
from okd_dms.errors import MalformedRequest
from okd_dms.log import note


def _idempotency_key(request: Request) -> str | None:
    key = request.header("Idempotency-Key")
    if key is not None and not (0 < len(key) <= 255):
        raise MalformedRequest("Idempotency-Key takes 1 to 255 characters.")
    return key


@operation(opened_by=DELIVER)
def handler(request: Request) -> Response:
    """Keep the content, then record the document: what is answered 200 is durable. Two calls to AWS.

    Content that is to follow takes one call, which records the announcement; the answer is a ticket for the upload.
    """
    message, content = receive(request)
    lifetime = timedelta(hours=int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"]))
    awaited_for = lifetime if content is None else None
    document = delivered(message, request.sender, _idempotency_key(request), awaited_for=awaited_for)
    note(documentId=document.id, bytes=document.size)
    if content is not None:
        vault.write(document, content)
    answered = deliveries.record(document, lifetime)
    headers = {"Location": f"documents/{answered.id}", "ETag": answered.etag}
    if answered.status is Status.AWAITING_CONTENT:
        return Response(202, answered.receipt() | {"upload": vault.upload_ticket(answered)}, headers)
    return Response(200, answered.receipt(), headers)


cold_start.end(catalogue.prepare, vault.prepare)
