"""The entity: under which id, key and index keys a delivery is recorded, and what its sender and readers see of it."""

import json
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import announcing, put, result, sitting, without
from okd_dms.document import Document, Status, delivered, document_id, id_in_key, moment
from okd_dms.items import index_keys
from okd_dms.message import validate

MESSAGE = announcing(result(identificatie="EX-1"))
NAMES = st.text(min_size=1, max_size=20)


def document(message: dict[str, Any] = MESSAGE, awaited_for: timedelta | None = None) -> Document:
    return delivered(validate(message), "-", None, awaited_for=awaited_for)


def test_the_senders_reference_gives_the_same_id_each_time() -> None:
    first = document_id("a", "25LX", "EX-1", None)
    assert first == document_id("a", "25LX", "EX-1", "a key that does not count beside a reference")
    assert first == document_id("a", "25lx", "EX-1", None)
    assert uuid.UUID(first).version == 5


def test_an_idempotency_key_gives_the_same_id_each_time() -> None:
    assert document_id("a", "25LX", None, "key") == document_id("a", "another organisation", None, "key")


def test_the_ids_that_keys_derive_stay_what_they_are() -> None:
    """A redelivery years later must meet its document."""
    assert document_id("-", "25LX", "EX-2026-0417", None) == "e5a4e370-630b-590d-8e1c-1793c9bf3546"
    assert document_id("-", "25LX", None, "7f9c2ba4") == "64cf1676-0365-5d6a-9e2c-03b60a709a93"


def test_without_a_key_every_delivery_is_a_new_document() -> None:
    made = {document_id("a", "25LX", None, None) for _ in range(100)}
    assert len(made) == 100
    assert {uuid.UUID(one).version for one in made} == {4}


