"""How a delivery travels: multipart/form-data, JSON with the content in `inhoud`, or JSON that announces the content.

The carrier does not count for what is delivered: `receive` gives the same message for the same document either way.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from typing import Any

from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    content_disposition_unquote,
    parse_options_header,
)

from okd_dms import disguise, media_types, message, strict_json
from okd_dms.api import Request
from okd_dms.errors import TICKET_FLOW, ContentTooLarge, Fault, MalformedRequest, UnsupportedMediaType

MAX_METADATA_BYTES = 64 * 1024
MAX_FILE_BYTES = 4 * 1024**2
MAX_INHOUD_BYTES = 3 * 1024**2
MAX_BODY_BYTES = MAX_FILE_BYTES + 2 * MAX_METADATA_BYTES
"""Base64 makes a third more of it, which Lambda's 6 MiB event still holds."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What came in, unchecked: the metadata, the content, and what the carrier itself says of the content."""

    metadata: Any
    content: bytes | None
    member: str = ""
    filename: str | None = None
    media_type: str | None = None


def receive(request: Request) -> tuple[dict[str, Any], bytes | None]:
    """The valid message in force of a delivery, and its content, or None when that is to follow.

    Raises MalformedRequest, UnsupportedMediaType, ContentTooLarge and InvalidMessage.
    """
    content_type = check_encoding(request)
    body = request.body()
    if len(body) > MAX_BODY_BYTES:
        raise ContentTooLarge
    if content_type == media_types.MULTIPART:
        carried = _from_multipart(body, _boundary(request))
    elif content_type == media_types.JSON:
        carried = _from_json(body)
    else:
        raise UnsupportedMediaType
    faults = tuple(message.organisation_faults(carried.metadata, os.environ.get("ACCEPTED_ORGANISATIONS", "")))
    if carried.content is None:
        return message.validate(carried.metadata, faults), None
    return _in_force(carried, carried.content, faults), carried.content


def check_encoding(request: Request) -> str:
    """The body's media type, in lower case. Raises UnsupportedMediaType for a content coding, MalformedRequest for a
    charset other than UTF-8 where the body is JSON.
    """
    if request.header("Content-Encoding") not in (None, "", "identity"):
        raise UnsupportedMediaType
    content_type, parameters = parse_options_header(request.header("Content-Type") or "")
    if content_type in (media_types.JSON, media_types.MERGE_PATCH, media_types.MULTIPART):
        _check_charset(parameters.get("charset"))
    return str(content_type)


def _boundary(request: Request) -> str:
    return str(parse_options_header(request.header("Content-Type") or "")[1].get("boundary", ""))


def _check_charset(charset: str | None) -> None:
    if charset is not None and charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise MalformedRequest("The charset is not UTF-8. Encode the metadata as UTF-8.")


def _check_metadata_size(size: int) -> None:
    if size > MAX_METADATA_BYTES:
        raise ContentTooLarge(f"The metadata is {size} bytes; 65,536 are the most. Content belongs in file or inhoud.")


def _from_json(body: bytes) -> Carried:
    metadata = strict_json.parse(body)
    encoded = metadata.pop("inhoud", None) if isinstance(metadata, dict) else None
    if encoded is None:
        _check_metadata_size(len(body))
        return Carried(metadata, None)
    if not isinstance(encoded, str):
        raise MalformedRequest("inhoud is not a string. Send the content in base64 (RFC 4648, 4).")
    _check_metadata_size(len(strict_json.dumps(metadata).encode()))
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedRequest("inhoud is not base64 (RFC 4648, 4: padded, without line breaks).") from None
    if len(content) > MAX_INHOUD_BYTES:
        raise ContentTooLarge(f"inhoud takes 3 MiB at most; multipart/form-data takes 4 MiB. {TICKET_FLOW}")
    return Carried(metadata, content, "inhoud")


