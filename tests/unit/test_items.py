"""A document goes into the table and comes out the same, and its items stand where they are looked for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import dynamodb_units
from exam_papers import RESULT, RESULT_IN_JSON, SITTING, SITTING_IN_JSON, Paper
from messages import result, sitting
from okd_dms import items, strict_json
from okd_dms.document import Announcement, Change, Document, Status, delivered
from okd_dms.message import validate

CONTENT = {"bestandsomvang": 12, "integriteit": {"algoritme": "sha_256", "waarde": "0" * 64}}
ANNOUNCEMENT = Announcement(
    object_key="aangekondigd/2026-03-12/0/1",
    content={"bestandsnaam": "é.pdf", "formaat": "text/plain", **CONTENT},
    since="2026-03-12T09:00:00.000Z",
    by="examineren",
    due_at="2026-03-19T09:00:00.000Z",
)
OF_AN_INDEX = {"studentPerson", "studentNumber", "enrolment", "sitting", "unfinishedSince", "dueAt"}


def made(message: dict[str, Any] | None = None, *, awaited: bool = False) -> Document:
    return delivered(
        validate(message or result(**CONTENT)), "examineren", None, awaited_for=timedelta(days=7) if awaited else None
    )


STATES = {
    "stored": made(),
    "sitting": made(sitting(titel="學生 😀", **CONTENT)),
    "awaited": made(awaited=True),
    "announced": replace(made(), announcement=ANNOUNCEMENT),
    "corrected": made().with_metadata(made(result(titel="Anders", **CONTENT)).message, "registratie"),
    "replaced": made().with_content(ANNOUNCEMENT.content, "direct/2026-03-12/0/2", "registratie"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_head_is_read_back_as_it_was_written(state: str) -> None:
    assert items.document(items.head(STATES[state])) == STATES[state]


@pytest.mark.parametrize("state", STATES)
def test_an_earlier_version_is_read_back_as_it_was_but_for_what_only_a_head_has(state: str) -> None:
    document = STATES[state]
    expected = replace(document, delivery_digest=b"", due_at=None, announcement=None)
    for head in (items.head(document), items.tombstone(document, "2026-03-20T09:00:00.000Z", "registratie")):
        assert items.document(items.earlier_version(document, head)) == expected


def test_an_earlier_version_stands_in_an_index_of_a_student_alone_whom_the_next_one_does_not_name() -> None:
    ids = {"personId": "5ab399b8-c499-4da8-af6d-b55e66251f31", "studentnummer": "1234567"}
    before = made(result(**CONTENT) | {"student": ids})
    for student, dropped in (
        (ids, set()),
        ({"studentnummer": "1234567"}, {"studentPerson"}),
        (ids | {"studentnummer": "7654321"}, {"studentNumber"}),
        ({"personId": "c9c3875b-0c6b-435a-a8a4-211bf66620b5"}, {"studentPerson", "studentNumber"}),
    ):
        head = items.head(before.with_metadata(made(result(**CONTENT) | {"student": student}).message, "-"))
        version = items.earlier_version(before, head)
        assert version.keys() & OF_AN_INDEX == dropped
        assert {name: version[name] for name in dropped} == {name: items.head(before)[name] for name in dropped}
    assert not items.earlier_version(made(sitting(**CONTENT)), {}).keys() & OF_AN_INDEX


@pytest.mark.parametrize("state", STATES)
def test_an_item_that_holds_its_message_as_json_is_read_for_ever(state: str) -> None:
    """So they were written before messages were packed."""
    older = items.head(STATES[state]) | {"message": {"S": strict_json.dumps(STATES[state].message)}}
    assert items.document(older) == STATES[state]


@pytest.mark.parametrize("paper", [RESULT, RESULT_IN_JSON, SITTING, SITTING_IN_JSON], ids=lambda paper: paper.filename)
def test_a_typical_document_takes_one_unit_to_write_also_while_its_content_is_awaited(paper: Paper) -> None:
    message, sender = validate(paper.announcement()), "examensysteem-van-de-school"
    for lifetime in (None, timedelta(days=7)):
        head = items.head(delivered(message, sender, None, awaited_for=lifetime))
        assert dynamodb_units.size(head) < dynamodb_units.WRITE_BYTES


def test_heads_stand_in_the_indexes() -> None:
    assert items.head(STATES["stored"]).keys() & OF_AN_INDEX == OF_AN_INDEX - {"unfinishedSince", "dueAt"}
    assert items.head(STATES["announced"]).keys() >= OF_AN_INDEX


def test_what_has_to_come_to_an_end_stands_under_the_day_on_which_it_began() -> None:
    announced, awaited = items.head(STATES["announced"]), items.head(STATES["awaited"])
    assert announced["unfinishedSince"] == {"S": "2026-03-12"}
    assert awaited["unfinishedSince"] == {"S": STATES["awaited"].registered_at[:10]}


def test_versions_sort_by_their_numbers_and_before_the_head() -> None:
    numbers = [1, 2, 9, 10, 99, 100, 9_999_999_999]
    keys = [str(items.version_key("id", number)["item"]["S"]) for number in numbers] + [items.HEAD]
    assert keys == sorted(keys)


def test_a_completed_update_no_longer_stands_among_the_unfinished() -> None:
    completed = items.head(STATES["announced"].as_announced())
    assert not completed.keys() & {"announcedKey", "announced", "unfinishedSince", "dueAt"}


@pytest.mark.parametrize("state", STATES)
def test_a_tombstone_is_read_back_as_deleted_and_holds_no_word_of_the_message(state: str) -> None:
    document = STATES[state]
    tombstone = items.tombstone(document, "2026-03-20T09:00:00.000Z", "registratie")
    assert not tombstone.keys() & {"message", "objectKey", "announced", "deliveryDigest", "change"}
    assert not tombstone.keys() & (OF_AN_INDEX - {"unfinishedSince", "dueAt"})
    buried = items.document(tombstone)
    assert (buried.id, buried.sender, buried.status) == (document.id, "examineren", Status.DELETED)
    assert (buried.version, buried.registered_at) == (document.version, document.registered_at)
    assert (buried.changed_by, buried.changed_at) == ("registratie", "2026-03-20T09:00:00.000Z")
    assert (buried.message, buried.announcement) == ({}, None)


def test_each_kind_of_change_is_told_from_the_others() -> None:
    changes = [items.document(items.head(STATES[state])).change for state in ("stored", "corrected", "replaced")]
    assert changes == [Change.DELIVERY, Change.METADATA, Change.CONTENT]
