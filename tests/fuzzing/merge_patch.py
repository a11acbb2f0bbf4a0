"""What a merge patch means, written down once more, to hold the product's own reading against."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, 2, as it is written there."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
