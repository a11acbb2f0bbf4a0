"""How a document is shown: its details as JSON, or its bytes, as Accept asks (design of flow 2.3)."""

import base64

from okd_dms import ranges, uploads, vault
from okd_dms.api import Request, Response
from okd_dms.document import Document, Status
from okd_dms.errors import ContentAwaited
from okd_dms.media_types import BYTES, JSON, attachment, choose, repr_digest

MAX_CONTENT_IN_ANSWER = 4 * 1024**2
"""In bytes; base64 makes a third more of it, which Lambda's 6 MiB answer still holds."""

NOTHING_ACTIVE = "default-src 'none'; sandbox"
"""Content-Security-Policy of bytes: should a browser show them after all, they run, load and send nothing."""


def represent(document: Document, request: Request, *, with_content: bool) -> Response:
    """The answer to a read, or to its condition. HEAD reads no content. A late upload event does not show.

    One call for content in the answer, none else; one more while the content is awaited, and then two in any case.

    Raises MalformedRequest, NotAcceptable, ContentAwaited, RangeNotSatisfiable, ContentCorrupt and DependencyFailed.
    """
    offer = choose(", ".join(request.headers("Accept")), document.media_type)
    byte_range, only_if = request.header("Range"), request.header("If-Range")
    in_answer = request.method == "GET" and document.size <= MAX_CONTENT_IN_ANSWER
    content = None
    if document.status is Status.AWAITING_CONTENT:
        document, content = _as_it_has_come(document, read=in_answer and (with_content or offer != JSON))
    headers = {"ETag": document.etag, "Vary": "Accept"}
    if _not_modified(request, document):
        return Response(304, None, headers)
    if offer == JSON:
        answer = details(document, in_answer=in_answer, with_content=with_content, content=content)
    else:
        media_type = BYTES if offer == BYTES else document.media_type
        asked = byte_range if only_if in (None, document.etag) else None
        answer = _bytes(document, asked, media_type, in_answer=in_answer, content=content)
    return answer.with_headers(headers)


def _as_it_has_come(document: Document, *, read: bool) -> tuple[Document, bytes | None]:
    """The document as if the event of its upload had been handled, with the content if that was read to be sure."""
    content = uploads.content_that_has_come(document) if read else None
    has_come = content is not None if read else uploads.has_come(document)
    return (uploads.awaited(document) if has_come else document), content


def _not_modified(request: Request, document: Document) -> bool:
    tags = [tag.strip().removeprefix("W/") for value in request.headers("If-None-Match") for tag in value.split(",")]
    return "*" in tags or document.etag in tags


def details(
    document: Document, *, in_answer: bool = False, with_content: bool, content: bytes | None = None
) -> Response:
    """The metadata in force and where the content is; with the content itself when it is wanted and fits.

    `content` is that, where it was read already. Raises ContentCorrupt and DependencyFailed.
    """
    body = document.details()
    awaited = document.status is Status.AWAITING_CONTENT
    if with_content:
        readable = in_answer and not awaited
        body["inhoud"] = base64.b64encode(content or vault.read(document)).decode() if readable else None
    url, expires = (None, None) if awaited else vault.download_url(document)
    return Response(200, body | {"inhoudUrl": url, "inhoudUrlVerlooptOp": expires})


def _bytes(
    document: Document, byte_range: str | None, media_type: str, *, in_answer: bool, content: bytes | None
) -> Response:
    if document.status is Status.AWAITING_CONTENT:
        raise ContentAwaited
    if document.size > MAX_CONTENT_IN_ANSWER:
        return Response(302, None, {"Location": vault.download_url(document)[0]})
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": attachment(document.filename),
        "Content-Security-Policy": NOTHING_ACTIVE,
        "Repr-Digest": repr_digest(document.sha256),
        "Accept-Ranges": "bytes",
    }
    if not in_answer:
        return Response(200, None, headers)
    part = ranges.asked(byte_range, document.size)
    content = content or vault.read(document)
    if part is None:
        return Response(200, content, headers)
    first, last = part
    headers["Content-Range"] = f"bytes {first}-{last}/{document.size}"
    return Response(206, content[first : last + 1], headers)
