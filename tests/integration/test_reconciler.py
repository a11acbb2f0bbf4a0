"""What crashes, lost events and broken promises leave behind comes to an end, and nothing else does."""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import template
from changes import alter
from interference import failing_at, just_before
from messages import PDF, result, with_content
from moto_store import BUCKET, TABLE, Store, handler
from okd_dms import reconciler
from okd_dms.errors import DependencyFailed
from okd_dms.log import logger
from okd_dms.reconciler import Run
from outages import failing, refusal

LIFETIME, GRACE = timedelta(days=7), timedelta(hours=25)


@pytest.fixture
def environment(store: Store) -> Iterator[None]:  # noqa: ARG001 - the store must be there
    with pytest.MonkeyPatch.context() as patch:
        for key, value in template.environment("ReconcileFunction", Table=TABLE, Bucket=BUCKET).items():
            patch.setenv(key, value)
        yield


pytestmark = pytest.mark.usefixtures("environment")


def run(after: timedelta = timedelta(), time_left: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """A run that takes place `after` now, and what it did."""
    return Run(LIFETIME, GRACE, time_left, now=datetime.now(UTC) + after).reconcile()


def announce(store: Store, content: bytes = PDF, **document: Any) -> dict[str, Any]:
    integrity = {"algoritme": "sha_256", "waarde": hashlib.sha256(content).hexdigest()}
    answer = store.post_json(result(bestandsomvang=len(content), integriteit=integrity, **document))
    assert answer.status == 202
    return dict(answer.json())


def upload(store: Store, content: bytes = PDF) -> None:
    """Put the bytes where the only open announcement wants them, as its ticket would."""
    (key,) = [item["objectKey"] for item in store.items() if item.get("status") == "wacht_op_inhoud"]
    store.s3.put_object(Bucket=BUCKET, Key=key, Body=content, ContentType="application/pdf", ChecksumAlgorithm="SHA256")


def documents(store: Store) -> list[dict[str, Any]]:
    return [item for item in store.items() if "status" in item]


def versions(store: Store) -> list[str]:
    found = store.s3.list_object_versions(Bucket=BUCKET)
    return [entry["Key"] for entry in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]]


def test_a_completion_whose_event_was_lost_is_made_up_for(store: Store) -> None:
    announced = announce(store)
    upload(store)
    assert run(after=timedelta(hours=1))["completed"] == 1
    (item,) = documents(store)
    assert item["status"] == "opgeslagen"
    assert "unfinishedSince" not in item
    assert store.get(announced["documentId"], headers={"Accept": "application/pdf"}).body == PDF


def test_an_upload_that_just_came_is_left_to_its_event(store: Store) -> None:
    announce(store)
    upload(store)
    assert run()["completed"] == 0


def test_an_announcement_stays_open_until_its_grace_period_is_over(store: Store) -> None:
    announce(store)
    assert run(after=LIFETIME + GRACE - timedelta(minutes=1))["closed"] == 0
    assert len(documents(store)) == 1


def test_an_announcement_that_came_to_nothing_is_closed(store: Store) -> None:
    announced = announce(store)
    assert run(after=LIFETIME + GRACE + timedelta(minutes=1))["closed"] == 1
    assert documents(store) == []
    assert store.get(announced["documentId"]).status == 404


def test_bytes_that_came_at_the_last_moment_keep_an_announcement_from_being_closed(store: Store) -> None:
    announced = announce(store)
    upload(store)
    outcomes = run(after=LIFETIME + GRACE + timedelta(minutes=1))
    assert (outcomes["completed"], outcomes["closed"]) == (1, 0)
    assert store.get(announced["documentId"]).json()["status"] == "opgeslagen"


def test_bytes_other_than_announced_are_not_taken_and_go_in_the_end(store: Store) -> None:
    announce(store)
    upload(store, b"something else")
    assert run(after=timedelta(hours=1))["completed"] == 0
    assert run(after=LIFETIME + GRACE + timedelta(minutes=1))["closed"] == 1
    assert versions(store) == []


@pytest.mark.parametrize("pause", [timedelta(days=20), timedelta(days=200)])
def test_a_long_pause_of_the_schedule_leaves_no_announcement_open(store: Store, pause: timedelta) -> None:
    run()
    announced = announce(store)
    assert run(after=pause)["closed"] == 1
    assert store.get(announced["documentId"]).status == 404


def test_announcements_outlast_a_change_of_their_life(store: Store) -> None:
    announced = announce(store)
    shorter = timedelta(hours=25)
    for days in range(1, 15):
        Run(shorter, GRACE, lambda: True, now=datetime.now(UTC) + timedelta(days=days)).reconcile()
    assert store.get(announced["documentId"]).status == 404


def test_a_run_that_is_out_of_time_keeps_open_work_in_view(store: Store) -> None:
    run()
    announced = announce(store)
    later = LIFETIME + GRACE + timedelta(days=30)
    assert run(after=later, time_left=lambda: False)["closed"] == 0
    assert run(after=later)["closed"] == 1
    assert store.get(announced["documentId"]).status == 404


