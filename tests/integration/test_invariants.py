"""The checker of the store's promises finds nothing in a healthy store, and everything that is broken by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from changes import GRACE, LIFETIME, NEW, alter, announce, complete, delete, head_item, reconcile, replace, stored
from invariants import Grace, violations
from ledger import Ledger
from messages import PDF, announcing, result, with_content
from moto_store import BUCKET, Store

LATER = timedelta(days=12)


def a_full_store(store: Store) -> dict[str, str]:
    """A document in each state that lasts, by its state."""
    versions = stored(store, result(identificatie="a-1"))
    replace(store, versions)
    announced = stored(store, content=PDF + b"first")
    announce(store, announced)
    gone = stored(store)
    replace(store, gone)
    delete(store, gone)
    awaited = str(store.post_json(announcing(result(identificatie="a-2"))).json()["documentId"])
    return {"versions": versions, "announced": announced, "gone": gone, "awaited": awaited}


def test_a_healthy_store_breaks_no_promise(store: Store) -> None:
    a_full_store(store)
    assert violations(store.held()) == []
    assert violations(store.held(), Grace(datetime.now(UTC), LIFETIME, GRACE)) == []
    reconcile(LATER)
    assert violations(store.held(), Grace(datetime.now(UTC) + LATER, LIFETIME, GRACE)) == []


def item_without(name: str) -> Callable[[Store, str], None]:
    return lambda store, document_id: store.table.put_item(
        Item={key: value for key, value in head_item(store, document_id).items() if key != name}
    )


def with_attribute(**attributes: str) -> Callable[[Store, str], None]:
    return lambda store, document_id: alter(store, document_id, **attributes)


def without_version(store: Store, document_id: str) -> None:
    store.table.delete_item(Key={"documentId": document_id, "item": "0000000001"})


def without_head(store: Store, document_id: str) -> None:
    store.table.delete_item(Key={"documentId": document_id, "item": "head"})


def twin(store: Store, document_id: str) -> None:
    store.table.put_item(Item=head_item(store, document_id) | {"item": "0000000002"})


def history_again(store: Store, document_id: str) -> None:
    store.table.put_item(Item=head_item(store, document_id) | {"item": "0000000001"})


def double(store: Store, document_id: str) -> None:
    other = "11111111-0000-4000-8000-000000000000"
    key = f"direct/2026-03-12/{other}/00"
    store.upload(key, PDF)
    store.table.put_item(Item=head_item(store, document_id) | {"documentId": other, "version": 1, "objectKey": key})


def marked(store: Store, document_id: str) -> None:
    store.s3.delete_object(Bucket=BUCKET, Key=head_item(store, document_id)["objectKey"])


def erased(store: Store, document_id: str) -> None:
    key = head_item(store, document_id)["objectKey"]
    for entry in store.s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]:
        store.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=entry["VersionId"])


def other_bytes(store: Store, document_id: str) -> None:
    store.upload(head_item(store, document_id)["objectKey"], b"other")


def stray(store: Store, _document_id: str) -> None:
    store.upload("somewhere/else", b"x")


BREAKAGES: dict[str, tuple[str, Callable[[Store, str], Any], str]] = {
    "a version is gone": ("versions", without_version, "the head is version 2, before it are []"),
    "a head is gone": ("versions", without_head, "without a head"),
    "a version stands there twice": ("versions", twin, "before it are ['0000000001', '0000000002']"),
    "bytes are gone": ("versions", erased, "is gone"),
    "bytes were changed": ("versions", other_bytes, "has other bytes"),
    "bytes were removed": ("versions", marked, "has a delete marker"),
    "two documents of one key": ("versions", double, "2 documents of delivery key"),
    "the sender changed": ("versions", with_attribute(sender="x"), "has another origin"),
    "an earlier status": ("versions", with_attribute(status="wacht_op_inhoud"), "has status wacht_op_inhoud"),
    "another's object": ("announced", with_attribute(objectKey="direct/2026-03-12/x/1"), "for another document"),
    "half an announcement": ("announced", item_without("announced"), "half an announcement"),
    "an announcement out of sight": ("announced", item_without("unfinishedSince"), "unfinished by ['dueAt']"),
    "unfinished for no reason": ("versions", with_attribute(dueAt="2027-01-01T00:00:00Z"), "unfinished by ['dueAt']"),
    "a tombstone that tells": ("gone", with_attribute(message="{}"), "its tombstone keeps ['message']"),
    "a tombstone that lost something": ("gone", item_without("changedBy"), "its tombstone lacks ['changedBy']"),
    "half a tombstone": ("gone", with_attribute(announcedKey="aangekondigd/2026-03-12/x/1"), "half finished"),
    "a history that stays": ("gone", history_again, "the history is not gone"),
    "a stray object": ("versions", stray, "none of ours"),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_what_is_broken_by_hand_is_found(store: Store, breakage: str) -> None:
    state, breaks, found = BREAKAGES[breakage]
    breaks(store, a_full_store(store)[state])
    assert any(found in violation for violation in violations(store.held())), violations(store.held())


def awaited_bytes(store: Store) -> str:
    document_id = a_full_store(store)["announced"]
    store.upload(head_item(store, document_id)["announcedKey"], NEW)
    return "the bytes that it awaits are there"


def repeated(store: Store) -> str:
    for _ in range(2):
        store.post_json(with_content(result(identificatie="a-9")))
    return "is named by no item"


def cut_short(store: Store) -> str:
    alter(store, a_full_store(store)["gone"], unfinishedSince="2026-03-12", dueAt="2026-03-12T00:00:00Z")
    return "its deletion has not ended"


def overdue(store: Store) -> str:
    a_full_store(store)
    return "what it awaits was due at"


@pytest.mark.parametrize("leave", [awaited_bytes, repeated, cut_short, overdue])
def test_what_a_reconciler_would_have_brought_to_an_end_is_found(store: Store, leave: Callable[[Store], str]) -> None:
    found = leave(store)
    assert violations(store.held()) == []
    assert any(found in one for one in violations(store.held(), Grace(datetime.now(UTC) + LATER, LIFETIME, GRACE)))


def test_what_is_within_its_grace_period_is_no_violation(store: Store) -> None:
    repeated(store)
    overdue(store)
    for later in (timedelta(minutes=5), GRACE - timedelta(minutes=5)):
        assert violations(store.held(), Grace(datetime.now(UTC) + later, LIFETIME, GRACE)) == []


def test_the_ledger_finds_every_acknowledged_version_again(store: Store) -> None:
    ledger, document_id = Ledger(), stored(store, result(identificatie="a-1"))
    replace(store, document_id)
    ledger.delivered(document_id, "a-1")
    ledger.stored(document_id, 1, PDF, result(identificatie="a-1"))
    ledger.stored(document_id, 2, NEW)
    assert ledger.broken(store.held()) + ledger.not_in_force(store.held()) == []


def lost_document(store: Store, ledger: Ledger) -> str:
    document_id = stored(store)
    ledger.stored(document_id, 1, PDF)
    without_head(store, document_id)
    return "version 1 was acknowledged, and is gone"


def lost_version(store: Store, ledger: Ledger) -> str:
    ledger.stored(stored(store), 2, PDF)
    return "version 2 was acknowledged, and is gone"


def wrong_bytes(store: Store, ledger: Ledger) -> str:
    ledger.stored(stored(store), 1, NEW)
    return "has other bytes than were acknowledged"


def wrong_metadata(store: Store, ledger: Ledger) -> str:
    ledger.stored(stored(store), 1, PDF, result(titel="Anders"))
    return "has other metadata"


def member_too_many(store: Store, ledger: Ledger) -> str:
    ledger.stored(stored(store), 1, PDF, {name: value for name, value in result().items() if name != "student"})
    return "has other metadata"


def still_there(store: Store, ledger: Ledger) -> str:
    ledger.deletion_answered(stored(store))
    return "its deletion was acknowledged"


def deleted_by_nobody(store: Store, _ledger: Ledger) -> str:
    delete(store, stored(store))
    return "nobody deleted it"


def two_for_one_key(store: Store, ledger: Ledger) -> str:
    for _ in range(2):
        ledger.delivered(stored(store), "a-1")
    return "delivery key a-1 was answered"


def told_otherwise(store: Store, ledger: Ledger) -> str:
    document_id = stored(store)
    ledger.stored(document_id, 1, PDF)
    ledger.stored(document_id, 1, NEW)
    return "and then as"


def upload_for_nothing(store: Store, ledger: Ledger) -> str:
    document_id = stored(store)
    announce(store, document_id)
    ledger.uploaded(document_id, NEW)
    assert ledger.broken(store.held()) == []
    return "became no version"


@pytest.mark.parametrize(
    "break_promise",
    [
        lost_document,
        lost_version,
        wrong_bytes,
        wrong_metadata,
        member_too_many,
        still_there,
        deleted_by_nobody,
        two_for_one_key,
        told_otherwise,
        upload_for_nothing,
    ],
)
def test_a_promise_that_was_broken_by_hand_is_found(
    store: Store, break_promise: Callable[[Store, Ledger], str]
) -> None:
    ledger = Ledger()
    found = break_promise(store, ledger)
    broken = ledger.broken(store.held()) + ledger.not_in_force(store.held())
    assert any(found in one for one in broken), broken


def test_a_deletion_without_an_answer_may_have_happened_or_not(store: Store) -> None:
    ledger = Ledger()
    for document_id in (stored(store), stored(store)):
        ledger.stored(document_id, 1, PDF)
        ledger.uploaded(document_id, PDF)
        ledger.deleting(document_id)
    delete(store, document_id)
    assert ledger.broken(store.held()) + ledger.not_in_force(store.held()) == []


def test_an_upload_that_came_into_force_is_found_again(store: Store) -> None:
    ledger, document_id = Ledger(), stored(store)
    announce(store, document_id)
    ledger.uploaded(document_id, NEW)
    complete(store, document_id)
    assert ledger.broken(store.held()) + ledger.not_in_force(store.held()) == []
