"""Dates and moments of a message (RFC 3339): real ones, in full, and none from the future."""

from datetime import UTC, date, datetime, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import announcing, at, faults, put, result
from okd_dms import message
from okd_dms.message import validate

MESSAGE = announcing(result())
CREATED, BEGINS, ENDS = "document.creatiedatum", "afnamemoment.aanvang", "afnamemoment.einde"


class LateOnNewYearsEve(datetime):
    """A clock that stands still: 31 December 2027, one minute before midnight UTC."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "LateOnNewYearsEve":
        return cls(2027, 12, 31, 23, 59, tzinfo=tz)


@pytest.mark.parametrize("value", ["2027-12-31", "2028-01-01", "2024-02-29", "2000-02-29", "1899-12-31", "0001-01-01"])
def test_a_date_up_to_tomorrow_is_taken(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a time zone ahead of UTC it may be tomorrow already."""
    monkeypatch.setattr(message, "datetime", LateOnNewYearsEve)
    assert validate(put(MESSAGE, CREATED, value))["document"]["creatiedatum"] == value


@pytest.mark.parametrize("value", ["2028-01-02", "2028-02-29", "9999-12-31"])
def test_a_date_beyond_tomorrow_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "datetime", LateOnNewYearsEve)
    assert faults(put(MESSAGE, CREATED, value)) == [(CREATED, "future")]


@pytest.mark.parametrize("value", ["2025-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "0000-01-01"])
def test_a_day_that_never_was_is_refused(value: str) -> None:
    assert faults(put(MESSAGE, CREATED, value)) == [(CREATED, "date")]


@pytest.mark.parametrize(
    "value",
    [
        *("", "2026-3-12", "20260312", "12-03-2026", "2026-W11-4", "2026-071", "2026/03/12", "2026-03-12\n"),
        *("2026-03-12T00:00:00Z", "٢٠٢٦-٠٣-١٢", "+2026-03-12", "2026-03", "today"),
    ],
)
def test_a_date_has_the_form_of_rfc_3339_and_no_other(value: str) -> None:
    assert faults(put(MESSAGE, CREATED, value)) == [(CREATED, "pattern")]


@given(st.dates(max_value=datetime.now(UTC).date()))
def test_every_day_of_the_past_is_taken(day: date) -> None:
    assert validate(put(MESSAGE, CREATED, day.isoformat()))["document"]["creatiedatum"] == day.isoformat()


@pytest.mark.parametrize("path", [BEGINS, ENDS])
@pytest.mark.parametrize(
    "value",
    [
        *("2026-03-12T09:00:00Z", "2026-03-12t09:00:00z", "2026-03-12T09:00:00+01:00", "2026-03-12T09:00:00-00:00"),
        *("2026-03-12T09:00:00.1Z", "2026-03-12T09:00:00.123456789+14:00", "2028-02-29T23:59:59+23:59"),
    ],
)
def test_a_moment_with_its_offset_is_kept_as_given(path: str, value: str) -> None:
    sent = put(put(MESSAGE, BEGINS, "2026-03-01T00:00:00Z"), path, value)
    assert at(validate(sent), path) == value


@pytest.mark.parametrize("path", [BEGINS, ENDS])
@pytest.mark.parametrize(
    "value",
    [
        *("", "2026-03-12", "2026-03-12T09:00:00", "2026-03-12T09:00Z", "2026-03-12 09:00:00Z", "20260312T090000Z"),
        *("2026-03-12T09:00:00+0100", "2026-03-12T09:00:00+01", "2026-03-12T09:00:00,5Z", "2026-03-12T09:00:00.Z"),
        *("2026-03-12T09:00:00Z\n", "٢٠٢٦-03-12T09:00:00Z", "2026-03-12T09:00:00 Europe/Amsterdam", "09:00:00Z"),
    ],
)
def test_a_moment_has_the_form_of_rfc_3339_and_no_other(path: str, value: str) -> None:
    assert faults(put(MESSAGE, path, value)) == [(path, "pattern")]


@pytest.mark.parametrize("path", [BEGINS, ENDS])
@pytest.mark.parametrize(
    "value",
    [
        *("2026-02-29T09:00:00Z", "2026-13-12T09:00:00Z", "2026-03-12T24:00:00Z", "2026-03-12T09:60:00Z"),
        *("2026-03-12T09:00:61Z", "2026-03-12T09:00:00+24:00", "2026-03-12T09:00:00+01:60"),
    ],
)
def test_a_moment_that_no_clock_shows_is_refused(path: str, value: str) -> None:
    sent = put(put(MESSAGE, BEGINS, "2026-02-01T00:00:00Z"), path, value)
    assert [name for name, _ in faults(sent)] == [path]


def test_a_sitting_does_not_end_before_it_begins() -> None:
    begun = put(MESSAGE, BEGINS, "2026-03-12T09:00:00+01:00")
    assert faults(put(begun, ENDS, "2026-03-12T07:59:59Z")) == [(ENDS, "order")]
    for end in ("2026-03-12T08:00:00Z", "2026-03-12T04:00:00-04:00", "2026-03-12T11:00:00+01:00"):
        assert at(validate(put(begun, ENDS, end)), ENDS) == end


def test_two_faulty_moments_are_two_faults_and_their_order_is_no_third() -> None:
    assert faults(put(put(MESSAGE, BEGINS, "morning"), ENDS, "2026-03-12T08:00:00")) == [
        (BEGINS, "pattern"),
        (ENDS, "pattern"),
    ]
