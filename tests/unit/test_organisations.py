"""The source organisation of a document: an RSIN, a BRIN or a UUID, and nothing that resembles one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from messages import announcing, faults, put, result
from okd_dms.message import passes_eleven_test, validate

MESSAGE = announcing(result())
ORGANISATION = "document.bronorganisatie"


@st.composite
def rsins(draw: st.DrawFn) -> str:
    """Eight digits and the ninth that makes them an RSIN."""
    digits = draw(st.lists(st.integers(0, 9), min_size=8, max_size=8).filter(any))
    check = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
    assume(check < 10)
    return "".join(map(str, [*digits, check]))


@pytest.mark.parametrize("value", ["002564440", "517439943", "111222333", "25LX", "00AA", "25LX00", "30XX99"])
def test_an_rsin_and_a_brin_are_kept_as_given(value: str) -> None:
    assert validate(put(MESSAGE, ORGANISATION, value))["document"]["bronorganisatie"] == value


def test_a_uuid_is_kept_in_lower_case() -> None:
    value = "5AB399B8-C499-4DA8-AF6D-B55E66251F31"
    assert validate(put(MESSAGE, ORGANISATION, value))["document"]["bronorganisatie"] == value.lower()


@pytest.mark.parametrize(
    "value",
    [
        *("000000000", "123456789", "00256444", "0025644400", "٠٠٢٥٦٤٤٤٠", "002564440 ", "002.564.440"),
        *("25lx", "LX25", "25L", "25LXX", "25LX0", "25LX000", "25ÉX", "25LX\n", " 25LX", "２５LX"),
        *("5ab399b8c4994da8af6db55e66251f31", "5ab399b8-c499-4da8-af6d-b55e66251f3g", "school", "x" * 200),
    ],
)
def test_anything_else_is_refused(value: str) -> None:
    assert faults(put(MESSAGE, ORGANISATION, value)) == [(ORGANISATION, "organisation")]


@pytest.mark.parametrize("value", ["", "x" * 201])
def test_the_length_is_that_of_any_text(value: str) -> None:
    assert faults(put(MESSAGE, ORGANISATION, value)) == [(ORGANISATION, "length")]


@given(rsins())
def test_every_number_with_the_right_check_digit_passes_the_eleven_test(rsin: str) -> None:
    assert passes_eleven_test(rsin)


@given(rsins(), st.integers(0, 8), st.integers(1, 9))
def test_the_eleven_test_notices_every_wrong_digit(rsin: str, place: int, difference: int) -> None:
    wrong = str((int(rsin[place]) + difference) % 10)
    assert not passes_eleven_test(rsin[:place] + wrong + rsin[place + 1 :])


@given(rsins(), st.integers(0, 7))
def test_the_eleven_test_notices_two_digits_that_changed_places(rsin: str, place: int) -> None:
    assume(rsin[place] != rsin[place + 1])
    assert not passes_eleven_test(rsin[:place] + rsin[place + 1] + rsin[place] + rsin[place + 2 :])
