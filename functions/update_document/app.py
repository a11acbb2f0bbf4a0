"""PATCH of a document (flow 2.4): new content, an announcement of new content, or corrected metadata."""

from okd_dms import access, catalogue, cold_start, updates, uploads, vault
from okd_dms.api import Request, Response, operation
from okd_dms.caller import CHANGE
from okd_dms.document import Document
from okd_dms.errors import PreconditionFailed
from okd_dms.log import note
from okd_dms.media_types import JSON, MERGE_PATCH
from okd_dms.representation import details


def _current(request: Request, document_id: str) -> Document:
    """The sender's document in the state that If-Match names. Announced content that is there is completed first."""
    document = access.changeable(catalogue.find(document_id), request.caller)
    if uploads.finish_if_there(document):
        return _current(request, document_id)
    if not request.matches(document.etag):
        raise PreconditionFailed
    return document


@operation(opened_by=CHANGE)
def handler(request: Request) -> Response:
    """Change a document. A correction and an announcement take two calls to AWS, new content takes three."""
    kind, document_id = updates.kind(request), request.document_id()
    request.query()  # none: only the newest version can change
    note(documentId=document_id)
    document = _current(request, document_id)
    if kind == JSON:
        return updates.announce(document, request)
    if kind == MERGE_PATCH:
        after = updates.correct(document, request)
        return details(after, with_content=False).with_headers({"ETag": after.etag})
    return Response(204, None, {"ETag": updates.replace_content(document, request, kind).etag})


cold_start.end(catalogue.prepare, vault.prepare)
