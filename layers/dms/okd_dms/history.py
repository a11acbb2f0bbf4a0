"""A document's versions in pages, newest first: its history, and the audit trail of its changes.

A cursor is the number of the last version shown. Later versions lie before the first page, so they move none.
"""

import base64
import binascii
from typing import Any

from okd_dms import catalogue
from okd_dms.document import Document
from okd_dms.errors import DocumentNotFound, MalformedRequest

DEFAULT_LIMIT, MAX_LIMIT = 50, 100


def limit_of(given: str | None) -> int:
    """How many versions a page shows. Raises MalformedRequest when that is no number within bounds."""
    if given is None:
        return DEFAULT_LIMIT
    if not (given.isascii() and given.isdecimal() and len(given) <= 3 and 1 <= int(given) <= MAX_LIMIT):
        raise MalformedRequest(f"The query parameter limit is a number from 1 to {MAX_LIMIT}.")
    return int(given)


def version_of(cursor: str | None) -> int | None:
    """The version that a cursor stands for. Raises MalformedRequest when it is none of ours."""
    if cursor is None:
        return None
    try:
        version = int(base64.urlsafe_b64decode(cursor).decode("ascii"))
    except (binascii.Error, ValueError):
        version = 0
    if version <= 1 or cursor != _cursor(version):
        raise MalformedRequest("The cursor is none of ours. Take it from volgende of the page before.")
    return version


def page(head: Document, limit: int, after: int | None) -> dict[str, Any]:
    """`limit` versions, those that come after the one named, and the cursor of the next page or None. One call.

    Raises MalformedRequest when the document has no such version, DocumentNotFound when it was deleted meanwhile, and
    DependencyFailed.
    """
    if after is not None and after > head.version:
        raise MalformedRequest("The cursor is none of ours. Take it from volgende of the page before.")
    newest = [head] if after is None else []
    shown = (newest + catalogue.earlier_versions(head.id, after or head.version, limit))[:limit]
    if not shown:
        raise DocumentNotFound
    last = shown[-1].version
    return {
        "documentId": head.id,
        "versies": [_entry(version) for version in shown],
        "volgende": _cursor(last) if last > 1 else None,
    }


def _cursor(version: int) -> str:
    return base64.urlsafe_b64encode(str(version).encode()).decode()


def _entry(version: Document) -> dict[str, Any]:
    return {
        "versie": version.version,
        "status": version.status,
        "wijziging": version.change,
        "tijdstip": version.changed_at,
        "door": version.changed_by,
        "document": version.content,
    }
