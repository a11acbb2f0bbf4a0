"""Byte ranges, so that a broken download can go on where it stopped (RFC 9110, 14)."""

import re

from okd_dms.errors import RangeNotSatisfiable

_ONE_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,19})-([0-9]{0,19})|-([0-9]{1,19}))\s*", re.ASCII | re.IGNORECASE)


def asked(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range that is asked for, within `size` bytes; None to give the whole.

    A unit other than bytes, several ranges and what is no range at all are ignored, as the RFC allows. Raises
    RangeNotSatisfiable when no byte of the content lies in the range.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if not match:
        return None
    first_given, last_given, suffix = match.groups()
    if suffix is not None:
        first, last = max(0, size - int(suffix)), size - 1
        satisfiable = int(suffix) > 0
    else:
        first, last = int(first_given), min(int(last_given or size), size - 1)
        if last_given and int(last_given) < first:
            return None
        satisfiable = first < size
    if not satisfiable:
        raise RangeNotSatisfiable(size)
    return first, last
