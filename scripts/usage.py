"""What one call of each operation uses of AWS, for a complete message of an exam result: counted, not estimated.

A test drives the functions and compares; the benchmark and the page of costs take it from here.
"""

from dataclasses import dataclass

KIB, MIB = 1024, 1024**2


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests to AWS in their order, request units of DynamoDB with the indexes, and bytes of content that pass us by.

    What a client sends or fetches by a signed URL is not in it.
    """

    calls: tuple[str, ...]
    read_units: float = 0
    write_units: int = 0
    to_s3: int = 0
    from_s3: int = 0


_STORE, _READ = ("PutObject", "PutItem"), ("GetItem", "GetObject")

USAGE = {
    "store_ticket": Usage(("PutItem",), write_units=6),
    "store_4kib_multipart": Usage(_STORE, write_units=5, to_s3=4 * KIB),
    "store_4mib_multipart": Usage(_STORE, write_units=5, to_s3=4 * MIB),
    "store_3mib_json": Usage(_STORE, write_units=5, to_s3=3 * MIB),
    "get_url": Usage(("GetItem",), read_units=1),
    "get_4kib_json": Usage(_READ, read_units=1, from_s3=4 * KIB),
    "get_4mib_bytes": Usage(_READ, read_units=1, from_s3=4 * MIB),
    "update_4kib": Usage(("GetItem", "PutObject", "TransactWriteItems"), read_units=1, write_units=4, to_s3=4 * KIB),
    "correct": Usage(("GetItem", "TransactWriteItems"), read_units=1, write_units=4),
    "announce_update": Usage(("GetItem", "UpdateItem"), read_units=1, write_units=3),
    "complete": Usage(("GetItem", "HeadObject", "GetObject", "UpdateItem"), read_units=1, write_units=2, from_s3=KIB),
    "complete_update": Usage(
        ("GetItem", "HeadObject", "GetObject", "TransactWriteItems"), read_units=1, write_units=7, from_s3=2 * KIB
    ),
    "list_versions": Usage(("GetItem", "Query"), read_units=2),
}
