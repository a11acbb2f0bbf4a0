"""The life of documents as the design tells it: what each call is answered, and what there is afterwards.

Pure: a call takes a world to another one. Of calls made at once it gives every outcome that the design allows: one
after the other, or a refusal that says to repeat.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

STORED, AWAITED = "opgeslagen", "wacht_op_inhoud"
EVENT_DELAY = timedelta(minutes=15)

type Answer = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Version:
    title: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Awaited:
    """Content that was announced."""

    content: bytes
    since: datetime
    due: datetime
    there: bool = False
    key: str = field(default="", compare=False)
    """Of the object, once a ticket has told it."""


@dataclass(frozen=True, slots=True)
class Document:
    """`delivered` is what the first delivery said; without versions its content is awaited."""

    delivered: Version
    versions: tuple[Version, ...]
    awaited: Awaited | None = None
    deleted: bool = False

    @property
    def newest(self) -> Version:
        return self.versions[-1] if self.versions else self.delivered

    @property
    def number(self) -> int:
        return max(1, len(self.versions))

    @property
    def status(self) -> str:
        return STORED if self.versions else AWAITED

    @property
    def tag(self) -> str:
        return f'"{self.number}-{self.status}"'

    def completed(self) -> "Document":
        """The same with the content that it awaits in force, if that is there."""
        if self.deleted or self.awaited is None or not self.awaited.there:
            return self
        return self.with_version(Version(self.newest.title, self.awaited.content))

    def with_version(self, version: Version) -> "Document":
        return replace(self, versions=(*self.versions, version), awaited=None)


@dataclass(frozen=True, slots=True)
class World:
    """Every document, by the sender's reference, at a moment."""

    now: datetime
    lifetime: timedelta
    grace: timedelta
    documents: dict[str, Document] = field(default_factory=dict)

    def having(self, reference: str, document: Document | None) -> "World":
        others = {known: other for known, other in self.documents.items() if known != reference}
        return replace(self, documents=others | ({reference: document} if document else {}))

    def visible(self, reference: str) -> Document | None:
        document = self.documents.get(reference)
        return None if document is None or document.deleted else document

    def completed(self, reference: str) -> "World":
        document = self.documents.get(reference)
        return self.having(reference, document.completed()) if document else self

    def overdue(self, awaited: Awaited | None) -> bool:
        return awaited is not None and awaited.due < self.now

    def awaiting(self, content: bytes) -> Awaited:
        return Awaited(content, self.now, self.now + self.lifetime)


NOT_FOUND: Answer = (404, "document-not-found")
PENDING: Answer = (409, "update-pending")
BUSY: Answer = (409, "busy")
FAILED_PRECONDITION: Answer = (412, "precondition-failed")


@dataclass(frozen=True, slots=True)
class Call:
    """A call about one document."""

    reference: str

    completes = False
    """Whether it may put announced content in force on its way."""

    def apply(self, world: World) -> tuple[Answer, World]:
        raise NotImplementedError

    def refusals(self, _world: World) -> list[Answer]:
        """What it may be answered instead when others are at work on the document."""
        return []


@dataclass(frozen=True, slots=True)
class Deliver(Call):
    version: Version
    carrier: str

    def apply(self, world: World) -> tuple[Answer, World]:
        known = world.documents.get(self.reference)
        if known is None:
            return self._first(world)
        if known.deleted:
            return (409, "delivery-conflict"), world
        if known.delivered != self.version:
            keyed = self.reference.startswith("key")
            return (422, "idempotency-key-reused") if keyed else (409, "delivery-conflict"), world
        if known.versions or known.awaited is None:
            return (200, 1), world
        if world.overdue(known.awaited):
            renewed = replace(known.awaited, due=world.now + world.lifetime)
            world = world.having(self.reference, replace(known, awaited=renewed))
        return (202, 1), world

    def _first(self, world: World) -> tuple[Answer, World]:
        if self.carrier == "announcement":
            awaited = world.awaiting(self.version.content)
            return (202, 1), world.having(self.reference, Document(self.version, (), awaited))
        return (200, 1), world.having(self.reference, Document(self.version, (self.version,)))

    def refusals(self, world: World) -> list[Answer]:
        known = world.documents.get(self.reference)
        return [BUSY] if known and world.overdue(known.awaited) else []


@dataclass(frozen=True, slots=True)
class Change(Call):
    """A call that changes a document as it is now; `tag` is what its If-Match says."""

    tag: str | None

    completes = True

    def apply(self, world: World) -> tuple[Answer, World]:
        world = world.completed(self.reference)
        document = world.visible(self.reference)
        if document is None:
            return NOT_FOUND, world
        if self.tag not in (None, "*", document.tag):
            return FAILED_PRECONDITION, world
        return self.change(world, document)

    def change(self, world: World, document: Document) -> tuple[Answer, World]:
        raise NotImplementedError

    def refusals(self, world: World) -> list[Answer]:
        return [BUSY if self.tag in (None, "*") else FAILED_PRECONDITION] if world.visible(self.reference) else []

    @staticmethod
    def is_free(world: World, document: Document) -> bool:
        return bool(document.versions) and (document.awaited is None or world.overdue(document.awaited))


@dataclass(frozen=True, slots=True)
class Replace(Change):
    content: bytes

    def change(self, world: World, document: Document) -> tuple[Answer, World]:
        if not self.is_free(world, document):
            return PENDING, world
        if self.content == document.newest.content:
            return (204, document.tag), world
        after = document.with_version(Version(document.newest.title, self.content))
        return (204, after.tag), world.having(self.reference, after)


