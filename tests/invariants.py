"""The promises of the store, checked on all that it holds: every item of the table, every object version in the bucket.

Made for any AWS, the stand-ins included: it takes boto3 clients and names, and knows nothing of the code under test but
how a message is packed.
`violations` says of one moment what is broken; `ledger.Ledger` adds what clients were answered. Between calls:

    from invariants import Grace, Holdings, violations
    held = Holdings.of(dynamodb, s3, table, bucket)
    assert violations(held) == []

and once the reconciler has run at some moment, a moved one included, also what it may not have left behind:

    assert violations(held, Grace(reconciled_at, lifetime, period)) == []
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from okd_dms import compact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

STORED, AWAITED, DELETED = "opgeslagen", "wacht_op_inhoud", "verwijderd"

TOMBSTONE = {"documentId", "item", "sender", "status", "version", "registeredAt", "changedAt", "changedBy"}
UNFINISHED = {"unfinishedSince", "dueAt"}
ANNOUNCED = {"announcedKey", "announced"}

EVENT_DELAY = timedelta(minutes=15)
"""How long the reconciler leaves an upload to its own event."""

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """One version of one object, or a delete marker, which has no bytes."""

    key: str
    version_id: str
    sha256: str | None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is in the store. Items in plain form: an attribute's value without its type."""

    heads: dict[str, Item]
    versions: dict[str, dict[str, Item]]
    objects: dict[str, list[Held]]
    """Of every key what is there, newest first."""

    @classmethod
    def of(
        cls,
        dynamodb: "DynamoDBClient",
        s3: "S3Client",
        table: str,
        bucket: str,
        known: "dict[str, Held] | None" = None,
    ) -> "Holdings":
        """All of it, read anew. Nothing may be written meanwhile.

        The bytes of an object version never change: who looks often gives the same `known` each time, by version id.
        """
        known = {} if known is None else known
        heads: dict[str, Item] = {}
        versions: dict[str, dict[str, Item]] = defaultdict(dict)
        for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for typed in page["Items"]:
                item: Item = {name: next(iter(value.values())) for name, value in typed.items()}
                if "note" in item:
                    continue
                if item["item"] == "head":
                    heads[item["documentId"]] = item
                else:
                    versions[item["documentId"]][item["item"]] = item
        objects: dict[str, list[Held]] = defaultdict(list)
        for listed in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for entry in listed.get("Versions", []):
                if entry["VersionId"] not in known:
                    known[entry["VersionId"]] = _read(s3, bucket, entry["Key"], entry["VersionId"])
                objects[entry["Key"]].append(known[entry["VersionId"]])
            for marker in listed.get("DeleteMarkers", []):
                objects[marker["Key"]].insert(0, Held(marker["Key"], marker["VersionId"], None))
        return cls(heads, dict(versions), dict(objects))

    def history(self, document_id: str) -> dict[int, Item]:
        """Every version of a document that was not deleted, its head last."""
        found = {int(item["version"]): item for item in self.versions.get(document_id, {}).values()}
        head = self.heads.get(document_id)
        return found | ({int(head["version"]): head} if head and head["status"] != DELETED else {})

    def of_document(self, document_id: str) -> list[Held]:
        """What lies in S3 under keys made for this document; nothing once its deletion is done with."""
        return [one for key, there in self.objects.items() if document_id in key.split("/") for one in there]

    def holds(self, key: str, sha256: str) -> bool:
        """Whether these bytes are what a reader of this key gets."""
        return bool(self.objects.get(key)) and self.objects[key][0].sha256 == sha256


@dataclass(frozen=True, slots=True)
class Grace:
    """The reconciler's last run: when it was, and by which periods it worked."""

    reconciled_at: datetime
    lifetime: timedelta
    period: timedelta


def _read(s3: "S3Client", bucket: str, key: str, version_id: str) -> Held:
    digest, size = hashlib.sha256(), 0
    for chunk in s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"].iter_chunks(2**20):
        digest.update(chunk)
        size += len(chunk)
    return Held(key, version_id, digest.hexdigest(), size)


def violations(held: Holdings, grace: Grace | None = None) -> list[str]:
    """Every broken promise, each naming its document; without `grace` only what holds at any moment."""
    found = [*_documents(held), *_delivery_keys(held), *_strange(held)]
    return [*found, *_left_open(held, grace), *_unclaimed(held, grace)] if grace else found


def message_of(item: Item) -> Any:
    """The metadata message that an item holds."""
    message = item["message"]
    return json.loads(message) if isinstance(message, str) else compact.unpack(bytes(message))


def digest_of(item: Item) -> str:
    """The SHA-256 that a version says its bytes have."""
    return str(message_of(item)["document"]["integriteit"]["waarde"])


def _documents(held: Holdings) -> Iterator[str]:
    for document_id, versions in held.versions.items():
        if document_id not in held.heads:
            yield f"{document_id}: versions {sorted(versions)} without a head"
    for document_id, head in held.heads.items():
        said = _tombstone(held, head) if head["status"] == DELETED else [*_history(held, head), *_open_ends(head)]
        yield from (f"{document_id}: {what}" for what in said)