@given(st.tuples(NAMES, NAMES, NAMES), st.tuples(NAMES, NAMES, NAMES))
def test_two_senders_organisations_or_references_never_share_an_id(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    """However the texts run on: ("a", "bc") is not ("ab", "c")."""
    folded = [(sender, organisation.lower(), reference) for sender, organisation, reference in (one, other)]
    same = document_id(*one, None) == document_id(*other, None)
    assert same == (folded[0] == folded[1])


def test_a_reference_and_an_idempotency_key_of_the_same_text_are_two_documents() -> None:
    assert document_id("a", "25LX", "x", None) != document_id("a", "25LX", None, "x")


def test_a_delivery_is_version_1_under_a_key_of_ids_alone() -> None:
    made = document()
    assert (made.version, made.status, made.etag) == (1, "opgeslagen", '"1-opgeslagen"')
    day = datetime.now(UTC)
    assert re.fullmatch(rf"direct/{day:%Y-%m-%d}/{made.id}/[0-9a-f]{{16}}", made.object_key)
    assert made.due_at is None


def test_every_attempt_writes_under_a_key_of_its_own() -> None:
    assert len({document().object_key for _ in range(100)}) == 100


def test_an_announcement_awaits_its_content_under_a_key_that_raises_events() -> None:
    made = document(awaited_for=timedelta(hours=25))
    assert (made.status, made.etag) == ("wacht_op_inhoud", '"1-wacht_op_inhoud"')
    assert made.object_key.startswith("aangekondigd/")
    assert made.due_at is not None
    wait = datetime.fromisoformat(made.due_at) - datetime.fromisoformat(made.registered_at)
    assert abs(wait - timedelta(hours=25)) < timedelta(minutes=1)


def test_an_announcement_is_overdue_from_the_moment_that_it_names() -> None:
    now = datetime.now(UTC)
    assert replace(document(), due_at=moment(now - timedelta(seconds=1))).is_overdue()
    assert not replace(document(), due_at=moment(now + timedelta(minutes=1))).is_overdue()
    assert not document().is_overdue()


def test_the_digest_of_a_delivery_counts_what_was_said_and_not_how() -> None:
    upper = put(MESSAGE, "student.personId", MESSAGE["student"]["personId"].upper())
    reordered = dict(reversed(MESSAGE.items()))
    with_null = put(MESSAGE, "opleiding.programId", None)
    digests = {document(message).delivery_digest for message in (MESSAGE, upper, reordered, with_null)}
    assert len(digests) == 1
    for path in ("document.titel", "toets.naam", "opleiding.naam", "document.bestandsnaam"):
        assert document(put(MESSAGE, path, "other")).delivery_digest not in digests
    assert document(put(MESSAGE, "document.integriteit.waarde", "0" * 64)).delivery_digest not in digests


def test_the_key_of_an_object_names_its_document() -> None:
    made = document()
    assert id_in_key(made.object_key) == made.id
    for strange in ("", "a", "direct/x", "elsewhere/2026-03-12/id/x", made.object_key + "/x"):
        assert id_in_key(strange) is None


def test_details_show_the_message_in_force_and_what_we_added() -> None:
    made = document()
    added = {"documentId": made.id, "versie": 1, "status": "opgeslagen", "registratiedatum": made.registered_at}
    assert made.details() == added | MESSAGE


def test_a_receipt_shows_what_came_into_force_of_the_content() -> None:
    assert document().receipt()["document"] == {
        name: MESSAGE["document"][name] for name in ("bestandsnaam", "formaat", "bestandsomvang", "integriteit")
    }


def test_a_repeat_is_answered_as_the_first_time_whatever_became_of_the_document() -> None:
    repeat = document()
    updated = replace(document(put(MESSAGE, "document.bestandsnaam", "new.pdf")), version=2)
    assert repeat.as_first_answered(updated).receipt() == repeat.receipt()


def test_a_repeat_is_answered_with_the_recorded_announcement_while_content_is_awaited() -> None:
    recorded = document(awaited_for=timedelta(hours=25))
    assert document().as_first_answered(recorded) is recorded


@pytest.mark.parametrize("status", Status)
def test_a_status_is_the_word_that_stands_on_the_wire(status: Status) -> None:
    assert json.dumps(status) == f'"{status.value}"'


def test_ids_are_index_keys_and_a_student_number_is_one_only_as_a_hash() -> None:
    ids = put(MESSAGE, "verbintenis", {"associationId": "0b5a1f6e-52c5-4f0c-9d0e-0c7a51e8a6d4"})
    keys = index_keys(validate(ids))
    assert keys["studentPerson"] == MESSAGE["student"]["personId"]
    assert keys["enrolment"] == "0b5a1f6e-52c5-4f0c-9d0e-0c7a51e8a6d4"
    assert keys["sitting"] == MESSAGE["afnamemoment"]["offeringId"]
    assert re.fullmatch("[0-9a-f]{32}", keys["studentNumber"])


def test_a_sitting_is_in_no_index_of_students() -> None:
    assert index_keys(validate(announcing(sitting()))).keys() == {"sitting"}


def test_documents_of_one_sitting_without_an_id_share_a_key_whatever_the_time_zone() -> None:
    bare = without(MESSAGE, "afnamemoment.offeringId")
    utc = put(bare, "afnamemoment.aanvang", "2026-03-12T08:00:00Z")
    later = put(bare, "afnamemoment.aanvang", "2026-03-12T08:00:01Z")
    keys = [index_keys(validate(message))["sitting"] for message in (bare, utc, later)]
    assert keys[0] == keys[1] != keys[2]


def test_documents_of_two_tests_at_one_moment_do_not_share_a_key() -> None:
    bare = without(MESSAGE, "afnamemoment.offeringId")
    messages = [put(bare, "toets", test) for test in ({"code": "a"}, {"code": "b"}, {"naam": "c"}, {"naam": "d"})]
    assert len({index_keys(validate(message))["sitting"] for message in messages}) == 4


def test_enrolments_of_two_students_with_the_same_sequence_number_are_two() -> None:
    other = put(MESSAGE, "student.personId", "11111111-2222-4333-8444-555555555555")
    assert index_keys(validate(MESSAGE))["enrolment"] != index_keys(validate(other))["enrolment"]
