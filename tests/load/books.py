"""What a sender knows of its documents: the model that every answer is held against."""

import hashlib
from dataclasses import dataclass
from typing import Any

from messages import result, sitting

PDF = b"%PDF-1.7\n"

type Message = dict[str, Any]


class Wrong(AssertionError):
    """The store said or did what it must not."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that nothing else has: they come from their name, so that none need be kept."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, size: int) -> "Content":
        return cls(name, size, hashlib.sha256(_bytes(name, size)).hexdigest())

    def bytes(self) -> bytes:
        return _bytes(self.name, self.size)

    def members(self) -> Message:
        """What a message's `document` says of them."""
        return {"bestandsomvang": self.size, "integriteit": {"algoritme": "sha_256", "waarde": self.sha256}}


def _bytes(name: str, size: int) -> bytes:
    """They begin as their media type says."""
    return PDF + hashlib.shake_256(name.encode()).digest(size - len(PDF))


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its bytes, and the member of its metadata that corrections change."""

    content: Content
    outcome: str


@dataclass(frozen=True, slots=True)
class Key:
    """What makes repeats of a delivery one document; neither of the two for a delivery that is not to be repeated."""

    reference: str | None = None
    idempotency_key: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Idempotency-Key": self.idempotency_key} if self.idempotency_key else {}

    def __bool__(self) -> bool:
        return bool(self.reference or self.idempotency_key)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A document on its way in. Its title is its own, by which doubles are found."""

    key: Key
    message: Message
    content: Content
    announced: bool

    @classmethod
    def of(cls, title: str, key: Key, content: Content, *, of_sitting: bool, announced: bool) -> "Delivery":
        said = {"titel": title, "bestandsnaam": f"{title}.pdf"} | (
            {"identificatie": key.reference} if key.reference else {}
        )
        message = sitting(**said) if of_sitting else result(**said)
        message["toets"]["resultaat"] = "voldoende"
        return cls(key, message, content, announced)

    @property
    def title(self) -> str:
        return str(self.message["document"]["titel"])

    @property
    def first(self) -> Version:
        return Version(self.content, self.message["toets"]["resultaat"])


@dataclass(slots=True)
class Entry:
    """One document in the books of its sender, who alone changes it."""

    id: str
    delivery: Delivery
    versions: list[Version]
    arrived: bool
    """Whether the first content is there; from the moment at which S3 has taken it, every reader gets it."""
    coming: Content | None = None
    """An announced update."""
    uploaded: bool = False
    """Whether S3 has taken the bytes of that update: it is a version then, or becomes one before anything else does."""
    deleted: bool = False

    @property
    def awaited(self) -> bool:
        return not self.arrived and not self.deleted

    @property
    def readable(self) -> bool:
        return self.arrived and not self.deleted

    @property
    def changeable(self) -> bool:
        """Nothing is under way whose bytes are not there."""
        return self.readable and (self.coming is None or self.uploaded)

    @property
    def steady(self) -> bool:
        """No version comes of itself."""
        return self.readable and not self.uploaded

    @property
    def current(self) -> Version:
        return self.versions[-1]

    def seen(self, version: int) -> Version:
        """The version that an answer speaks of, which may be the announced one once its bytes are there.

        Raises Wrong when it cannot be.
        """
        if self.uploaded and version == len(self.versions) + 1:
            self.came()
        if version != len(self.versions):
            raise Wrong(f"{self.id}: version {version} where {len(self.versions)} is in force")
        return self.current

    def came(self) -> None:
        """The announced update is in force."""
        assert self.coming
        self.versions.append(Version(self.coming, self.current.outcome))
        self.coming, self.uploaded = None, False


def same(said: object, meant: object, what: str) -> None:
    """Raises Wrong when an answer says something else than was meant."""
    if said != meant:
        raise Wrong(f"{what} {said!r} instead of {meant!r}")
