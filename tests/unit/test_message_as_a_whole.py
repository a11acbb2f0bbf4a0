"""What holds between the members of a message: the two flows, null, unknown members, and every fault at once."""

from typing import Any

import pytest

from messages import announcing, at, faults, put, result, sitting, without
from okd_dms.errors import Fault, InvalidMessage
from okd_dms.message import ONE_OF_THESE, validate

RESULT, SITTING = announcing(result()), announcing(sitting())

REQUIRED = [
    *("document", "afnamemoment", "toets"),
    *("document.bronorganisatie", "document.creatiedatum", "document.titel", "document.auteur", "document.taal"),
    *("document.type", "document.bestandsnaam", "document.formaat", "document.bestandsomvang", "document.integriteit"),
    *("document.integriteit.algoritme", "document.integriteit.waarde"),
]
OPTIONAL = {
    "document.identificatie": "EX-1",
    "document.bewaartermijn": "3Y",
    "student.personId": "5ab399b8-c499-4da8-af6d-b55e66251f31",
    "student.studentnummer": "1234567",
    "afnamemoment.offeringId": "c9c3875b-0c6b-435a-a8a4-211bf66620b5",
    "afnamemoment.aanvang": "2026-03-12T09:00:00+01:00",
    "afnamemoment.einde": "2026-03-12T10:00:00+01:00",
    "toets.code": "K3-W1",
    "toets.naam": "Examen",
    "toets.resultaat": "voldoende",
    "opleiding": {"code": "25190BOL"},
    "opleiding.naam": "Mediabeheerder",
    "verbintenis": {"volgnummer": "1.2"},
}
OBJECTS = ["document", "document.integriteit", "student", "afnamemoment", "toets", "opleiding", "verbintenis"]


@pytest.mark.parametrize("message", [RESULT, SITTING, SITTING | {"opleiding": {"code": "25190BOL"}}])
def test_a_message_of_either_flow_is_taken_as_it_is(message: dict[str, Any]) -> None:
    assert validate(message) == message


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_member_that_is_missing_is_named(path: str) -> None:
    assert faults(without(RESULT, path)) == [(path, "required")]


@pytest.mark.parametrize("path", REQUIRED)
def test_null_for_a_required_member_is_as_good_as_missing(path: str) -> None:
    assert faults(put(RESULT, path, None)) == [(path, "required")]


@pytest.mark.parametrize("path", OPTIONAL)
def test_null_for_an_optional_member_means_absent(path: str) -> None:
    message = put(RESULT, path, OPTIONAL[path])
    assert validate(put(message, path, None)) == validate(without(message, path))


@pytest.mark.parametrize("path", OPTIONAL)
def test_an_optional_member_is_kept_when_given(path: str) -> None:
    assert at(validate(put(RESULT, path, OPTIONAL[path])), path) == OPTIONAL[path]


def test_a_null_student_makes_it_a_sitting() -> None:
    assert validate(SITTING | {"student": None}) == SITTING


@pytest.mark.parametrize("part", OBJECTS)
@pytest.mark.parametrize("name", ["titl", "", "a.b", "日本語"])
@pytest.mark.parametrize("value", ["x", None, {"y": 1}], ids=["text", "null", "object"])
def test_an_unknown_member_is_refused_by_name_at_every_level(part: str, name: str, value: Any) -> None:
    message = put(RESULT, part, at(RESULT, part) | {name: value})
    assert faults(message) == [(f"{part}.{name}", "unknown")]


def test_an_unknown_member_beside_the_objects_is_refused_by_name() -> None:
    assert faults(RESULT | {"oplieding": {}}) == [("oplieding", "unknown")]


@pytest.mark.parametrize("part", ONE_OF_THESE)
def test_an_object_needs_one_of_its_two_names_and_either_is_enough(part: str) -> None:
    message = RESULT | {"verbintenis": {"volgnummer": "1.2"}, "opleiding": {"code": "25190BOL"}}
    for member in ONE_OF_THESE[part]:
        enough = {member: OPTIONAL.get(f"{part}.{member}", OPTIONAL["student.personId"])}
        assert validate(message | {part: enough})[part] == enough
    assert faults(message | {part: {}}) == [(part, "required")]
    assert faults(message | {part: dict.fromkeys(ONE_OF_THESE[part])}) == [(part, "required")]


def test_the_end_of_a_sitting_alone_does_not_say_which_it_was() -> None:
    assert faults(RESULT | {"afnamemoment": {"einde": OPTIONAL["afnamemoment.einde"]}}) == [
        ("afnamemoment", "required")
    ]


def test_a_result_names_its_programme_or_its_enrolment() -> None:
    for named in ("opleiding", "verbintenis"):
        other = {"opleiding": "verbintenis", "verbintenis": "opleiding"}[named]
        assert named in validate(without(RESULT, other))
    neither = without(without(RESULT, "opleiding"), "verbintenis")
    assert faults(neither) == [("opleiding", "required")]


def test_a_sitting_has_no_enrolment() -> None:
    assert faults(SITTING | {"verbintenis": {"volgnummer": "1.2"}}) == [("verbintenis", "not_allowed")]


def test_every_fault_is_reported_at_once_in_the_order_of_the_names() -> None:
    message = RESULT | {
        "document": RESULT["document"]
        | {"bronorganisatie": "123456789", "titel": "", "taal": "nl", "titl": "x", "bestandsnaam": "a/b"},
        "student": {"personId": "1234567"},
        "afnamemoment": {"aanvang": "2026-03-12"},
        "toets": {"resultaat": "voldoende"},
        "extra": True,
    }
    del message["document"]["auteur"]
    assert faults(message) == [
        ("afnamemoment.aanvang", "pattern"),
        ("document.auteur", "required"),
        ("document.bestandsnaam", "filename"),
        ("document.bronorganisatie", "organisation"),
        ("document.taal", "pattern"),
        ("document.titel", "length"),
        ("document.titl", "unknown"),
        ("extra", "unknown"),
        ("student.personId", "pattern"),
        ("toets", "required"),
    ]


def test_faults_that_the_carrier_found_come_with_those_of_the_message() -> None:
    found = (Fault("inhoud", "empty", "expected at least one byte of content"),)
    with pytest.raises(InvalidMessage) as refusal:
        validate(without(RESULT, "document.titel"), found)
    assert [fault.name for fault in refusal.value.faults] == ["document.titel", "inhoud"]
    with pytest.raises(InvalidMessage):
        validate(RESULT, found)


def test_several_faults_of_one_member_come_in_the_same_order_each_time() -> None:
    found = tuple(Fault("document.titel", code, "") for code in "hgfedcba")
    with pytest.raises(InvalidMessage) as refusal:
        validate(RESULT, found)
    assert [fault.code for fault in refusal.value.faults] == list("abcdefgh")


@pytest.mark.parametrize("message", ["x", 1, [], True])
def test_what_is_no_object_is_refused(message: Any) -> None:
    assert [code for _, code in faults(message)] == ["type"]


def test_a_very_long_name_is_cut_short() -> None:
    ((name, _),) = faults(RESULT | {"x" * 10_000: 1})
    assert name == "x" * 200
