"""GET and HEAD of a document by its UUID (flow 2.3), or by the sender's own reference."""

import base64
import re
from typing import Any

from okd_dms import catalogue, vault
from okd_dms.api import Request, Response, note, operation
from okd_dms.document import Document, document_id
from okd_dms.errors import DocumentNotFound, MalformedRequest
from okd_dms.media_types import BYTES, JSON, attachment, choose, repr_digest

MAX_ANSWER_BYTES = 4 * 1024**2


def _id_and_options(request: Request) -> tuple[str, dict[str, str]]:
    if "documentId" in request.path_parameters:
        given = request.path_parameters["documentId"]
        if not re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", given):
            raise MalformedRequest("The documentId is not a UUID. Use the documentId of the answer to POST /documents.")
        return given.lower(), request.query("inhoud")
    query = request.query("bronorganisatie", "identificatie", "inhoud")
    if not query.get("bronorganisatie") or not query.get("identificatie"):
        raise MalformedRequest("Give identificatie and bronorganisatie, both as delivered, or ask for a documentId.")
    return document_id(request.sender, query["bronorganisatie"], query["identificatie"], None), query


def _not_modified(request: Request, document: Document) -> bool:
    tags = [tag.strip().removeprefix("W/") for value in request.headers("If-None-Match") for tag in value.split(",")]
    return "*" in tags or document.etag in tags


def _details(document: Document, *, with_content: bool) -> dict[str, Any]:
    details = document.details()
    if with_content:
        details["inhoud"] = base64.b64encode(vault.read(document)).decode()
    details["inhoudUrl"], details["inhoudUrlVerlooptOp"] = vault.download_url(document)
    return details


@operation
def handler(request: Request) -> Response:
    """Answer the details or the bytes, as Accept asks. At most two calls to AWS; HEAD reads no content."""
    wanted_id, options = _id_and_options(request)
    if options.get("inhoud", "true") not in ("true", "false"):
        raise MalformedRequest("The query parameter inhoud is true or false.")
    note(documentId=wanted_id)
    document = catalogue.find(wanted_id)
    if document is None or document.sender != request.sender:
        raise DocumentNotFound
    offer = choose(", ".join(request.headers("Accept")), document.media_type)
    headers = {"ETag": document.etag, "Vary": "Accept"}
    if "documentId" not in request.path_parameters:
        headers["Content-Location"] = f"documents/{document.id}"
    if _not_modified(request, document):
        return Response(304, None, headers)
    in_message = request.method == "GET" and document.size <= MAX_ANSWER_BYTES
    if offer == JSON:
        return Response(200, _details(document, with_content=options.get("inhoud") != "false" and in_message), headers)
    headers |= {
        "Content-Type": BYTES if offer == BYTES else document.media_type,
        "Content-Disposition": attachment(document.filename),
        "Repr-Digest": repr_digest(document.sha256),
    }
    return Response(200, vault.read(document) if in_message else None, headers)
