"""How documents spread over the partitions of DynamoDB, by the keys that the code really makes. Nothing is stored.

    python scripts/partitions.py [--documents 10000000] [--schools 50]

Each school has years of documents and one hot day: a twentieth of all its documents, and on it one sitting that a
thousand students take at once. A partition takes 1,000 write units a second; the stage lets its rate of calls through.
"""

import argparse
import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import template
from okd_dms import items
from okd_dms.document import document_id

PARTITIONS = 16
"""More than 10 GB and 4,000 units a second make of one table, and so the stricter question."""

PARTITION_WRITE_UNITS = 1000
"""A second, of one partition and so of one key."""

HOT_DAY = date(2026, 5, 12)
HOT_SHARE, HOT_SITTING = 0.05, 1000
STUDENTS_PER_SITTING, DOCUMENTS_PER_STUDENT, EXAM_DAYS = 25, 40, 1000


@dataclass(frozen=True, slots=True)
class Document:
    """What decides the keys of one document."""

    id: str
    day: date
    indexes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Spread:
    """One access path: its keys, how evenly they fill the partitions, and how hot the hottest key gets."""

    path: str
    keys: int
    fullest: float
    """Documents of the fullest partition, as a multiple of the mean."""
    hottest: int
    """Most documents under one key."""
    peak_units: int
    """Write units a second of the hottest key, when the stage admits nothing but documents under it."""

    @property
    def headroom(self) -> float:
        return PARTITION_WRITE_UNITS / self.peak_units


def school(number: int, documents: int) -> Iterator[Document]:
    """A school's documents, the same on every run."""
    chance = random.Random(number)  # noqa: S311 - no secret
    every, sittings = int(1 / HOT_SHARE), max(1, documents // STUDENTS_PER_SITTING)
    for n in range(documents):
        if n % DOCUMENTS_PER_STUDENT == 0:
            student = {"personId": _id("person", number, n), "studentnummer": f"{number:02}{n:06}"}
            enrolment = {"associationId": _id("association", number, n)}
        sitting, in_hot_day = chance.randrange(sittings), n % every == 0
        if in_hot_day and n // every < HOT_SITTING:
            sitting = -1
        message: dict[str, Any] = {
            "student": student,
            "verbintenis": enrolment,
            "afnamemoment": {"offeringId": _id("offering", number, sitting)},
            "toets": {"code": "K1"},
        }
        day = HOT_DAY if in_hot_day else HOT_DAY - timedelta(days=1 + sitting % EXAM_DAYS)
        yield Document(document_id("-", f"{number:02}LX", f"EX-{n}", None), day, items.index_keys(message))


def _id(what: str, school: int, number: int) -> str:
    return hashlib.blake2b(f"{what} {school} {number}".encode(), digest_size=16).hexdigest()


def _partition(key: str) -> int:
    """DynamoDB hashes keys by a function of its own; any good one spreads them alike."""
    return hashlib.blake2b(key.encode(), digest_size=2).digest()[0] % PARTITIONS


def simulate(documents: int, schools: int) -> list[Spread]:
    """Every access path of one school's table, the worst school's; they are all alike."""
    worst: dict[str, Spread] = {}
    for number in range(schools):
        for spread in _of_a_table(school(number, documents // schools)):
            known = worst.get(spread.path)
            if known is None or (spread.fullest, spread.hottest) > (known.fullest, known.hottest):
                worst[spread.path] = spread
    return list(worst.values())


def _of_a_table(documents: Iterator[Document]) -> Iterator[Spread]:
    counted: dict[str, Counter[str]] = {"documentId": Counter()}
    for document in documents:
        counted["documentId"][document.id] += 1
        for name, key in {**document.indexes, "unfinishedSince": str(document.day)}.items():
            counted.setdefault(name, Counter())[key] += 1
    rate = int(template.default("ThrottlingRateLimit"))
    for path, keys in counted.items():
        filled = Counter[int]()
        for key, number in keys.items():
            filled[_partition(key)] += number
        fullest = max(filled.values()) / (filled.total() / PARTITIONS)
        hottest = max(keys.values())
        # A document goes into the index of unfinished work and out of it again; into every other index once.
        units = 2 if path == "unfinishedSince" else 1
        yield Spread(path, len(keys), fullest, hottest, units * min(rate, hottest))


def table(spreads: list[Spread]) -> str:
    """As Markdown."""
    head = (
        f"| key | keys of a school | fullest of {PARTITIONS} partitions, × mean | documents of the hottest key"
        " | its write units a second, at most | below the limit by |\n| --- | --: | --: | --: | --: | --: |\n"
    )
    return head + "".join(
        f"| `{s.path}` | {s.keys:,} | {s.fullest:.2f} | {s.hottest:,} | {s.peak_units} | {s.headroom:.0f} × |\n"
        for s in spreads
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=10**7)
    parser.add_argument("--schools", type=int, default=50)
    arguments = parser.parse_args()
    print(table(simulate(arguments.documents, arguments.schools)), end="")


if __name__ == "__main__":
    main()