@dataclass(frozen=True, slots=True)
class Correct(Change):
    title: str

    def change(self, world: World, document: Document) -> tuple[Answer, World]:
        if not self.is_free(world, document):
            return PENDING, world
        if self.title == document.newest.title:
            return (200, document.tag, self.title), world
        after = document.with_version(Version(self.title, document.newest.content))
        return (200, after.tag, self.title), world.having(self.reference, after)


@dataclass(frozen=True, slots=True)
class Announce(Change):
    content: bytes

    def change(self, world: World, document: Document) -> tuple[Answer, World]:
        awaited = document.awaited
        under_way = document.versions and awaited and not world.overdue(awaited)
        if under_way and awaited and awaited.content == self.content:
            return (202, document.number + 1), world
        if not self.is_free(world, document):
            return PENDING, world
        if self.content == document.newest.content:
            return (204, document.tag), world
        after = replace(document, awaited=world.awaiting(self.content))
        return (202, document.number + 1), world.having(self.reference, after)


@dataclass(frozen=True, slots=True)
class Delete(Change):
    completes = False

    def apply(self, world: World) -> tuple[Answer, World]:
        document = world.documents.get(self.reference)
        if document is None:
            return NOT_FOUND, world
        if document.deleted:
            return (204,), world
        if self.tag not in (None, "*", document.tag):
            return FAILED_PRECONDITION, world
        return (204,), world.having(self.reference, replace(document, deleted=True, awaited=None))


@dataclass(frozen=True, slots=True)
class Read(Call):
    """A read of the details with the content, or of the bytes alone; of the newest version, or of one."""

    version: int | None
    only_bytes: bool

    def apply(self, world: World) -> tuple[Answer, World]:
        document = world.visible(self.reference)
        if document is None:
            return NOT_FOUND, world
        seen = document.completed() if not document.versions else document
        number = self.version or seen.number
        if number > seen.number:
            return NOT_FOUND, world
        if not seen.versions:
            answer = (409, "content-awaited") if self.only_bytes else (200, 1, AWAITED, seen.newest.title, None)
            return answer, world
        shown = seen.versions[number - 1]
        if self.only_bytes:
            return (200, number, shown.content), world
        return (200, number, STORED, shown.title, shown.content), world


@dataclass(frozen=True, slots=True)
class LookUp(Read):
    """The same by the sender's own reference."""


@dataclass(frozen=True, slots=True)
class ListVersions(Call):
    limit: int

    def apply(self, world: World) -> tuple[Answer, World]:
        document = world.visible(self.reference)
        if document is None:
            return NOT_FOUND, world
        return (200, *range(document.number, 0, -1)), world


@dataclass(frozen=True, slots=True)
class Event(Call):
    """S3 tells of an upload for this document, of any of its announcements."""

    key: str

    completes = True

    def apply(self, world: World) -> tuple[Answer, World]:
        document = world.documents.get(self.reference)
        is_it = document is not None and document.awaited is not None and document.awaited.key == self.key
        return ("done",), world.completed(self.reference) if is_it else world

    def refusals(self, _world: World) -> list[Answer]:
        return [("failed", "busy")]


@dataclass(frozen=True, slots=True)
class Upload(Call):
    """The bytes of the last ticket are put in S3, within the ticket's life."""

    key: str

    def apply(self, world: World) -> tuple[Answer, World]:
        document = world.documents.get(self.reference)
        if document is None or document.awaited is None or document.awaited.key != self.key:
            return ("done",), world
        there = replace(document, awaited=replace(document.awaited, there=True))
        return ("done",), world.having(self.reference, there)


@dataclass(frozen=True, slots=True)
class Reconcile(Call):
    """A run of the reconciler, over all documents."""

    completes = True

    def apply(self, world: World) -> tuple[Answer, World]:
        for reference, document in world.documents.items():
            awaited = document.awaited
            if document.deleted or awaited is None or awaited.since > world.now - EVENT_DELAY:
                continue
            if awaited.there:
                world = world.completed(reference)
            elif awaited.due + world.grace < world.now:
                world = world.having(reference, replace(document, awaited=None) if document.versions else None)
        return ("done",), world


def outcomes_at_once(world: World, one: Call, other: Call) -> Iterator[tuple[Answer, Answer, World]]:
    """Every allowed outcome of two calls at once: the answer to each, and the world after them."""
    for answers, after in [*_in_order(world, one, other)]:
        yield *answers, after
    for (second, first), after in [*_in_order(world, other, one)]:
        yield first, second, after


def _in_order(world: World, first: Call, second: Call) -> Iterator[tuple[tuple[Answer, Answer], World]]:
    completing = {call.reference for call in (first, second) if call.completes}
    for begin in _maybe_completed(world, completing):
        for answer, between in _outcomes(begin, first):
            for going_on in _maybe_completed(between, completing):
                for other_answer, after in _outcomes(going_on, second):
                    for end in _maybe_completed(after, completing):
                        yield (answer, other_answer), end


def _outcomes(world: World, call: Call) -> list[tuple[Answer, World]]:
    return [call.apply(world), *((refusal, world) for refusal in call.refusals(world))]


def _maybe_completed(world: World, references: set[str]) -> list[World]:
    """Who changes a document, or hears of an upload, puts in force first what is there; others may see it then."""
    worlds = [world]
    for reference in references:
        worlds += [completed for each in worlds if (completed := each.completed(reference)) != each]
    return worlds
