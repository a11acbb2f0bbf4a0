"""What the clients do and how often each: a school's year, with more changes and more repeats than any school has."""

from collections.abc import Callable

from load import changes, contended, deliveries, reads
from load.contended import Contended
from load.sender import Sender

ALONE: dict[Callable[[Sender], None], int] = {
    deliveries.as_multipart: 10,
    deliveries.as_json: 9,
    deliveries.by_ticket: 9,
    deliveries.without_key: 3,
    deliveries.again: 8,
    deliveries.otherwise: 3,
    reads.details: 8,
    reads.by_url: 5,
    reads.whole: 7,
    reads.part: 6,
    reads.earlier_version: 5,
    reads.conditionally: 4,
    reads.by_reference: 4,
    reads.by_unknown_reference: 1,
    reads.awaited: 1,
    reads.deleted: 1,
    reads.versions: 4,
    changes.replace: 7,
    changes.correct: 6,
    changes.announce: 5,
    changes.delete: 3,
}
"""With documents of the client's own, in parts of the sum of both."""

TOGETHER: dict[Callable[[Sender, Contended], None], int] = {contended.write: 4, contended.read: 4}
"""With a document that all clients change at once."""


def act(sender: Sender, shared: list[Contended]) -> str:
    """Do one thing, and say which. Raises Wrong."""
    alone, together = list(ALONE), list(TOGETHER)
    weights = [*ALONE.values(), *TOGETHER.values()]
    (at,) = sender.random.choices(range(len(weights)), weights)
    if at < len(alone):
        alone[at](sender)
        return _name(alone[at])
    chosen = together[at - len(alone)]
    chosen(sender, sender.random.choice(shared))
    return _name(chosen)


def _name(operation: Callable[..., None]) -> str:
    return f"{operation.__module__.rpartition('.')[2]}.{operation.__name__}"
