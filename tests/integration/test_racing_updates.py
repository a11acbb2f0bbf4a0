"""Of writers at the same moment exactly one wins, and the others know it; If-Match tells which state is meant."""

from collections.abc import Callable

import pytest

from changes import (
    NEW,
    announce,
    announced_key,
    awaiting,
    complete,
    content_of,
    everything_in_s3,
    head_item,
    let_it_expire,
    page,
    replace,
    retitle,
    stored,
)
from interference import contended, just_before
from messages import PDF
from moto_store import Answer, Store

type Update = Callable[..., Answer]

UPDATES: dict[str, Update] = {
    "bytes": lambda store, document_id, **headers: replace(store, document_id, b"%PDF-outer", **headers),
    "correction": lambda store, document_id, **headers: retitle(store, document_id, "Outer", **headers),
    "announcement": lambda store, document_id, **headers: announce(store, document_id, b"%PDF-outer", **headers),
}
WRITES = {"bytes": "TransactWriteItems", "correction": "TransactWriteItems", "announcement": "UpdateItem"}

each_update = pytest.mark.parametrize("update", UPDATES)
each_rival = pytest.mark.parametrize("rival", UPDATES)


def titles_and_contents(store: Store, document_id: str) -> list[tuple[int, str, bytes]]:
    """Every version, oldest first."""
    numbers = [entry["versie"] for entry in page(store, document_id).json()["versies"]][::-1]
    return [
        (
            number,
            store.get(document_id, query={"versie": str(number)}).json()["document"]["titel"],
            content_of(store, document_id, number),
        )
        for number in numbers
    ]


@each_update
@pytest.mark.parametrize("tags", ['"1-opgeslagen"', "*", '"7-opgeslagen", "1-opgeslagen"', ' "1-opgeslagen" ,"x"'])
def test_an_update_goes_through_when_if_match_names_the_state(store: Store, update: str, tags: str) -> None:
    document_id = stored(store)
    assert UPDATES[update](store, document_id, If_Match=tags).status in (200, 202, 204)


@each_update
@pytest.mark.parametrize(
    "tags", ['"2-opgeslagen"', "1-opgeslagen", 'W/"1-opgeslagen"', '"1"', '"1-wacht_op_inhoud", "*"', '""']
)
def test_an_update_is_refused_when_if_match_names_another_state(store: Store, update: str, tags: str) -> None:
    document_id = stored(store)
    before, objects = store.items(), everything_in_s3(store)
    UPDATES[update](store, document_id, If_Match=tags).problem(412, "precondition-failed")
    assert (store.items(), everything_in_s3(store)) == (before, objects)


def test_if_match_may_come_as_several_headers(store: Store) -> None:
    document_id = stored(store)
    answer = store.call(
        "PATCH",
        "/documents/{documentId}",
        documentId=document_id,
        body=NEW,
        headers=[("Content-Type", "text/plain"), ("If-Match", '"9-x"'), ("if-match", '"1-opgeslagen"')],
    )
    assert answer.status == 204


def test_the_tag_of_a_change_serves_for_the_next(store: Store) -> None:
    document_id = stored(store)
    tag = replace(store, document_id, If_Match='"1-opgeslagen"').headers["ETag"]
    tag = retitle(store, document_id, "Anders", If_Match=tag).headers["ETag"]
    assert tag == '"3-opgeslagen"'
    replace(store, document_id, PDF, If_Match='"2-opgeslagen"').problem(412, "precondition-failed")


@each_update
@each_rival
def test_of_two_writers_at_once_one_wins_and_the_other_is_told_to_repeat(store: Store, update: str, rival: str) -> None:
    document_id = stored(store)
    rivals: dict[str, Update] = {
        "bytes": lambda: replace(store, document_id, b"%PDF-rival"),
        "correction": lambda: retitle(store, document_id, "Rival"),
        "announcement": lambda: announce(store, document_id, b"%PDF-rival"),
    }
    won: list[int] = []
    with just_before(WRITES[update], lambda: won.append(rivals[rival]().status)):
        answer = UPDATES[update](store, document_id)
    assert won[0] in (200, 202, 204)
    answer.problem(409, "busy")
    assert int(answer.headers["Retry-After"]) > 0
    if rival == "announcement":
        assert head_item(store, document_id)["announcedKey"]
        complete(store, document_id, b"%PDF-rival")
    title = "Rival" if rival == "correction" else "Beoordelingsformulier Mediabeheer"
    assert titles_and_contents(store, document_id) == [
        (1, "Beoordelingsformulier Mediabeheer", PDF),
        (2, title, PDF if rival == "correction" else b"%PDF-rival"),
    ]
    assert UPDATES[update](store, document_id).status in (200, 202, 204)


