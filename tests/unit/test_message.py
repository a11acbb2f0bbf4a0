"""The members of the metadata message: what each takes and what it refuses, by name and code."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from messages import announcing, at, faults, put, result
from okd_dms import message
from okd_dms.errors import InvalidMessage
from okd_dms.message import MAX_CONTENT_BYTES, validate

MESSAGE = announcing(result()) | {"verbintenis": {"volgnummer": "1.2"}}

TEXTS = [
    "document.titel",
    "document.auteur",
    "document.identificatie",
    "student.studentnummer",
    "toets.code",
    "toets.naam",
    "toets.resultaat",
    "opleiding.code",
    "opleiding.naam",
    "verbintenis.volgnummer",
]
IDS = ["student.personId", "afnamemoment.offeringId", "opleiding.programId", "verbintenis.associationId"]
TYPES = [
    *("additional_document", "assessment_form", "assessment_model", "assignment", "attendance_report"),
    *("handed_in_document", "instructions", "plagiarism_report", "session_report", "test_made", "other"),
    *("x-portfolio", "x-x", "x-" + "é" * 198),
]
SCRIPTS = ["Zoë", "Çağla", "日本語", "العربية", "Ελληνικά", "👩🏽‍🎓", "a\u0301", " ", "a\nb", "\x00", "<b>&amp;'\""]

REFUSED: dict[tuple[str, str], list[Any]] = {
    ("document.taal", "pattern"): ["", "nl", "NLD", "nlde", "nl1", "nlé", "nld\n", " nld"],
    ("document.type", "pattern"): ["assignments", "Assignment", "x-", "y-own", "other ", "x-a\n"],
    ("document.type", "length"): ["", "x-" + "é" * 199],
    ("document.bestandsnaam", "length"): ["", "x" * 256, "😀" * 256],
    ("document.bestandsnaam", "filename"): [
        *(f"a{character}b" for character in "/\\\x00\n\r\t\x1f\x7f\x85\x9f"),
        *(".", "..", "/etc/passwd", "C:\\map\\a.pdf", "\\\\server\\a.pdf"),
    ],
    ("document.formaat", "pattern"): [
        *("", "pdf", "application/", "/pdf", "a/b/c", "a/b; c=d", "*/*", "image/*", "a /b", "é/b", "a/b\n", "-a/b"),
        *("a/" + "b" * 128, "a" * 128 + "/b"),
    ],
    ("document.bestandsomvang", "range"): [0, -1, MAX_CONTENT_BYTES + 1, 10**4000],
    ("document.bestandsomvang", "type"): ["77", 77.0, 1.5, True, [77]],
    ("document.bewaartermijn", "pattern"): ["3", "Y", "3y", "3W", "-3Y", "3 Y", "٣Y", "３Y", "3Y\n", "P3Y"],
    ("document.bewaartermijn", "length"): ["", "3" * 200 + "Y"],
    ("document.integriteit.algoritme", "literal_error"): ["sha_512", "SHA_256", "", 256],
    ("document.integriteit.waarde", "pattern"): ["", "a" * 63, "a" * 65, "g" * 64, "a" * 64 + "\n", "٣" * 64],
    **{(path, "type"): [1, True, ["a"], {"a": 1}] for path in TEXTS},
    **{(path, "type"): ["x", 1, True, []] for path in ("student", "afnamemoment", "toets", "opleiding", "document")},
}
"""By path and code, what is refused there."""


def short(value: object) -> str:
    """A test id that stays on one line."""
    return ascii(value)[:40]


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("value", ["a", "x" * 200, "😀" * 200, *SCRIPTS], ids=short)
def test_a_text_of_1_to_200_code_points_of_any_script_is_kept_as_given(path: str, value: str) -> None:
    assert at(validate(put(MESSAGE, path, value)), path) == value


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("value", ["", "x" * 201, "😀" * 201], ids=short)
def test_an_empty_text_and_one_of_201_code_points_are_refused(path: str, value: str) -> None:
    assert faults(put(MESSAGE, path, value)) == [(path, "length")]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_stay_as_they_were_sent(form: str) -> None:
    title = unicodedata.normalize(form, "Beoordeling Zoë Ångström")  # type: ignore[arg-type]
    assert validate(put(MESSAGE, "document.titel", title))["document"]["titel"] == title


@pytest.mark.parametrize("value", TYPES, ids=short)
def test_the_document_types_of_ooapi_and_own_ones_with_a_prefix_are_taken(value: str) -> None:
    assert validate(put(MESSAGE, "document.type", value))["document"]["type"] == value


@pytest.mark.parametrize("value", ["a", "x" * 255, "😀" * 255, "...", "a b.pdf", "Žluťoučký kůň.pdf", "C:a"], ids=short)
def test_a_filename_of_1_to_255_code_points_is_taken(value: str) -> None:
    assert validate(put(MESSAGE, "document.bestandsnaam", value))["document"]["bestandsnaam"] == value


@pytest.mark.parametrize("value", ["application/pdf", "image/svg+xml", "APPLICATION/PDF", "a/" + "b" * 127], ids=short)
def test_a_media_type_is_kept_as_given(value: str) -> None:
    assert validate(put(MESSAGE, "document.formaat", value))["document"]["formaat"] == value


@pytest.mark.parametrize("value", [1, MAX_CONTENT_BYTES])
def test_content_from_one_byte_to_5_gib_may_be_announced(value: int) -> None:
    assert validate(put(MESSAGE, "document.bestandsomvang", value))["document"]["bestandsomvang"] == value


@pytest.mark.parametrize("value", ["3Y", "6M", "10D", "0H", "0003Y"])
def test_a_retention_period_has_the_grammar_of_okd(value: str) -> None:
    assert validate(put(MESSAGE, "document.bewaartermijn", value))["document"]["bewaartermijn"] == value


@pytest.mark.parametrize("path", IDS)
def test_an_id_is_taken_in_any_case_and_kept_in_lower_case(path: str) -> None:
    given_id = "5AB399B8-C499-4da8-AF6D-b55e66251f31"
    assert at(validate(put(MESSAGE, path, given_id)), path) == given_id.lower()


@pytest.mark.parametrize("path", IDS)
@pytest.mark.parametrize(
    "value",
    ["", "5ab399b8", "5ab399b8c4994da8af6db55e66251f31", "{5ab399b8-c499-4da8-af6d-b55e66251f31}", "g" * 36, "x" * 99],
    ids=short,
)
def test_what_is_no_uuid_is_refused(path: str, value: str) -> None:
    assert faults(put(MESSAGE, path, value)) == [(path, "pattern")]


def test_a_checksum_is_taken_in_upper_case_and_kept_in_lower_case() -> None:
    stored = validate(put(MESSAGE, "document.integriteit.waarde", "AB" * 32))
    assert stored["document"]["integriteit"]["waarde"] == "ab" * 32


@pytest.mark.parametrize(
    ("path", "code", "value"), [(*where, value) for where, values in REFUSED.items() for value in values], ids=short
)
def test_a_faulty_member_is_refused_by_its_own_name_alone(path: str, code: str, value: Any) -> None:
    assert faults(put(MESSAGE, path, value)) == [(path, code)]


@pytest.mark.parametrize("path", ["document", "document.integriteit", "student", "afnamemoment", "toets", "opleiding"])
def test_the_reason_for_a_value_that_is_no_object_does_not_name_our_classes(path: str) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        validate(put(MESSAGE, path, "x"))
    ours = {name for name, value in vars(message).items() if isinstance(value, type) and issubclass(value, BaseModel)}
    (reason,) = {fault.reason for fault in refusal.value.faults}
    assert not ours & set(reason.split())


@given(st.text(min_size=1, max_size=200))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    assert validate(put(MESSAGE, "document.titel", text))["document"]["titel"] == text
