"""The bytes of a deleted document go, whatever happens while they do."""

from datetime import timedelta
from itertools import count

import pytest

from changes import (
    GRACE,
    LIFETIME,
    NEW,
    alter,
    announce,
    announced_key,
    complete,
    content_of,
    delete,
    everything_in_s3,
    head_item,
    reconcile,
    replace,
    retitle,
    stored,
    upload_event,
)
from fault_scenarios import awaiting
from interference import contended, failing_at, just_before
from messages import PDF
from moto_store import Store
from okd_dms.erasure import AT_ONCE
from sender import LIFETIME as LIFETIME_SET
from sender import Sender, at_work

TOMBSTONE = {"documentId", "item", "sender", "status", "version", "registeredAt", "changedAt", "changedBy"}


def with_history(store: Store) -> str:
    document_id = stored(store)
    replace(store, document_id)
    announce(store, document_id, b"%PDF-third")
    complete(store, document_id, b"%PDF-third")
    announce(store, document_id, b"%PDF-fourth")
    store.upload(announced_key(store, document_id), b"%PDF-fourth")
    return document_id


def calls_of_a_deletion(store: Store) -> int:
    document_id = with_history(store)
    delete(store, document_id)
    return len(store.calls)


def is_only_a_tombstone(store: Store, document_id: str) -> bool:
    items = [item for item in store.items() if item["documentId"] == document_id]
    return [item.keys() for item in items] == [TOMBSTONE] and everything_in_s3(store) == []


