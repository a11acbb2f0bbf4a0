"""Media types and the headers that speak of content: which representation to offer, and under which name."""

import base64
import re
from urllib.parse import quote

from okd_dms.errors import NotAcceptable

JSON = "application/json"
BYTES = "application/octet-stream"
MULTIPART = "multipart/form-data"
MERGE_PATCH = "application/merge-patch+json"
PROBLEM = "application/problem+json"

_QUALITY = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


def essence(value: str) -> str:
    """Type and subtype, without parameters; in lower case, if they are the ASCII that makes a media type."""
    given = value.partition(";")[0].strip()
    return given.lower() if given.isascii() else given


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for element in accept.split(","):
        quality = 1.0
        for parameter in element.split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q" and _QUALITY.fullmatch(value.strip()):
                quality = float(value.strip())
        ranges.append((essence(element), quality))
    return ranges


def _match(ranges: list[tuple[str, float]], offer: str) -> tuple[float, int]:
    """Quality and precision (2 exact, 1 type/*, 0 */*) of the most precise range that covers the offer."""
    by_precision = {"*/*": 0, f"{offer.partition('/')[0]}/*": 1, offer: 2}
    matches = [(by_precision[name], quality) for name, quality in ranges if name in by_precision]
    if not matches:
        return 0.0, 0
    precision, quality = max(matches)
    return quality, precision


def choose(accept: str | None, stored: str) -> str:
    """JSON for the details, or the media type in which to give the bytes (RFC 9110, 12.5.1).

    `stored` is the document's own media type. A range such as `application/*` that covers it asks for the bytes; `*/*`
    and an absent header ask for the details. Raises NotAcceptable.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = _ranges(accept)
    stored = essence(stored)
    wishes = []
    for offer in (JSON, stored, BYTES):
        quality, precision = _match(ranges, offer)
        preferred = offer == (stored if precision == 1 else JSON)
        wishes.append((quality, precision, preferred, offer))
    quality, *_, choice = max(wishes, key=lambda wish: wish[:3])
    if not quality:
        raise NotAcceptable
    return choice


def attachment(filename: str) -> str:
    """A Content-Disposition that saves under this name in any script and can't break out of its header (RFC 6266)."""
    fallback = re.sub(r'[^ -~]|["\\%]', "_", filename)
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(filename, safe='!#$&+-.^_`|~')}"


def repr_digest(sha256: str) -> str:
    """The Repr-Digest of a representation (RFC 9530, 3) from 64 hexadecimal digits."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
