"""GET and HEAD of a document by its UUID (flow 2.3), or by the sender's own reference."""

import re
from dataclasses import replace

from okd_dms import catalogue, vault
from okd_dms.api import Request, Response, operation
from okd_dms.document import Document, Status, document_id
from okd_dms.errors import DocumentNotFound, MalformedRequest
from okd_dms.log import note
from okd_dms.representation import represent

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _id_and_options(request: Request) -> tuple[str, dict[str, str]]:
    given = request.path_parameters.get("documentId")
    if given is not None:
        if not _UUID.fullmatch(given):
            raise MalformedRequest("The documentId is not a UUID. Use the documentId of the answer to POST /documents.")
        return given.lower(), request.query("inhoud")
    query = request.query("bronorganisatie", "identificatie", "inhoud")
    if not query.get("bronorganisatie") or not query.get("identificatie"):
        raise MalformedRequest("Give identificatie and bronorganisatie, both as delivered, or ask for a documentId.")
    return document_id(request.sender, query["bronorganisatie"], query["identificatie"], None), query


def _find(wanted_id: str, sender: str) -> Document:
    """The sender's document as it is: when the awaited bytes are there, a late upload event does not show."""
    document = catalogue.find(wanted_id)
    if document is None or document.sender != sender:
        raise DocumentNotFound
    if document.status is Status.AWAITING_CONTENT and vault.holds(document):
        return replace(document, status=Status.STORED)
    return document


@operation
def handler(request: Request) -> Response:
    """Answer the details or the bytes, as Accept asks. At most two calls to AWS, one more while content is awaited."""
    wanted_id, options = _id_and_options(request)
    if options.get("inhoud", "true") not in ("true", "false"):
        raise MalformedRequest("The query parameter inhoud is true or false.")
    note(documentId=wanted_id)
    document = _find(wanted_id, request.sender)
    answer = represent(document, request, with_content=options.get("inhoud") != "false")
    return answer.with_headers({"Content-Location": f"documents/{document.id}"} if "identificatie" in options else {})
