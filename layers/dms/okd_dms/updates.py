"""The updates of a document (flow 2.4): new content in the message, new content that follows, corrected metadata.

Each makes a version of its own, and is refused while announced content is under way. What changes nothing makes none,
so that a repeat is safe.
"""

import hashlib
import os
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from okd_dms import catalogue, disguise, media_types, message, strict_json, vault
from okd_dms.api import Request, Response
from okd_dms.carriers import MAX_FILE_BYTES, MAX_METADATA_BYTES, check_encoding
from okd_dms.document import ANNOUNCED, DIRECT, Announcement, Document, Status, from_now, new_object_key, now
from okd_dms.errors import (
    Busy,
    ContentTooLarge,
    Fault,
    InvalidMessage,
    PreconditionFailed,
    UnsupportedMediaType,
    UpdatePending,
)
from okd_dms.message import MEDIA_TYPE, ContentSize, Filename, Integrity, MediaType, Part

_IDENTITY, _OURS, _BYTES = "identity can't change", "the store decides it", "the bytes decide it; send new content"
IMMUTABLE = {
    "documentId": _IDENTITY,
    "document.bronorganisatie": _IDENTITY,
    "document.identificatie": _IDENTITY,
    "document.bestandsomvang": _BYTES,
    "document.integriteit": _BYTES,
    "versie": _OURS,
    "status": _OURS,
    "registratiedatum": _OURS,
}
"""What a reader sees and a correction can't change, and why."""


TAKEN = (
    "Send the new bytes under their own media type, application/merge-patch+json to correct metadata, or"
    " application/json to announce new content, without content coding."
)


class ContentAnnouncement(Part):
    """New content that follows by an upload ticket."""

    bestandsomvang: ContentSize
    integriteit: Integrity
    formaat: MediaType | None = None
    bestandsnaam: Filename | None = None


ContentAnnouncement.model_rebuild()  # in init, not in the first call


def kind(request: Request) -> str:
    """The media type that tells what the update is. Raises UnsupportedMediaType and MalformedRequest."""
    try:
        content_type = check_encoding(request)
    except UnsupportedMediaType:
        raise UnsupportedMediaType(TAKEN) from None
    if not re.fullmatch(MEDIA_TYPE, content_type) or content_type.startswith("multipart/"):
        raise UnsupportedMediaType(TAKEN)
    return content_type


def correct(document: Document, request: Request) -> Document:
    """The version with corrected metadata, recorded. One call, and one more when it says that the content is of another
    type: what that could not have been delivered as, it does not become.

    Raises MalformedRequest, ContentTooLarge, InvalidMessage, UpdatePending, and PreconditionFailed or Busy when another
    writer was first.
    """
    _check_free(document)
    corrected = _corrected(document, request.body())
    if corrected == document.message:
        return document
    after = document.with_metadata(corrected, request.sender)
    if media_types.essence(after.media_type) != media_types.essence(document.media_type):
        _check_fits(after.media_type, vault.beginning(document))
    return _recorded(document, after, request)


def replace_content(document: Document, request: Request, media_type: str) -> Document:
    """The version with the request's body as its content, kept and recorded. Two calls.

    Raises as `correct`.
    """
    _check_free(document)
    content = request.body()
    members = _content_members(document, content, media_type)
    if members == document.content:
        return document
    after = document.with_content(members, new_object_key(DIRECT, document.id), request.sender)
    vault.write(after, content)
    return _recorded(document, after, request)


def announce(document: Document, request: Request) -> Response:
    """A ticket for content that is to follow; the same announcement again gets a fresh one. At most one call.

    What is announced and in force already needs no upload: 204. Raises as `correct`.
    """
    members = {**document.content, **_announced(request.body())}
    announcement = document.announcement
    if announcement is None or announcement.is_overdue() or announcement.content != members:
        _check_free(document)
        if members == document.content:
            return Response(204, None, {"ETag": document.etag})
        lifetime = timedelta(hours=int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"]))
        announcement = Announcement(
            object_key=new_object_key(ANNOUNCED, document.id),
            content=members,
            since=now(),
            by=request.sender,
            due_at=from_now(lifetime),
        )
        _check_written(catalogue.announce(document, announcement), request)
    announced = replace(document, announcement=announcement).as_announced()
    awaited = replace(announced, status=Status.AWAITING_CONTENT, due_at=announcement.due_at)
    return Response(202, awaited.receipt() | {"upload": vault.upload_ticket(awaited)})


def _check_free(document: Document) -> None:
    """One thing at a time: the first content must be there, and no announced content under way."""
    under_way = document.announcement is not None and not document.announcement.is_overdue()
    if under_way or document.status is Status.AWAITING_CONTENT:
        raise UpdatePending


def _recorded(before: Document, after: Document, request: Request) -> Document:
    _check_written(catalogue.update(before, after), request)
    return after


def _check_written(written: bool, request: Request) -> None:
    if not written:
        raise Busy if request.takes_any_state() else PreconditionFailed


def _content_members(document: Document, content: bytes, media_type: str) -> dict[str, Any]:
    """What these bytes bring into force. application/octet-stream says nothing of them: the type stays."""
    if len(content) > MAX_FILE_BYTES:
        raise ContentTooLarge(
            "New content takes 4 MiB at most in the message. Announce it instead: PATCH application/json with"
            " bestandsomvang and integriteit answers an upload ticket for content up to 5 GiB."
        )
    if not content:
        raise InvalidMessage([Fault("", "empty", "expected at least one byte of content")])
    media_type = document.media_type if media_type == media_types.BYTES else media_type
    _check_fits(media_type, content)
    return {
        **document.content,
        "formaat": media_type,
        "bestandsomvang": len(content),
        "integriteit": {"algoritme": "sha_256", "waarde": hashlib.sha256(content).hexdigest()},
    }


def _check_fits(media_type: str, content: bytes) -> None:
    if faults := disguise.faults(media_type, content):
        raise InvalidMessage(faults)


def _announced(body: bytes) -> dict[str, Any]:
    return message.checked(ContentAnnouncement, _json(body))


def _corrected(document: Document, body: bytes) -> dict[str, Any]:
    """The message after a merge patch (RFC 7396), valid as a whole."""
    patch = _json(body)
    if not isinstance(patch, dict):
        raise InvalidMessage([Fault("", "type", "expected an object")])
    faults = tuple(Fault(path, "immutable", reason) for path, reason in IMMUTABLE.items() if _taken_out(patch, path))
    return message.validate(_merged(document.message, patch), faults)


def _json(body: bytes) -> Any:
    if len(body) > MAX_METADATA_BYTES:
        raise ContentTooLarge("The metadata is more than 65,536 bytes.")
    return strict_json.parse(body)


def _taken_out(patch: dict[str, Any], path: str) -> bool:
    """Whether the patch named the member at this path; now it does not."""
    *outer, name = path.split(".")
    part = patch.get(outer[0]) if outer else patch
    if not isinstance(part, dict) or name not in part:
        return False
    del part[name]
    return True


def _merged(target: Any, patch: Any) -> Any:
    """The target after the patch. A removed member stands there as null, which the message takes for absent, so that
    removing a member that does not exist is refused like any other misspelling.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    return merged | {name: _merged(merged.get(name), value) for name, value in patch.items()}
