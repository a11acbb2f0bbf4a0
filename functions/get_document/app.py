"""GET and HEAD of a document by its UUID (flow 2.3), or by the sender's own reference."""

from okd_dms import access, catalogue, cold_start, vault
from okd_dms.api import Request, Response, operation
from okd_dms.caller import READ, Caller
from okd_dms.document import Document, document_id
from okd_dms.errors import ContentCorrupt, DependencyFailed, DocumentNotFound, MalformedRequest
from okd_dms.log import note
from okd_dms.representation import represent


def _id_and_options(request: Request) -> tuple[str, dict[str, str]]:
    if "documentId" in request.path_parameters:
        return request.document_id(), request.query("inhoud", "versie")
    query = request.query("bronorganisatie", "identificatie", "inhoud", "versie")
    if not query.get("bronorganisatie") or not query.get("identificatie"):
        raise MalformedRequest("Give identificatie and bronorganisatie, both as delivered, or ask for a documentId.")
    return document_id(request.sender, query["bronorganisatie"], query["identificatie"], None), query


def _find(wanted_id: str, version: str | None, caller: Caller) -> Document:
    """The document as it is, or as it was in one version."""
    if version is None:
        head = wanted = catalogue.find(wanted_id)
    elif version.isascii() and version.isdecimal() and 0 < int(version[:11]) < 10**10:
        head, wanted = catalogue.find_version(wanted_id, int(version))
    else:
        raise MalformedRequest("The query parameter versie is a number from 1.")
    access.readable(head, caller)
    if wanted is None:
        raise DocumentNotFound
    return wanted


@operation(opened_by=READ)
def handler(request: Request) -> Response:
    """Answer the details or the bytes, as Accept asks. At most two calls to AWS, one more while content is awaited."""
    wanted_id, options = _id_and_options(request)
    if options.get("inhoud", "true") not in ("true", "false"):
        raise MalformedRequest("The query parameter inhoud is true or false.")
    note(documentId=wanted_id)
    document = _find(wanted_id, options.get("versie"), request.caller)
    try:
        answer = represent(document, request, with_content=options.get("inhoud") != "false")
    except (ContentCorrupt, DependencyFailed):
        access.readable(catalogue.find(wanted_id), request.caller)  # deleted meanwhile, its bytes are gone by right
        raise
    return answer.with_headers({"Content-Location": f"documents/{document.id}"} if "identificatie" in options else {})


cold_start.end(catalogue.prepare, vault.prepare)