def test_a_delivery_that_is_renewed_while_it_is_being_closed_keeps_its_ticket(store: Store) -> None:
    announced = announce(store, identificatie="a-1")
    alter(store, announced["documentId"], dueAt="2026-03-12T00:00:00.000Z")
    with just_before("DeleteItem", lambda: announce(store, identificatie="a-1")):
        assert run(after=timedelta(hours=1))["closed"] == 0
    upload(store)
    assert run(after=timedelta(hours=1))["completed"] == 1
    assert store.get(announced["documentId"], headers={"Accept": "application/pdf"}).body == PDF


def test_unfit_bytes_of_a_renewed_delivery_go_even_if_the_run_that_closes_it_dies(store: Store) -> None:
    announced = announce(store)
    (item,) = documents(store)
    key = f"aangekondigd/2026-03-12/{announced['documentId']}/0"
    store.table.put_item(Item=item | {"objectKey": key, "dueAt": "2026-03-20T00:00:00.000Z"})
    store.upload(key, b"something else")
    for number in range(40):
        with failing_at(number) as fault, suppress(DependencyFailed):
            run(after=timedelta(hours=1))
        if not fault.happened:
            break
    assert (documents(store), versions(store)) == ([], [])


def test_the_delivery_key_of_a_closed_announcement_is_free_again(store: Store) -> None:
    announced = announce(store, identificatie="a-1")
    run(after=LIFETIME + GRACE + timedelta(minutes=1))
    again = store.post_json(with_content(result(identificatie="a-1")))
    assert (again.status, again.json()["documentId"]) == (200, announced["documentId"])


def test_an_object_that_no_item_names_is_erased_with_all_its_versions(store: Store) -> None:
    store.post_json(with_content(result(identificatie="a-1")))
    store.post_json(with_content(result(identificatie="a-1")))
    assert len(store.objects()) == 2
    assert run(after=GRACE + timedelta(days=2))["erased"] == 1
    (item,) = documents(store)
    assert versions(store) == [item["objectKey"]]


def test_nothing_is_erased_within_the_grace_period(store: Store) -> None:
    store.post_json(with_content(result(identificatie="a-1")))
    store.post_json(with_content(result(identificatie="a-1")))
    assert run(after=GRACE - timedelta(hours=1))["erased"] == 0
    assert len(store.objects()) == 2


def test_what_documents_name_is_never_erased(store: Store) -> None:
    for _ in range(5):
        store.post_json(with_content(result()))
    before = sorted(versions(store))
    outcomes = run(after=timedelta(days=60))
    assert (outcomes["erased"], sorted(versions(store))) == (0, before)


def test_a_run_that_is_out_of_time_stops_and_the_next_goes_on_where_it_stopped(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "NOTE_EVERY", 1)
    for _ in range(6):
        store.s3.put_object(Bucket=BUCKET, Key=_stray_key(), Body=b"stray")
    ticks = iter([True] * 4 + [False] * 100)
    assert run(after=timedelta(days=3), time_left=lambda: next(ticks))["erased"] == 4
    following = run(after=timedelta(days=3))
    assert (following["examined"], following["erased"]) == (2, 2)
    assert versions(store) == []


def test_a_day_is_swept_once(store: Store) -> None:
    store.post_json(with_content(result()))
    assert run(after=timedelta(days=3))["examined"] == 1
    assert run(after=timedelta(days=3))["examined"] == 0
    assert run(after=timedelta(days=4))["examined"] == 0


def test_one_document_that_fails_does_not_keep_the_others_waiting(store: Store) -> None:
    announce(store, identificatie="a-1")
    (broken,) = documents(store)
    store.table.put_item(Item=broken | {"message": "{"})
    store.post_json(with_content(result()))
    other = announce(store, identificatie="a-2")
    outcomes = run(after=LIFETIME + GRACE + timedelta(minutes=1))
    assert (outcomes["failed"], outcomes["closed"]) == (1, 1)
    assert store.get(other["documentId"]).status == 404


def test_a_failing_dependency_ends_the_run_with_an_error(store: Store) -> None:
    announce(store)
    store.table.delete()
    with pytest.raises(DependencyFailed):
        run()


def test_the_scheduled_function_runs_by_the_periods_of_the_template(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    announce(store)

    class Context:
        @staticmethod
        def get_remaining_time_in_millis() -> int:
            return 300_000

    handler("ReconcileFunction")({"id": "3f6c1ab0-0c4e-4a3b-9f5e-1de1f0b5a001"}, Context())
    line = logger.registered_formatter.format(caplog.records[-1])
    assert '"message":"reconciled"' in line
    for outcome in reconciler.OUTCOMES:
        assert f'"{outcome}":0' in line


def _stray_key() -> str:
    return f"direct/{datetime.now(UTC):%Y-%m-%d}/{uuid.uuid4()}/{secrets.token_hex(8)}"


def test_bytes_that_s3_does_not_tell_of_are_not_erased(store: Store) -> None:
    """A HEAD is refused for an object that is absent, but also for one whose key the role may not use."""
    announce(store)
    upload(store)
    before = versions(store)

    with failing("HeadObject", refusal("403", 403, "HeadObject")):
        outcomes = run(after=LIFETIME + GRACE + timedelta(hours=1))
    assert (outcomes["failed"], outcomes["closed"]) == (1, 0)
    assert versions(store) == before
    assert run(after=LIFETIME + GRACE + timedelta(hours=1))["completed"] == 1
