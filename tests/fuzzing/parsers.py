"""The parsers alone, each held against another reading of the same bytes."""

import base64
import json
import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pydantic_core
from multipart import content_disposition_unquote, parse_options_header

from fuzzing import merge_patch as rfc_7396
from okd_dms import carriers, disguise, history, media_types, ranges, strict_json, updates
from okd_dms.errors import DmsError, MalformedRequest, NotAcceptable, RangeNotSatisfiable


def strict(data: bytes) -> None:
    """JSON that is taken means the same to another reader, and comes back as it was."""
    try:
        value = strict_json.parse(data)
    except MalformedRequest:
        return
    assert _equal(value, pydantic_core.from_json(data, allow_inf_nan=False)), "two readers differ"
    assert _equal(strict_json.parse(strict_json.dumps(value).encode()), value)
    assert strict_json.canonical(value) == strict_json.canonical(json.loads(strict_json.canonical(value)))


def _equal(one: Any, other: Any) -> bool:
    """Equal in kind too; floats to the last digit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other) and (not isinstance(one, float) or math.copysign(1, one) == math.copysign(1, other))


def multipart(data: bytes) -> None:
    """What a part holds stands in the body, between the end of its head and the boundary."""
    boundary, _, body = data.partition(b"\n")
    try:
        text = boundary.decode("ascii")
        parts = carriers._parts(body, text)
    except (DmsError, UnicodeDecodeError):
        return
    assert set(parts) <= {"metadata", "file"}
    for segment, content in parts.values():
        assert b"\r\n\r\n" + content + b"\r\n--" + boundary in body, "a part is not as it was sent"
        assert isinstance(carriers._filename(segment), str | None)


def merge_patch(data: bytes) -> None:
    """A patch means what RFC 7396 says, and the same when it comes twice."""
    before, _, after = data.partition(b"\n")
    try:
        target, patch = strict_json.parse(before), strict_json.parse(after)
    except MalformedRequest:
        return
    merged = updates._merged(target, patch)
    assert _nothing_null(merged) == _nothing_null(rfc_7396.merged(target, patch))
    assert updates._merged(merged, patch) == merged


def _nothing_null(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _nothing_null(member) for name, member in value.items() if member is not None}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def accept(data: bytes) -> None:
    """One of three representations, or none; never one whose quality is nought."""
    try:
        chosen = media_types.choose(_text(data), "application/pdf")
    except NotAcceptable:
        return
    assert chosen in (media_types.JSON, media_types.BYTES, "application/pdf")


def byte_range(data: bytes) -> None:
    """A range lies within the content, and only ASCII makes one."""
    text = _text(data)
    for size in (1, 78, 2**32):
        try:
            asked = ranges.asked(text, size)
        except RangeNotSatisfiable:
            assert text.isascii()
            continue
        if asked:
            assert text.isascii()
            first, last = asked
            assert 0 <= first <= last < size


def disposition(data: bytes) -> None:
    """A file name survives its header, and nothing of it breaks out."""
    try:
        name = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    header = media_types.attachment(name)
    assert re.fullmatch(
        r"attachment; filename=\"[ !#-$&-\[\]-~]*\"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*", header
    )
    assert unquote(header.rpartition("filename*=UTF-8''")[2]) == name
    _, options = parse_options_header(header, unquote=lambda value, _: content_disposition_unquote(value))
    assert len(options["filename"]) == len(name)


def cursor(data: bytes) -> None:
    """A cursor that is taken is one that the store gives out itself."""
    try:
        version = history.version_of(_text(data))
    except MalformedRequest:
        return
    assert version is not None
    assert version > 1
    assert base64.urlsafe_b64encode(str(version).encode()) == data


def content(data: bytes) -> None:
    """Content is taken or refused for a reason, by its beginning alone, and under an unknown type by what it is."""
    declared, _, body = data.partition(b"\n")
    media_type = _text(declared)
    reason = disguise.found_out(media_type, body)
    assert reason is None or reason.isascii()
    assert (
        disguise.found_out(media_type, body + b"\0" * disguise.EXAMINED if len(body) >= disguise.EXAMINED else body)
        == reason
    )
    if body.startswith((b"#!/", b"MZ\x90\0\x03\0\0\0", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0")):
        assert disguise.found_out("application/pdf", body), "a program passes for a document"


PARSERS: dict[str, Callable[[bytes], None]] = {
    "content": content,
    "json": strict,
    "multipart": multipart,
    "merge-patch": merge_patch,
    "accept": accept,
    "range": byte_range,
    "disposition": disposition,
    "cursor": cursor,
}
