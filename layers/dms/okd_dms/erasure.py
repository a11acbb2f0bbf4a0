"""How the content of a deleted document goes: the tombstone first, then the bytes, then the history.

A tombstone claims nothing and says which work is left, so that whoever comes next can go on after a crash.
"""

from datetime import UTC, date, datetime, timedelta

from okd_dms import catalogue, vault
from okd_dms.document import ANNOUNCED, DIRECT, Document, moment

AT_ONCE = 25
"""Objects that a call erases itself; what has more of them is left to the reconciler."""

LATE_UPLOAD = timedelta(days=1)
"""How long after a deletion an upload may still arrive: a ticket's life, and the upload itself."""


def erase(document: Document, unswept: timedelta, *, now: datetime | None = None, at_most: int | None = None) -> bool:
    """Erase every object of a deleted document, then its history; False when that is left to the reconciler's next run:
    it names more than `at_most` objects, or a writer was in the way.

    That includes what repeats and refused writers have left under its id; `unswept` is how far back such objects can
    still be. A delivery that was renewed has a key of a day that is swept no more, and perhaps a ticket for it, so its
    tombstone stays open until it can be erased once more. Safe to repeat and to run twice at once. Raises
    DependencyFailed.
    """
    remains = catalogue.remains(document.id)
    if at_most is not None and len(remains) > at_most:
        return False
    now = now or datetime.now(UTC)
    registered, today = date.fromisoformat(document.registered_at[:10]), now.date()
    first = f"{ANNOUNCED}/{registered}/{document.id}/"
    swept_soon = registered < today - unswept + LATE_UPLOAD + timedelta(days=1)
    late = [key for key in remains if key.startswith(first)] if swept_soon else []
    remains.add(first)
    day = max(registered, today - unswept - timedelta(days=1))
    while day <= today:
        remains |= {f"{folder}/{day}/{document.id}/" for folder in (DIRECT, ANNOUNCED)}
        day += timedelta(days=1)
    for prefix in sorted(remains):
        vault.erase(prefix)
    return catalogue.forget(document.id, moment(now), late[0] if late else None, moment(now + LATE_UPLOAD))
