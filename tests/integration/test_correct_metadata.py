"""PATCH with a merge patch (RFC 7396): corrected metadata, valid as a whole, under the same content."""

import hashlib
from typing import Any

import pytest

from changes import content_of, correct, everything_in_s3, head_item, patch, replace, retitle, stored
from messages import PDF, result, sitting
from moto_store import Store
from okd_dms.items import index_keys
from okd_dms.message import validate

INDEXES = {"studentPerson", "studentNumber", "enrolment", "sitting"}


def details(store: Store, document_id: str) -> dict[str, Any]:
    return dict(store.get(document_id, query={"inhoud": "false"}).json())


def keys(store: Store, document_id: str) -> dict[str, Any]:
    return {name: value for name, value in head_item(store, document_id).items() if name in INDEXES}


def keys_of(message: dict[str, Any]) -> dict[str, str]:
    content = {"bestandsomvang": 1, "integriteit": {"algoritme": "sha_256", "waarde": "0" * 64}}
    return index_keys(validate(message | {"document": message["document"] | content}))


def test_a_correction_is_answered_with_the_details_of_the_next_version(store: Store) -> None:
    document_id = stored(store)
    answer = retitle(store, document_id, "Gecorrigeerd")
    assert (answer.status, answer.headers["ETag"]) == (200, '"2-opgeslagen"')
    assert answer.headers["Content-Type"] == "application/json"
    answered, read = answer.json(), details(store, document_id)
    for signed in ("inhoudUrl", "inhoudUrlVerlooptOp"):
        assert answered.pop(signed)
        del read[signed]
    assert answered == read
    assert (read["versie"], read["document"]["titel"]) == (2, "Gecorrigeerd")


def test_a_correction_leaves_the_content_and_everything_else_as_it_was(store: Store) -> None:
    document_id = stored(store)
    before = details(store, document_id)
    retitle(store, document_id, "Gecorrigeerd")
    after = details(store, document_id)
    assert content_of(store, document_id) == PDF
    assert len(everything_in_s3(store)) == 1
    assert after["document"] == before["document"] | {"titel": "Gecorrigeerd"}
    for member in ("student", "afnamemoment", "toets", "opleiding", "verbintenis", "registratiedatum", "status"):
        assert after[member] == before[member]


@pytest.mark.parametrize(
    ("correction", "member", "corrected"),
    [
        ({"toets": {"resultaat": None}}, "toets", {"code": "K3-W1", "naam": "Examen Mediabeheer"}),
        ({"toets": {"resultaat": "goed", "code": None}}, "toets", {"naam": "Examen Mediabeheer", "resultaat": "goed"}),
        ({"verbintenis": None}, "verbintenis", None),
        ({"afnamemoment": {"einde": "2026-03-12T11:00:00+01:00"}}, "afnamemoment", None),
        ({"opleiding": {"naam": None}}, "opleiding", {"code": "25190BOL"}),
        ({"student": {"studentnummer": "7654321 é😀"}}, "student", None),
    ],
)
def test_members_are_replaced_added_and_removed_wherever_they_stand(
    store: Store, correction: dict[str, Any], member: str, corrected: dict[str, Any] | None
) -> None:
    document_id = stored(store)
    before = details(store, document_id)[member]
    assert correct(store, document_id, correction).status == 200
    after = details(store, document_id)
    expected = corrected or (before | correction[member] if correction[member] else None)
    assert after.get(member) == expected


def test_an_optional_object_can_be_added(store: Store) -> None:
    document_id = stored(store, sitting())
    correct(store, document_id, {"opleiding": {"code": "25190BOL", "naam": None}})
    assert details(store, document_id)["opleiding"] == {"code": "25190BOL"}


def test_name_and_media_type_can_be_corrected_and_the_bytes_are_offered_under_them(store: Store) -> None:
    document_id = stored(store)
    correct(store, document_id, {"document": {"bestandsnaam": "nieuw.txt", "formaat": "text/plain"}})
    answer = store.get(document_id, headers={"Accept": "text/plain"})
    assert (answer.headers["Content-Type"], answer.body) == ("text/plain", PDF)
    assert "nieuw.txt" in answer.headers["Content-Disposition"]


