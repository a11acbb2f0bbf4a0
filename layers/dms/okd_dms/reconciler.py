"""What crashes, lost events and broken promises leave behind, brought to an end.

Four jobs, each safe to run twice at once and to stop at any moment:

- a completion whose event was lost is made up for;
- an announcement that is overdue by more than the grace period is closed, after one more look in S3;
- a deletion that was cut short is brought to its end;
- an object that no item names is erased once its day is past the grace period. Days are swept one after the other, each
  once; a note in the table says how far the sweep has come.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from okd_dms import catalogue, erasure, uploads, vault
from okd_dms.document import ANNOUNCED, DIRECT, Status, id_in_key
from okd_dms.errors import DependencyFailed
from okd_dms.log import unforeseen

EVENT_DELAY = timedelta(minutes=15)
"""An upload's own event gets this long before we look ourselves."""

LOOK_BACK = timedelta(days=7)
"""How far beyond what should be over a run looks that finds no note of an earlier one."""

NOTE_EVERY = 100
"""Objects between two notes of how far the sweep has come."""

OUTCOMES = ("completed", "closed", "deleted", "erased", "examined", "failed")


@dataclass(slots=True)
class Run:
    """One run: the periods it works by, when to stop, and what it did.

    `lifetime` is how long content is awaited, `grace` how long after that everything is left alone: a ticket's life and
    a day at least, since an upload may outlive its URL.
    """

    lifetime: timedelta
    grace: timedelta
    time_left: Callable[[], bool]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    outcomes: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(OUTCOMES, 0)))

    def reconcile(self) -> Counter[str]:
        """Do as much as time allows, and count what was done. Raises DependencyFailed."""
        self._end_what_is_open()
        for folder, days in ((DIRECT, timedelta()), (ANNOUNCED, self.lifetime)):
            self._sweep(folder, days + self.grace)
        return self.outcomes

    def _end_what_is_open(self) -> None:
        """Look at all open work, from the first day that had any left, however long ago the last run was."""
        oldest = (self.now - self.lifetime - self.grace).date() - LOOK_BACK
        noted = catalogue.read_note("open since")
        first = min(oldest, date.fromisoformat(noted)) if noted else oldest
        open_since = oldest
        for day in _days(first, self.now.date()):
            for document_id in catalogue.unfinished(day.isoformat()):
                if not self.time_left():
                    return
                open_since = min(open_since, day)
                self._try_to_end(document_id)
        if open_since.isoformat() != noted:
            catalogue.write_note("open since", open_since.isoformat())

    def _try_to_end(self, document_id: str) -> None:
        """One document must not keep the others waiting, run after run."""
        try:
            self._end(document_id)
        except DependencyFailed:
            raise
        except Exception as error:
            unforeseen(error)
            self.outcomes["failed"] += 1

    def _end(self, document_id: str) -> None:
        document = catalogue.find(document_id)
        if document is None:
            return
        if document.status is Status.DELETED:
            if document.due_at is not None and datetime.fromisoformat(document.due_at) <= self.now:
                self.outcomes["deleted"] += erasure.erase(document, self.lifetime + self.grace, now=self.now)
            return
        announcement = document.announcement
        since = announcement.since if announcement else document.registered_at
        due_at = announcement.due_at if announcement else document.due_at
        if due_at is None or datetime.fromisoformat(since) > self.now - EVENT_DELAY:
            return
        overdue = datetime.fromisoformat(due_at) + self.grace < self.now
        awaited = uploads.awaited(document)
        unfit = vault.written(awaited.object_key) if overdue else []
        if uploads.has_come(document):
            self.outcomes["completed"] += uploads.finish(document)
        elif unfit and vault.described(awaited) is None and vault.written(awaited.object_key):
            raise PermissionError("S3 does not tell of bytes that are there: they stay")
        elif overdue:  # the bytes go before the item, since their day may have been swept already
            vault.remove(unfit)
            self.outcomes["closed"] += catalogue.withdraw(document) if announcement else catalogue.close(document)

    def _sweep(self, folder: str, age: timedelta) -> None:
        """Erase what no item names, from where the last run stopped to the youngest day that is old enough."""
        name = f"sweep {folder}"
        last = (self.now - age).date() - timedelta(days=1)
        position = catalogue.read_note(name) or ""
        first = _day_of(position, folder) or last - LOOK_BACK
        for day in _days(first, last):
            for object_key in vault.keys(f"{folder}/{day}/", after=position):
                if not self.time_left():
                    return
                self._erase_unclaimed(object_key)
                position = object_key
                if self.outcomes["examined"] % NOTE_EVERY == 0:
                    catalogue.write_note(name, position)
            position = f"{folder}/{day}/~"  # after every key of the day
            catalogue.write_note(name, position)

    def _erase_unclaimed(self, object_key: str) -> None:
        self.outcomes["examined"] += 1
        document_id = id_in_key(object_key)
        if document_id and not catalogue.claims(document_id, object_key):
            vault.erase(object_key)
            self.outcomes["erased"] += 1


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=days) for days in range((last - first).days + 1)]


def _day_of(position: str, folder: str) -> date | None:
    return date.fromisoformat(position.split("/")[1]) if position.startswith(f"{folder}/") else None
