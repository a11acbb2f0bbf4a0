"""What clients were answered, so that afterwards the store can be held to it.

A client writes down what it was told, and what it asked for without being told: a deletion whose answer was lost may
or may not have happened. `broken` then finds every acknowledged version in what the store holds, bit for bit.
"""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from invariants import AWAITED, DELETED, STORED, Holdings, Item, digest_of, message_of


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One version as its client knows it: the digest of the bytes, and the metadata as sent, or None if not noted."""

    sha256: str
    message: dict[str, Any] | None


@dataclass(slots=True)
class Ledger:
    """What was acknowledged, by document. Safe to write from several threads: every method makes one change."""

    versions: dict[str, dict[int, Acknowledged]] = field(default_factory=lambda: defaultdict(dict))
    keys: dict[Hashable, str] = field(default_factory=dict)
    """By delivery key the document that it was answered."""
    uploads: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    deletions: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """Answers that contradict earlier ones."""

    def delivered(self, document_id: str, key: Hashable | None = None) -> None:
        """A delivery under this key was answered with this document, 200 or 202."""
        if key is not None and self.keys.setdefault(key, document_id) != document_id:
            self.wrong.append(f"delivery key {key} was answered {self.keys[key]}, and then {document_id}")

    def stored(self, document_id: str, version: int, content: bytes, message: dict[str, Any] | None = None) -> None:
        """A version was acknowledged as stored: by a 200 of a delivery or correction, a 204 of new content, a read."""
        told = Acknowledged(digest(content), message)
        before = self.versions[document_id].setdefault(version, told)
        if before.sha256 != told.sha256 or (None not in (before.message, message) and before.message != message):
            self.wrong.append(f"version {version} of {document_id} was acknowledged as {before}, and then as {told}")

    def uploaded(self, document_id: str, content: bytes) -> None:
        """S3 took what a ticket was for, within the ticket's life: it is to become a version."""
        self.uploads[document_id].add(digest(content))

    def deleting(self, document_id: str) -> None:
        """A deletion is on its way: from now on the document may be gone."""
        self.deletions.add(document_id)

    def deletion_answered(self, document_id: str) -> None:
        """It was acknowledged: the document must be gone."""
        self.deletions.add(document_id)
        self.deleted.add(document_id)

    def broken(self, held: Holdings, *, settled: bool = False) -> list[str]:
        """What was promised and does not hold; `settled` when the reconciler has had time to complete uploads."""
        return [*self.wrong, *self._gone(held), *self._kept(held), *(self._uploads_in_force(held) if settled else ())]

    def _gone(self, held: Holdings) -> Iterator[str]:
        for document_id in self.deleted:
            if held.heads.get(document_id, {"status": "unknown"})["status"] != DELETED:
                yield f"{document_id}: its deletion was acknowledged, and it is {held.heads.get(document_id)}"
        for document_id, head in held.heads.items():
            if head["status"] == DELETED and document_id not in self.deletions:
                yield f"{document_id}: nobody deleted it"

    def _kept(self, held: Holdings) -> Iterator[str]:
        for document_id, versions in self.versions.items():
            if self._may_be_gone(held, document_id):
                continue
            history = held.history(document_id)
            for number, told in versions.items():
                item = history.get(number)
                if item is None or item["status"] not in (STORED, AWAITED):
                    yield f"{document_id}: version {number} was acknowledged, and is gone"
                elif digest_of(item) != told.sha256 or not held.holds(item["objectKey"], told.sha256):
                    yield f"{document_id}: version {number} has other bytes than were acknowledged"
                elif told.message is not None and not _says(item, told.message):
                    yield f"{document_id}: version {number} has other metadata than were acknowledged"

    def _uploads_in_force(self, held: Holdings) -> Iterator[str]:
        for document_id, digests in self.uploads.items():
            if not self._may_be_gone(held, document_id):
                history = held.history(document_id).values()
                for missing in digests - {digest_of(item) for item in history if item["status"] == STORED}:
                    yield f"{document_id}: the upload of {missing} was taken by S3, and became no version"

    def _may_be_gone(self, held: Holdings, document_id: str) -> bool:
        return document_id in self.deletions and held.heads.get(document_id, {}).get("status") == DELETED


def _says(item: Item, sent: dict[str, Any]) -> bool:
    """Whether what was sent is in force; of the document the store adds what it knows of the bytes."""
    recorded = message_of(item)
    document = recorded["document"]
    return {**recorded, "document": document | sent["document"]} == {**sent, "document": document}