@each_update
def test_a_lost_race_fails_the_precondition_when_there_was_one(store: Store, update: str) -> None:
    document_id = stored(store)
    with just_before(WRITES[update], lambda: retitle(store, document_id, "Rival")):
        answer = UPDATES[update](store, document_id, If_Match='"1-opgeslagen"')
    answer.problem(412, "precondition-failed")
    assert len(store.items()) == 2


@each_update
def test_a_lost_race_is_to_be_repeated_when_any_state_would_do(store: Store, update: str) -> None:
    document_id = stored(store)
    with just_before(WRITES[update], lambda: retitle(store, document_id, "Rival")):
        answer = UPDATES[update](store, document_id, If_Match="*")
    answer.problem(409, "busy")


@each_update
def test_a_write_that_collides_with_another_is_to_be_repeated(store: Store, update: str) -> None:
    document_id = stored(store)
    before = store.items()
    with contended(WRITES[update]):
        answer = UPDATES[update](store, document_id)
    answer.problem(409, "busy")
    assert store.items() == before


def test_the_bytes_of_who_lost_are_never_shown_and_go_with_the_sweep(store: Store) -> None:
    document_id = stored(store)
    with just_before("PutObject", lambda: retitle(store, document_id, "Rival")):
        replace(store, document_id, b"%PDF-outer").problem(409, "busy")
    assert len(everything_in_s3(store)) == 2
    assert {content_of(store, document_id, n) for n in (1, 2)} == {PDF}


def test_two_announcements_at_once_leave_one_ticket_that_works(store: Store) -> None:
    document_id = stored(store)
    with just_before("UpdateItem", lambda: announce(store, document_id, b"%PDF-rival")):
        announce(store, document_id, b"%PDF-outer").problem(409, "busy")
    announce(store, document_id, b"%PDF-outer").problem(409, "update-pending")
    complete(store, document_id, b"%PDF-rival")
    assert content_of(store, document_id) == b"%PDF-rival"


def test_two_that_take_the_place_of_an_overdue_announcement_leave_one(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    let_it_expire(store, document_id)
    with just_before("UpdateItem", lambda: announce(store, document_id, b"%PDF-rival")):
        announce(store, document_id, b"%PDF-outer").problem(409, "busy")
    complete(store, document_id, b"%PDF-rival")
    assert content_of(store, document_id) == b"%PDF-rival"


def test_an_update_that_takes_the_place_of_an_overdue_announcement_does_not_drop_the_one_that_came_first(
    store: Store,
) -> None:
    document_id = stored(store)
    announce(store, document_id)
    let_it_expire(store, document_id)
    with just_before("TransactWriteItems", lambda: announce(store, document_id, b"%PDF-rival")):
        retitle(store, document_id, "Outer").problem(409, "busy")
    complete(store, document_id, b"%PDF-rival")
    assert [content for *_, content in titles_and_contents(store, document_id)] == [PDF, b"%PDF-rival"]


def test_an_update_that_races_the_completion_of_an_overdue_announcement_loses_nothing(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    let_it_expire(store, document_id)
    with just_before("TransactWriteItems", lambda: complete(store, document_id)):
        retitle(store, document_id, "Outer").problem(409, "busy")
    assert [content for *_, content in titles_and_contents(store, document_id)] == [PDF, NEW]


def test_two_updates_that_complete_the_same_upload_complete_it_once(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    with just_before("TransactWriteItems", lambda: retitle(store, document_id, "Rival")):
        assert retitle(store, document_id, "Outer").status == 200
    assert titles_and_contents(store, document_id) == [
        (1, "Beoordelingsformulier Mediabeheer", PDF),
        (2, "Beoordelingsformulier Mediabeheer", NEW),
        (3, "Rival", NEW),
        (4, "Outer", NEW),
    ]


def test_two_updates_that_complete_the_same_first_content_complete_it_once(store: Store) -> None:
    document_id = awaiting(store)
    store.upload(head_item(store, document_id)["objectKey"], PDF)
    with just_before("UpdateItem", lambda: retitle(store, document_id, "Rival")):
        assert replace(store, document_id).status == 204
    assert [number for number, *_ in titles_and_contents(store, document_id)] == [1, 2, 3]