def _history(held: Holdings, head: Item) -> Iterator[str]:
    """Versions 1, 2, 3 ... without gaps or twins, each with the very bytes that it speaks of."""
    earlier, newest = held.versions.get(head["documentId"], {}), int(head["version"])
    if sorted(earlier) != [f"{number:010d}" for number in range(1, newest)]:
        yield f"the head is version {newest}, before it are {sorted(earlier)}"
    for key, item in [*earlier.items(), ("head", head)]:
        number = int(item["version"])
        if key not in ("head", f"{number:010d}"):
            yield f"version {number} stands under {key}"
        if item["status"] not in (STORED, AWAITED) or (item["status"] == AWAITED and (item is not head or number != 1)):
            yield f"version {number} has status {item['status']}"
        if any(item[same] != head[same] for same in ("sender", "registeredAt")):
            yield f"version {number} has another origin than the head"
        if item["status"] == STORED:
            yield from (f"version {number}: {what}" for what in _bytes(held, item))


def _bytes(held: Holdings, item: Item) -> Iterator[str]:
    key, digest, size = item["objectKey"], digest_of(item), message_of(item)["document"]["bestandsomvang"]
    there = held.objects.get(key, [])
    if item["documentId"] not in key.split("/"):
        yield f"its object {key} was written for another document"
    if not there:
        yield f"its object {key} is gone"
    for one in there:  # a repeat within the client library may write the same bytes once more
        if (one.sha256, one.size) != (digest, size):
            yield f"its object {key} has other bytes than it says: {one}"


def _open_ends(head: Item) -> Iterator[str]:
    """A head is in the index of unfinished work while something is awaited, and only then."""
    given = head.keys()
    announced = ANNOUNCED & given
    if announced and (announced != ANNOUNCED or head["status"] != STORED):
        yield f"it is {head['status']} with half an announcement: {sorted(announced)}"
    expected = UNFINISHED if announced or head["status"] == AWAITED else set()
    if UNFINISHED & given != expected:
        yield f"it is {head['status']}, announced {sorted(announced)}, and unfinished by {sorted(UNFINISHED & given)}"


def _tombstone(held: Holdings, head: Item) -> Iterator[str]:
    """Nothing personal; while the work on it lasts it says so, and after that nothing of the content is left."""
    unfinished = UNFINISHED & head.keys()
    if surplus := head.keys() - TOMBSTONE - UNFINISHED - {"announcedKey"}:
        yield f"its tombstone keeps {sorted(surplus)}"
    if missing := TOMBSTONE - head.keys():
        yield f"its tombstone lacks {sorted(missing)}"
    if unfinished == UNFINISHED:
        return
    if unfinished or "announcedKey" in head:
        yield f"its tombstone is half finished: {sorted(head)}"
    if earlier := held.versions.get(head["documentId"]):
        yield f"its tombstone is finished and the history is not gone: {sorted(earlier)}"


def _delivery_keys(held: Holdings) -> Iterator[str]:
    """One item per reference of a sender; a tombstone no longer says which it had."""
    keys = Counter(
        (head["sender"], document["bronorganisatie"], document["identificatie"])
        for head in held.heads.values()
        if head["status"] != DELETED and "identificatie" in (document := message_of(head)["document"])
    )
    yield from (f"{times} documents of delivery key {key}" for key, times in keys.items() if times > 1)


def _strange(held: Holdings) -> Iterator[str]:
    for key, there in held.objects.items():
        steps = key.split("/")
        if len(steps) != 4 or steps[0] not in ("direct", "aangekondigd"):
            yield f"object {key} is none of ours"
        if any(one.sha256 is None for one in there):
            yield f"object {key} has a delete marker"


def _left_open(held: Holdings, grace: Grace) -> Iterator[str]:
    """After its life and the grace period no announcement is open, nor one whose bytes came, nor a deletion."""
    for document_id, head in held.heads.items():
        if not UNFINISHED & head.keys():
            continue
        if head["status"] == DELETED:
            if datetime.fromisoformat(head["dueAt"]) < grace.reconciled_at:
                yield f"{document_id}: its deletion has not ended"
            continue
        if datetime.fromisoformat(head["dueAt"]) + grace.period < grace.reconciled_at:
            yield f"{document_id}: what it awaits was due at {head['dueAt']}"
        since, key, digest = _awaited(head)
        if datetime.fromisoformat(since) < grace.reconciled_at - EVENT_DELAY and held.holds(key, digest):
            yield f"{document_id}: the bytes that it awaits are there, under {key}"


def _awaited(head: Item) -> tuple[str, str, str]:
    """Since when which object with which SHA-256 is awaited."""
    if "announced" in head:
        announced = json.loads(head["announced"])
        return announced["since"], head["announcedKey"], announced["content"]["integriteit"]["waarde"]
    return head["registeredAt"], head["objectKey"], digest_of(head)


def _unclaimed(held: Holdings, grace: Grace) -> Iterator[str]:
    """No object that no item names, once its day is past the grace period; a deleted document claims nothing."""
    claimed = {
        item[name]
        for items in (held.heads.values(), *(versions.values() for versions in held.versions.values()))
        for item in items
        if held.heads.get(item["documentId"], {"status": DELETED})["status"] != DELETED
        for name in ("objectKey", "announcedKey")
        if name in item
    }
    ages = {"direct": grace.period, "aangekondigd": grace.lifetime + grace.period}
    for key in held.objects.keys() - claimed:
        folder, day, *_ = key.split("/")
        swept = (grace.reconciled_at - ages.get(folder, timedelta())).date() - timedelta(days=1)
        if day <= swept.isoformat():
            yield f"object {key} is named by no item"
