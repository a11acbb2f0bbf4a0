"""An announced update comes to its end by its event, the next update or the reconciler, whichever is first."""

from datetime import timedelta

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
    let_it_expire,
    page,
    reconcile,
    replace,
    retitle,
    stored,
    upload_event,
)
from interference import contended, just_before
from messages import PDF
from moto_store import Store
from okd_dms.errors import Busy, UploadUnfit

UNFINISHED = {"announcedKey", "announced", "unfinishedSince", "dueAt"}


def numbers(store: Store, document_id: str) -> list[int]:
    return [version["versie"] for version in page(store, document_id).json()["versies"]]


def test_an_event_that_comes_twice_makes_one_version(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    key = complete(store, document_id)
    upload_event(store, key)
    assert numbers(store, document_id) == [2, 1]


def test_an_event_that_comes_after_the_next_update_changes_nothing(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    key = announced_key(store, document_id)
    store.upload(key, NEW)
    retitle(store, document_id, "Anders")
    before = store.items()
    upload_event(store, key)
    assert store.items() == before
    assert numbers(store, document_id) == [3, 2, 1]


def test_events_out_of_order_bring_back_no_older_content(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    first = complete(store, document_id)
    announce(store, document_id, b"%PDF-third")
    second = complete(store, document_id, b"%PDF-third")
    for key in (second, first, second):
        upload_event(store, key)
    assert numbers(store, document_id) == [3, 2, 1]
    assert content_of(store, document_id) == b"%PDF-third"


def test_an_event_of_an_announcement_that_was_replaced_completes_nothing(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    replaced = announced_key(store, document_id)
    let_it_expire(store, document_id)
    announce(store, document_id)
    store.upload(replaced, NEW)
    upload_event(store, replaced)
    assert numbers(store, document_id) == [1]
    assert announced_key(store, document_id) != replaced


def test_an_event_whose_object_is_not_there_is_tried_again_later(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    key = announced_key(store, document_id)
    with pytest.raises(UploadUnfit):
        upload_event(store, key)
    store.upload(key, NEW)
    upload_event(store, key)
    assert content_of(store, document_id) == NEW


def test_an_event_after_the_deletion_brings_nothing_back(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    key = announced_key(store, document_id)
    store.upload(key, NEW)
    delete(store, document_id)
    upload_event(store, key)
    assert store.get(document_id).status == 404
    assert everything_in_s3(store) == []


def test_an_event_that_met_another_write_of_the_same_moment_is_tried_again(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    with contended("TransactWriteItems"), pytest.raises(Busy):
        complete(store, document_id)
    upload_event(store, announced_key(store, document_id))
    assert content_of(store, document_id) == NEW


def test_an_event_that_comes_while_an_update_completes_the_same_is_done(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    with just_before("TransactWriteItems", lambda: retitle(store, document_id, "Anders")):
        complete(store, document_id)
    assert numbers(store, document_id) == [3, 2, 1]


def test_the_reconciler_makes_up_for_a_lost_event(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    assert reconcile(after=timedelta(minutes=14))["completed"] == 0
    assert reconcile(after=timedelta(minutes=16))["completed"] == 1
    assert [content_of(store, document_id, n) for n in (1, 2)] == [PDF, NEW]


def test_the_reconciler_leaves_what_just_came_to_its_event_however_old_the_document_is(store: Store) -> None:
    document_id = stored(store)
    alter(store, document_id, registeredAt="2026-03-12T09:00:00.000Z")
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    assert reconcile()["completed"] == 0


def test_an_abandoned_update_disappears_after_its_grace_period(store: Store) -> None:
    document_id = stored(store)
    before = head_item(store, document_id)
    announce(store, document_id)
    assert reconcile(after=LIFETIME + GRACE - timedelta(minutes=1))["closed"] == 0
    assert head_item(store, document_id).keys() >= UNFINISHED
    assert reconcile(after=LIFETIME + GRACE + timedelta(minutes=1))["closed"] == 1
    assert head_item(store, document_id) == before
    assert replace(store, document_id).status == 204


def test_bytes_that_came_at_the_last_moment_are_not_lost(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    outcomes = reconcile(after=LIFETIME + GRACE + timedelta(minutes=1))
    assert (outcomes["completed"], outcomes["closed"]) == (1, 0)
    assert content_of(store, document_id) == NEW


def test_overdue_bytes_that_are_there_are_completed_before_the_next_update(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    let_it_expire(store, document_id)
    retitle(store, document_id, "Anders")
    assert numbers(store, document_id) == [3, 2, 1]


def test_what_was_uploaded_for_an_abandoned_update_goes_and_what_is_in_force_stays(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), b"not what was announced")
    reconcile(after=LIFETIME + GRACE + timedelta(days=2))
    assert everything_in_s3(store) == [head_item(store, document_id)["objectKey"]]
    assert content_of(store, document_id) == PDF


def test_the_bytes_of_every_version_outlive_the_sweep(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id)
    announce(store, document_id, b"%PDF-third")
    complete(store, document_id, b"%PDF-third")
    retitle(store, document_id, "Anders")
    assert reconcile(after=timedelta(days=30))["erased"] == 0
    assert [content_of(store, document_id, n) for n in (1, 2, 3, 4)] == [PDF, NEW, b"%PDF-third", b"%PDF-third"]
