"""When AWS fails an update half-way the old version is whole, or the new one is, and a repeat brings it about."""

from collections.abc import Callable

import pytest

from changes import (
    NEW,
    announce,
    announced_key,
    complete,
    content_of,
    correct,
    page,
    replace,
    retitle,
    stored,
    upload_event,
)
from interference import failing_at
from messages import PDF, result
from moto_store import Answer, Store
from okd_dms.errors import DependencyFailed
from outages import answer_lost

UPDATES: dict[str, tuple[int, Callable[..., Answer]]] = {
    "bytes": (3, replace),
    "correction": (2, lambda store, document_id: correct(store, document_id, {"document": {"titel": "Anders"}})),
    "announcement": (2, announce),
}
"""Of each kind the number of its calls to AWS, and how it is made."""


@pytest.mark.parametrize("kind", UPDATES)
def test_an_update_that_aws_fails_is_answered_503_and_changes_nothing(store: Store, kind: str) -> None:
    calls, update = UPDATES[kind]
    document_id = stored(store, result(identificatie="a-1"))
    before = store.items()
    for number in range(calls):
        with failing_at(number):
            answer = update(store, document_id)
        answer.problem(503, "service-unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert store.items() == before
        assert content_of(store, document_id) == PDF
    assert update(store, document_id).status in (200, 202, 204)


def test_a_completion_that_aws_fails_is_tried_again_and_shows_the_old_version_until_then(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    for number in range(4):
        with failing_at(number), pytest.raises(DependencyFailed):
            complete(store, document_id)
        assert content_of(store, document_id) == PDF
    upload_event(store, announced_key(store, document_id))
    assert content_of(store, document_id) == NEW


def test_an_update_that_aws_fails_after_it_completed_the_upload_leaves_that_version_whole(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    with failing_at(4):
        retitle(store, document_id, "Anders").problem(503, "service-unavailable")
    assert store.calls == ["GetItem", "HeadObject", "GetObject", "TransactWriteItems"]
    assert [content_of(store, document_id, n) for n in (1, 2)] == [PDF, NEW]
    retitle(store, document_id, "Anders")
    assert [entry["versie"] for entry in page(store, document_id).json()["versies"]] == [3, 2, 1]


@pytest.mark.parametrize("tag", ["*", '"1-opgeslagen"'])
def test_an_announcement_whose_answer_was_lost_on_the_way_is_answered_with_its_ticket(store: Store, tag: str) -> None:
    document_id = stored(store)
    with answer_lost("UpdateItem"):
        answer = announce(store, document_id, If_Match=tag)
    assert answer.status == 202
    assert announced_key(store, document_id) in answer.json()["upload"]["url"]