def test_a_result_keeps_its_programme_or_its_enrolment(store: Store) -> None:
    document_id = stored(store)
    assert correct(store, document_id, {"opleiding": None, "verbintenis": None}).faults() == {"opleiding": "required"}
    assert correct(store, document_id, {"opleiding": None}).status == 200
    assert correct(store, document_id, {"verbintenis": None}).faults() == {"opleiding": "required"}


def test_a_result_becomes_a_sitting_when_the_student_goes_with_the_enrolment(store: Store) -> None:
    document_id = stored(store)
    assert correct(store, document_id, {"student": None}).faults() == {"verbintenis": "not_allowed"}
    assert correct(store, document_id, {"student": None, "verbintenis": None}).status == 200
    after = details(store, document_id)
    assert not {"student", "verbintenis"} & after.keys()
    assert keys(store, document_id).keys() == {"sitting"}


def test_a_sitting_becomes_a_result_when_it_gets_a_student_and_a_programme(store: Store) -> None:
    document_id = stored(store, sitting())
    assert correct(store, document_id, {"student": {"studentnummer": "1"}}).faults() == {"opleiding": "required"}
    correction = {"student": {"studentnummer": "1234567"}, "verbintenis": {"volgnummer": "1.2"}}
    assert correct(store, document_id, correction).status == 200
    assert keys(store, document_id).keys() == {"studentNumber", "enrolment", "sitting"}


def test_the_keys_of_the_indexes_follow_the_corrected_message(store: Store) -> None:
    document_id = stored(store)
    correction = {
        "student": {"personId": None, "studentnummer": "7654321"},
        "afnamemoment": {"offeringId": None, "aanvang": "2026-03-13T09:00:00+01:00"},
    }
    correct(store, document_id, correction)
    message = result() | {
        "student": {"studentnummer": "7654321"},
        "afnamemoment": {"aanvang": "2026-03-13T09:00:00+01:00"},
    }
    assert keys(store, document_id) == keys_of(message)
    assert not keys(store, document_id).items() & keys_of(result()).items()


def test_new_content_keeps_the_keys_of_the_indexes_and_history_stands_in_none(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id)
    assert keys(store, document_id) == keys_of(result())
    (earlier,) = [item for item in store.items() if item["item"] != "head"]
    assert not earlier.keys() & (INDEXES | {"unfinishedSince", "dueAt"})


@pytest.mark.parametrize(
    "correction",
    [
        {},
        {"document": {}},
        {"document": {"titel": "Beoordelingsformulier Mediabeheer"}},
        {"document": {"bewaartermijn": None}},
        {"student": {"personId": "5AB399B8-C499-4DA8-AF6D-B55E66251F31"}},
    ],
)
def test_a_correction_without_effect_makes_no_version(store: Store, correction: dict[str, Any]) -> None:
    document_id = stored(store)
    answer = correct(store, document_id, correction)
    assert (answer.status, answer.headers["ETag"], answer.json()["versie"]) == (200, '"1-opgeslagen"', 1)
    assert len(store.items()) == 1


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_the_content_type_counts_in_any_case_and_with_its_charset(store: Store, charset: str) -> None:
    document_id = stored(store)
    body = b'{"document": {"titel": "\xc3\xa9"}}'
    assert patch(store, document_id, body, f"Application/Merge-Patch+JSON; charset={charset}").status == 200
    assert details(store, document_id)["document"]["titel"] == "é"


def test_a_correction_takes_two_calls_to_aws(store: Store) -> None:
    document_id = stored(store)
    retitle(store, document_id, "Anders")
    assert store.calls == ["GetItem", "TransactWriteItems"]


def test_the_digest_of_the_delivery_outlives_corrections(store: Store) -> None:
    document_id = stored(store)
    before = head_item(store, document_id)["deliveryDigest"]
    retitle(store, document_id, "Anders")
    assert head_item(store, document_id)["deliveryDigest"] == before
    assert len(before.value) == hashlib.sha256().digest_size