def _from_multipart(body: bytes, boundary: str) -> Carried:
    parts = _parts(body, boundary)
    metadata_part, file_part = parts.get("metadata"), parts.get("file")
    if metadata_part is None or file_part is None:
        raise MalformedRequest("The multipart body has no part metadata or no part file. Send both, once each.")
    (segment, file), (metadata_segment, metadata) = file_part, metadata_part
    _check_charset(metadata_segment.charset)
    _check_metadata_size(len(metadata))
    if len(file) > MAX_FILE_BYTES:
        raise ContentTooLarge(f"file takes 4 MiB at most. {TICKET_FLOW}")
    media_type = media_types.essence(segment.header("Content-Type", ""))
    return Carried(strict_json.parse(metadata), file, "file", _filename(segment), media_type)


def _parts(body: bytes, boundary: str) -> dict[str, tuple[MultipartSegment, bytes]]:
    parts: dict[str, tuple[MultipartSegment, bytes]] = {}
    if not body.rstrip(b"\r\n\t ").endswith(f"--{boundary}--".encode()):
        raise MalformedRequest("The multipart body does not end with its closing boundary: it is truncated.")
    try:
        with PushMultipartParser(boundary, max_segment_count=2, strict=True) as parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    segment, chunks = event, []
                elif event is not None:
                    chunks.append(bytes(event))
                elif segment.name in parts or segment.name not in ("metadata", "file"):
                    raise MalformedRequest("The multipart body has a part twice, or one besides metadata and file.")
                else:
                    _check_transfer_encoding(segment)
                    parts[segment.name] = (segment, b"".join(chunks))
    except MultipartError:
        raise MalformedRequest(
            "The multipart body is malformed or has more than two parts. Send metadata and file, once each, as RFC 7578"
            " says."
        ) from None
    return parts


def _check_transfer_encoding(segment: MultipartSegment) -> None:
    if segment.header("Content-Transfer-Encoding", "binary").lower() not in ("7bit", "8bit", "binary"):
        raise MalformedRequest("A part has a Content-Transfer-Encoding. Send its bytes as they are (RFC 7578, 4.7).")


def _filename(segment: MultipartSegment) -> str | None:
    """The part's file name as sent: the parser's own reading drops a Windows path, which is to be refused instead."""
    _, options = parse_options_header(
        segment.header("Content-Disposition", ""), unquote=lambda value, _filename: content_disposition_unquote(value)
    )
    filename: str | None = options.get("filename")
    return filename


def _in_force(carried: Carried, content: bytes, found: tuple[Fault, ...]) -> dict[str, Any]:
    """The valid message, completed with what the content really is. Metadata beats the carrier."""
    metadata, faults = carried.metadata, list(found)
    size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    if not size:
        faults.append(Fault(carried.member, "empty", "expected at least one byte of content"))
    if isinstance(metadata, dict) and isinstance(metadata.get("document"), dict):
        really = {
            "bestandsomvang": size or 1,
            "integriteit": {"algoritme": "sha_256", "waarde": sha256},
            "bestandsnaam": carried.filename,
            "formaat": carried.media_type,
        }
        said = {name: value for name, value in metadata["document"].items() if value is not None or name not in really}
        document = {name: value for name, value in really.items() if value} | said
        metadata = metadata | {"document": document}
        if type(document["bestandsomvang"]) is int and document["bestandsomvang"] not in (size, size or 1):
            faults.append(Fault("document.bestandsomvang", "mismatch", f"the content is {size} bytes"))
        checksum = document["integriteit"].get("waarde") if isinstance(document["integriteit"], dict) else None
        if isinstance(checksum, str) and checksum.lower() != sha256:
            faults.append(Fault("document.integriteit.waarde", "mismatch", "the content has another SHA-256"))
        if size and isinstance(document.get("formaat"), str):
            faults += disguise.faults(document["formaat"], content, carried.member)
    return message.validate(metadata, tuple(faults))
