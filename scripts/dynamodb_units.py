"""What a request costs at DynamoDB, in read and write request units, by its documented rules.

Those are in its Developer Guide, under "Read and write operations" and "Item sizes and formats". Local stand-ins count
no units, so they are computed from what stood in the table before and after.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

WRITE_BYTES, READ_BYTES = 1024, 4096
"""Of an item, in one unit."""

type Item = Mapping[str, Any]
"""Attribute name → its value in DynamoDB's JSON, as in {"S": "text"}."""


def size(item: Item) -> int:
    """Bytes that DynamoDB counts for an item: the names and the values of its attributes."""
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def _size_of(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(held)
        case "N":
            return ceil(len(held.lstrip("-").replace(".", "").strip("0") or "0") / 2) + 1
    raise NotImplementedError(kind)


def read(sizes: Iterable[int], *, consistent: bool = True, transactional: bool = False) -> float:
    """Units of reading items of these sizes one by one; what is not there counts as one of size 0."""
    factor = 2 if transactional else 1 if consistent else 0.5
    return sum(factor * max(1, ceil(size / READ_BYTES)) for size in sizes)


def query(sizes: Iterable[int], *, consistent: bool = True) -> float:
    """Units of one page of a query, which adds up the sizes before it rounds."""
    return (1 if consistent else 0.5) * max(1, ceil(sum(sizes) / READ_BYTES))


def write(before: Item | None, after: Item | None, indexes: Iterable[Mapping[str, Any]], *, transactional: bool) -> int:
    """Units of one write in all: the table's and those of its indexes, `indexes` as the template declares them.

    A write that a condition refused leaves what was there, and costs the same but for the indexes.
    """
    larger = max(size(before or {}), size(after or {}))
    of_table = (2 if transactional else 1) * max(1, ceil(larger / WRITE_BYTES))
    return of_table + sum(_of_index(before or {}, after or {}, index) for index in indexes)


def _of_index(before: Item, after: Item, index: Mapping[str, Any]) -> int:
    """An index entry of keys alone fits in one unit: none when nothing changes, two when one entry replaces another."""
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}  # noqa: S101 - more would take more units
    names = [key["AttributeName"] for key in index["KeySchema"]]
    old, new = ([item.get(name) for name in names] for item in (before, after))
    if old == new:
        return 0
    return (None not in old) + (None not in new)
