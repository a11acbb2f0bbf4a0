"""GET and HEAD of a document's versions: its history, and the audit trail of its changes."""

import base64
import binascii
from typing import Any

from okd_dms import access, catalogue
from okd_dms.api import Request, Response, operation
from okd_dms.document import Document
from okd_dms.errors import DocumentNotFound, MalformedRequest
from okd_dms.log import note

DEFAULT_LIMIT, MAX_LIMIT = 50, 100


def _limit(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) <= 3 and 1 <= int(given) <= MAX_LIMIT):
        raise MalformedRequest(f"The query parameter limit is a number from 1 to {MAX_LIMIT}.")
    return int(given)


def _cursor(version: int) -> str:
    return base64.urlsafe_b64encode(str(version).encode()).decode()


def _before(cursor: str, newest: int) -> int:
    try:
        version = int(base64.urlsafe_b64decode(cursor).decode("ascii"))
    except (binascii.Error, ValueError):
        version = 0
    if not 1 < version <= newest or cursor != _cursor(version):
        raise MalformedRequest("The cursor is none of ours. Take it from volgende of the page before.")
    return version


def _entry(version: Document) -> dict[str, Any]:
    return {
        "versie": version.version,
        "status": version.status,
        "wijziging": version.change,
        "tijdstip": version.changed_at,
        "door": version.changed_by,
        "document": version.content,
    }


@operation
def handler(request: Request) -> Response:
    """A page of versions, newest first. Two calls to AWS, however many there are; later changes move no page."""
    document_id = request.document_id()
    query = request.query("cursor", "limit")
    note(documentId=document_id)
    limit = _limit(query.get("limit", str(DEFAULT_LIMIT)))
    head = access.granted(catalogue.find(document_id), request.sender)
    before = _before(query["cursor"], head.version) if "cursor" in query else None
    page = [head] if before is None else []
    page += catalogue.earlier_versions(document_id, before or head.version, limit)
    page = page[:limit]
    if not page:
        raise DocumentNotFound  # it was deleted meanwhile
    following = _cursor(page[-1].version) if page[-1].version > 1 else None
    return Response(200, {"documentId": document_id, "versies": [_entry(v) for v in page], "volgende": following})
