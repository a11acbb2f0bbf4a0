"""A catalogue and a vault in memory, so that whole handlers take a million inputs.

They keep items as the table does, so what is recorded goes through `okd_dms.items` and back. What DynamoDB and S3 would
refuse fails here too. Whatever the handlers ask of AWS besides fails at once: nothing leaves this process.
"""

from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

from okd_dms import catalogue, items, vault
from okd_dms.document import Announcement, Document, Status, now

MAX_ITEM_BYTES = 400 * 1024
MAX_KEY_BYTES = 1024
INDEXED = ("studentPerson", "studentNumber", "enrolment", "sitting")

type Rows = dict[str, dict[str, Any]]


@dataclass(slots=True)
class Memory:
    """What table and bucket hold. Items are replaced, never changed, so a copy of the outer two levels is a copy."""

    rows: Rows = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> "Memory":
        return Memory({name: dict(rows) for name, rows in self.rows.items()}, dict(self.objects))

    def holds_the_same(self, other: "Memory", but: str = "") -> bool:
        """Whether nothing differs, the document `but` aside."""
        ids = (self.rows.keys() | other.rows.keys()) - {but}
        keys = {key for key in self.objects.keys() | other.objects.keys() if not but or but not in key}
        return all(self.rows.get(name) == other.rows.get(name) for name in ids) and all(
            self.objects.get(key) == other.objects.get(key) for key in keys
        )

    def head(self, document_id: str) -> Document | None:
        item = self.rows.get(document_id, {}).get(items.HEAD)
        return items.document(item) if item else None

    def put(self, item: Any) -> None:
        size = sum(len(name) + _size(value) for name, value in item.items())
        assert size <= MAX_ITEM_BYTES, f"an item of {size} bytes is more than DynamoDB takes"
        for name in INDEXED:
            assert name not in item or 0 < _size(item[name]) <= MAX_KEY_BYTES, f"{name} is no key of an index"
        self.rows.setdefault(item["documentId"]["S"], {})[item["item"]["S"]] = item


def _size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    assert kind in ("S", "N", "B"), "a kind of attribute that the store does not know"
    return len(content) if kind == "B" else len(content.encode())


class Aws:
    """The two modules' functions over the memory that is current."""

    def __init__(self) -> None:
        self.memory = Memory()

    def add(self, document: Document) -> Document:
        recorded = self.memory.head(document.id)
        if recorded is None:
            self.memory.put(items.head(document))
        return recorded or document

    def find(self, document_id: str) -> Document | None:
        return self.memory.head(document_id)

    def find_version(self, document_id: str, version: int) -> tuple[Document | None, Document | None]:
        head = self.memory.head(document_id)
        item = self.memory.rows.get(document_id, {}).get(items.version_key("", version)["item"]["S"])
        earlier = items.document(item) if item else None
        return head, head if head is not None and head.version == version else earlier

    def earlier_versions(self, document_id: str, before: int, limit: int) -> list[Document]:
        rows = self.memory.rows.get(document_id, {})
        last = items.version_key("", before)["item"]["S"]
        return [items.document(rows[name]) for name in sorted(rows, reverse=True) if name < last][:limit]

    def update(self, before: Document, after: Document) -> bool:
        head = items.head(after)
        self.memory.put(items.earlier_version(before, head))
        self.memory.put(head)
        return True

    def bury(self, document: Document, by: str) -> bool:
        tombstone = items.tombstone(document, now(), by)
        self.memory.put(items.earlier_version(document, tombstone))
        self.memory.put(tombstone)
        return True

    def announce(self, document: Document, announcement: Announcement) -> bool:
        self.memory.put(items.head(document) | items.announcement(announcement))
        return True

    def complete(self, document: Document) -> bool:
        head = self.memory.rows[document.id][items.HEAD]
        kept = {name: value for name, value in head.items() if name not in ("unfinishedSince", "dueAt")}
        self.memory.put(kept | {"status": {"S": Status.STORED}})
        return True

    def remains(self, document_id: str) -> set[str]:
        rows = self.memory.rows[document_id]
        announced = rows[items.HEAD].get("announcedKey")
        earlier = {item["objectKey"]["S"] for name, item in rows.items() if name != items.HEAD}
        return earlier | ({announced["S"]} if announced else set())

    def forget(self, document_id: str, _moment: str, late_key: str | None, until: str) -> bool:
        rows = self.memory.rows[document_id]
        gone = ("announcedKey",) if late_key else ("announcedKey", "unfinishedSince", "dueAt")
        head = {name: value for name, value in rows[items.HEAD].items() if name not in gone}
        self.memory.rows[document_id] = {items.HEAD: head | ({"dueAt": {"S": until}} if late_key else {})}
        return True

    def write(self, document: Document, content: bytes) -> None:
        document.media_type.encode("ascii")
        self.memory.objects[document.object_key] = bytes(content)

    def read(self, document: Document) -> bytes:
        return self.memory.objects[document.object_key]

    def holds(self, document: Document) -> bool:
        return len(self.memory.objects.get(document.object_key, b"")) == document.size

    def beginning(self, document: Document, length: int = 4096) -> bytes:
        return self.memory.objects[document.object_key][:length]

    def erase(self, prefix: str) -> None:
        for key in [key for key in self.memory.objects if key.startswith(prefix)]:
            del self.memory.objects[key]


IN_CATALOGUE = (
    *("add", "find", "find_version", "earlier_versions", "update", "bury", "announce", "complete", "remains"),
    "forget",
)
IN_VAULT = ("write", "read", "holds", "beginning", "erase")


def stand_in(patch: pytest.MonkeyPatch) -> Aws:
    """Put a stand-in in the place of AWS. URLs are signed by the real vault, which needs no call for it."""

    def call(*_: object, **__: object) -> NoReturn:
        raise AssertionError("this asks AWS for something that the stand-in does not know")

    aws = Aws()
    for name in IN_CATALOGUE:
        patch.setattr(catalogue, name, getattr(aws, name))
    for name in IN_VAULT:
        patch.setattr(vault, name, getattr(aws, name))
    patch.setattr(catalogue, "client", call)
    patch.setattr(vault.client(), "_make_api_call", call)
    return aws