def test_whichever_call_fails_the_document_is_whole_or_gone_and_all_of_it_goes_in_the_end(store: Store) -> None:
    for number in range(calls_of_a_deletion(store)):
        document_id = with_history(store)
        with failing_at(number):
            answer = delete(store, document_id)
        answer.problem(503, "service-unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        if "message" in head_item(store, document_id):
            assert [content_of(store, document_id, n) for n in (1, 2, 3)] == [PDF, NEW, b"%PDF-third"]
            delete(store, document_id)
        assert store.get(document_id).status == 404
        reconcile()
        assert is_only_a_tombstone(store, document_id), number


def test_a_repeat_finishes_a_deletion_that_was_cut_short(store: Store) -> None:
    for number in (3, 6, calls_of_a_deletion(store) - 1):
        document_id = with_history(store)
        with failing_at(number):
            delete(store, document_id).problem(503, "service-unavailable")
        assert not is_only_a_tombstone(store, document_id)
        assert delete(store, document_id).status == 204
        assert is_only_a_tombstone(store, document_id)


def test_what_was_written_long_ago_goes_too(store: Store) -> None:
    document_id = with_history(store)
    for item in store.items():
        for name in {"objectKey", "announcedKey"} & item.keys():
            folder, _, *rest = item[name].split("/")
            item[name] = "/".join([folder, "2026-03-12", *rest])
            store.upload(item[name], b"%PDF-of long ago")
        store.table.put_item(Item=item)
    alter(store, document_id, registeredAt="2026-03-12T09:00:00.000Z")
    delete(store, document_id)
    assert everything_in_s3(store) == []
    reconcile(after=timedelta(days=2))
    assert is_only_a_tombstone(store, document_id)


def test_a_deletion_that_was_cut_short_shows_nothing_of_the_document(store: Store) -> None:
    document_id = with_history(store)
    with failing_at(3):
        delete(store, document_id)
    assert len(everything_in_s3(store)) == 4
    assert [store.get(document_id, query=query).status for query in (None, {"versie": "1"})] == [404, 404]
    replace(store, document_id).problem(404, "document-not-found")


def test_what_names_many_objects_is_gone_at_once_and_erased_by_the_reconciler(store: Store) -> None:
    document_id = stored(store)
    for number in range(AT_ONCE):
        assert replace(store, document_id, f"%PDF-{number}".encode()).status == 204
    assert delete(store, document_id).status == 204
    assert store.get(document_id).status == 404
    assert len(everything_in_s3(store)) == AT_ONCE + 1
    assert delete(store, document_id).status == 204
    assert reconcile()["deleted"] == 1
    assert is_only_a_tombstone(store, document_id)


def test_what_names_few_objects_is_erased_at_once(store: Store) -> None:
    document_id = stored(store)
    for number in range(AT_ONCE - 1):
        replace(store, document_id, f"%PDF-{number}".encode())
    delete(store, document_id)
    assert is_only_a_tombstone(store, document_id)


def test_a_deletion_that_is_done_gives_the_reconciler_no_work(store: Store) -> None:
    delete(store, with_history(store))
    assert reconcile()["deleted"] == 0


@pytest.mark.parametrize("rival", ["content", "correction", "completion"])
def test_a_version_that_lands_meanwhile_goes_too(store: Store, rival: str) -> None:
    document_id = stored(store)
    if rival == "completion":
        announce(store, document_id)
    rivals = {
        "content": lambda: replace(store, document_id, b"%PDF-rival"),
        "correction": lambda: retitle(store, document_id, "Rival"),
        "completion": lambda: complete(store, document_id),
    }
    with just_before("TransactWriteItems", rivals[rival]):
        assert delete(store, document_id).status == 204
    assert head_item(store, document_id)["version"] == 2
    assert is_only_a_tombstone(store, document_id)


def test_an_announcement_that_lands_meanwhile_goes_too(store: Store) -> None:
    document_id = stored(store)
    with just_before("TransactWriteItems", lambda: announce(store, document_id)):
        assert delete(store, document_id).status == 204
    assert is_only_a_tombstone(store, document_id)


def test_a_version_that_lands_meanwhile_fails_the_precondition(store: Store) -> None:
    document_id = stored(store)
    with just_before("TransactWriteItems", lambda: replace(store, document_id)):
        delete(store, document_id, If_Match='"1-opgeslagen"').problem(412, "precondition-failed")
    assert content_of(store, document_id) == NEW


def test_a_deletion_that_never_gets_through_is_to_be_repeated(store: Store) -> None:
    document_id = stored(store)
    with contended("TransactWriteItems"):
        assert delete(store, document_id).status == 204
    document_id = stored(store)
    with contended("TransactWriteItems", times=3):
        answer = delete(store, document_id)
    answer.problem(409, "busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert content_of(store, document_id) == PDF


@pytest.mark.parametrize(
    "moment", ["GetItem", "TransactWriteItems", "ListObjectVersions", "DeleteObject", "UpdateItem"]
)
def test_two_deletions_at_once_both_succeed(store: Store, moment: str) -> None:
    document_id = with_history(store)
    with just_before(moment, lambda: delete(store, document_id)):
        assert delete(store, document_id).status == 204
    assert is_only_a_tombstone(store, document_id)


@pytest.mark.parametrize("moment", ["PutObject", "TransactWriteItems"])
def test_an_update_that_loses_to_a_deletion_brings_nothing_back(store: Store, moment: str) -> None:
    document_id = stored(store)
    with just_before(moment, lambda: delete(store, document_id)):
        replace(store, document_id).problem(409, "busy")
    replace(store, document_id).problem(404, "document-not-found")
    reconcile(after=GRACE + timedelta(days=2))
    assert is_only_a_tombstone(store, document_id)


@pytest.mark.parametrize("accept", ["application/json", "application/pdf"])
def test_a_reader_who_meets_a_deletion_finds_nothing_and_raises_no_alarm(store: Store, accept: str) -> None:
    document_id = stored(store)
    with just_before("GetObject", lambda: delete(store, document_id)):
        store.get(document_id, headers={"Accept": accept}).problem(404, "document-not-found")


def test_an_upload_after_the_deletion_brings_nothing_back_and_goes_with_the_sweep(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    key = announced_key(store, document_id)
    delete(store, document_id)
    store.upload(key, NEW)
    upload_event(store, key)
    assert store.get(document_id).status == 404
    reconcile(after=LIFETIME + GRACE + timedelta(days=2))
    assert is_only_a_tombstone(store, document_id)


def test_an_upload_after_the_deletion_of_a_renewed_delivery_goes_too(store: Store) -> None:
    with at_work(store) as sender:
        document_id = awaiting(sender, "renewed")
        sender.clock.advance(LIFETIME_SET + GRACE)
        assert awaiting(sender, "renewed") == document_id
        sender.clock.advance(LIFETIME_SET + GRACE)
        sender.reconcile()  # sweeps the day of the key, which the renewal has kept
        awaiting(sender, "renewed")
        sender.delete(document_id)
        sender.upload(document_id)
        assert len(everything_in_s3(store)) == 1
        assert sender.settle() == []
        assert is_only_a_tombstone(store, document_id)


def test_a_crash_within_the_deletion_of_a_renewed_delivery_forgets_no_ticket(store: Store) -> None:
    """The day of its key is swept no more, so that nothing but its tombstone remembers it."""
    with at_work(store) as sender:
        crashed = True
        for number in count():
            document_id = completed_after_a_renewal(sender, f"renewed {number}")
            with failing_at(number) as failure:
                sender.delete(document_id)
            crashed = failure.happened
            sender.delete(document_id)
            sender.reconcile()
            sender.upload(document_id)
            assert len(everything_in_s3(store)) == 1
            assert sender.settle() == []
            assert everything_in_s3(store) == [], f"call {number}"
            if not crashed:
                break
        assert number > 5


def completed_after_a_renewal(sender: Sender, reference: str) -> str:
    document_id = awaiting(sender, reference)
    sender.clock.advance(LIFETIME_SET + GRACE)
    awaiting(sender, reference)
    sender.clock.advance(LIFETIME_SET + GRACE)
    sender.reconcile()
    awaiting(sender, reference)
    sender.event(sender.upload(document_id))
    assert sender.read(document_id).json()["status"] == "opgeslagen"
    return document_id


def test_a_writer_in_the_way_of_a_deletion_forgets_no_ticket_either(store: Store) -> None:
    with at_work(store) as sender:
        document_id = completed_after_a_renewal(sender, "renewed")
        with contended("UpdateItem"):
            sender.delete(document_id)
        sender.reconcile()
        sender.upload(document_id)
        assert len(everything_in_s3(store)) == 1
        assert sender.settle() == []
        assert everything_in_s3(store) == []


def test_a_deletion_that_is_cut_short_is_ended_by_the_very_next_run(store: Store) -> None:
    """Also of a renewed delivery, whose tombstone stays open for what may still come."""
    with at_work(store) as sender:
        for number in count():
            document_id = completed_after_a_renewal(sender, f"renewed {number}")
            with failing_at(number) as failure:
                answer = sender.delete(document_id)
            if not failure.happened:
                break
            if store.get(document_id).status == 404:
                sender.reconcile()
                held = [item for item in store.items() if item["documentId"] == document_id]
                assert len(held) == 1, f"call {number}, answered {answer.status}: its history is still there"
