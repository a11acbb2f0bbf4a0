"""GET and HEAD of a document's versions: its history, and the audit trail of its changes."""

from okd_dms import access, catalogue, cold_start, history
from okd_dms.api import Request, Response, operation
from okd_dms.caller import READ
from okd_dms.log import note


@operation(opened_by=READ)
def handler(request: Request) -> Response:
    """A page of versions, newest first. Two calls to AWS, however many there are; later changes move no page."""
    document_id = request.document_id()
    query = request.query("cursor", "limit")
    note(documentId=document_id)
    limit, after = history.limit_of(query.get("limit")), history.version_of(query.get("cursor"))
    head = access.readable(catalogue.find(document_id), request.caller)
    return Response(200, history.page(head, limit, after))


cold_start.end(catalogue.prepare)
