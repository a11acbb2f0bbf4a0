"""A packed message comes out as it went in, also from items that are years old."""

import hashlib
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import result, sitting
from okd_dms import strict_json
from okd_dms.compact import DICTIONARY, pack, unpack

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
LONGEST = {f"member {number}": chr(0x1F600 + number) * 200 for number in range(60)}


@pytest.mark.parametrize("message", [result(), sitting(titel="學生 😀"), LONGEST, {}])
def test_a_message_comes_out_as_it_went_in(message: dict[str, Any]) -> None:
    assert unpack(pack(message)) == message


@given(st.dictionaries(TEXT, TEXT | st.integers() | st.dictionaries(TEXT, TEXT)))
def test_any_message_comes_out_as_it_went_in(message: dict[str, Any]) -> None:
    assert unpack(pack(message)) == message


def test_a_message_takes_less_than_half_the_room_of_its_json() -> None:
    assert len(pack(result())) < len(strict_json.dumps(result())) / 2


PACKED = "48e628ee32c3ab26c29941a9d9a979a97940d500498f0e1f"


def test_the_dictionary_is_the_one_by_which_everything_was_packed() -> None:
    assert hashlib.sha256(DICTIONARY).hexdigest() == "e02e8a7b129f23a2307d3b0af03704cafaa68060db118b3d005e4f23836e5078"
    assert unpack(bytes.fromhex(PACKED)) == {"toets": {"code": "B1-K1-W1", "naam": "Rekenen"}}


def test_damaged_bytes_are_not_taken_for_a_message() -> None:
    packed = bytearray(pack(result()))
    packed[20] ^= 1
    with pytest.raises(zlib.error):
        unpack(bytes(packed))
