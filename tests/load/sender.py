"""A client at work, with documents of its own: what it does comes from a seeded generator."""

import random
from collections.abc import Callable
from typing import Any

from load.books import Content, Delivery, Entry, Key
from load.connection import Connection

MIB = 1024**2
SIZES = ((70, 32, 4 * 1024), (25, 4 * 1024, 64 * 1024), (4, 64 * 1024, MIB), (1, 2 * MIB, 3 * MIB))
"""Per cent of the contents, and between how many bytes these have."""
LARGE = (4 * MIB + 1, 5 * MIB)
"""Of announced contents one in fifty is read by URL alone."""


class Sender:
    """One client; its name is its own among all clients of all runs, and decides what it does."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.to = connection
        self.random = random.Random(name)
        self.entries: list[Entry] = []
        self.perhaps: list[Delivery] = []
        """Deliveries without a key whose answer was lost: each made one document at most."""
        self._name = name
        self._made = 0

    def one(self, which: Callable[[Entry], Any]) -> Entry | None:
        """One of its documents, mostly a young one."""
        among = self.entries[-20:] if self.random.random() < 0.9 else self.entries
        found = [entry for entry in among if which(entry)]
        return self.random.choice(found) if found else None

    def delivery(self, *, keyed: bool = True, announced: bool = False) -> Delivery:
        """A new document."""
        content = self.content(announced=announced)
        key = self._key() if keyed else Key()
        of_sitting = self.random.random() < 0.3
        return Delivery.of(self.new("titel"), key, content, of_sitting=of_sitting, announced=announced)

    def _key(self) -> Key:
        name = self.new("sleutel")
        return Key(reference=name) if self.random.random() < 0.6 else Key(idempotency_key=name)

    def content(self, *, announced: bool = False) -> Content:
        """New bytes."""
        _, least, most = self.random.choices(SIZES, [share for share, _, _ in SIZES])[0]
        if announced and self.random.random() < 0.02:
            least, most = LARGE
        return Content.of(self.new("inhoud"), self.random.randint(least, most))

    def carrier(self) -> str:
        """One that brings the content along."""
        return self.random.choice(["multipart", "json"])

    def new(self, what: str) -> str:
        """A name that nothing else has."""
        self._made += 1
        return f"{what}-{self._name}-{self._made}"
