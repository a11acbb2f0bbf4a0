"""JSON that means one thing only (RFC 8259 with the restrictions of I-JSON, RFC 7493)."""

import json
import math
import re
from typing import Any

from okd_dms.errors import MalformedRequest

MAX_DEPTH = 32
"""Levels of nesting; a message has three."""

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedRequest("A JSON object names the same member twice. Send each member once.")
    return members


def _no_constant(name: str) -> None:
    raise MalformedRequest(f"{name} is not JSON. Leave the member out, or give it a value.")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise MalformedRequest("The JSON holds a number beyond all bounds.")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise RecursionError


def parse(data: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises MalformedRequest for anything that two readers could read differently, or that can't be stored as Unicode:
    duplicate members, NaN and infinities, lone surrogates, numbers of absurd length, nesting beyond the parser's.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedRequest("The JSON is not UTF-8. Encode it as UTF-8 without a byte order mark.") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite)
        _check_depth(value)
        if _SURROGATE_ESCAPE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"The JSON is malformed at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deeply.") from None
    except UnicodeEncodeError:
        raise MalformedRequest("The JSON holds half of a surrogate pair, which is not Unicode text.") from None
    except ValueError:
        raise MalformedRequest("The JSON holds a number that is too long.") from None
    return value


def dumps(value: Any) -> str:
    """Compact JSON that keeps every script readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    """The same bytes for equal values, whatever the order of members; the input of digests."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")
