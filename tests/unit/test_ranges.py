"""One byte range of the content (RFC 9110, 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okd_dms.errors import RangeNotSatisfiable
from okd_dms.ranges import asked


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-9", (0, 9)),
        ("bytes=0-", (0, 9)),
        ("bytes=4-6", (4, 6)),
        ("bytes=9-9", (9, 9)),
        ("bytes=4-1000", (4, 9)),
        ("bytes=-1", (9, 9)),
        ("bytes=-10", (0, 9)),
        ("bytes=-1000", (0, 9)),
        ("Bytes= 4-6 ", (4, 6)),
    ],
)
def test_a_range_names_its_first_and_last_byte(header: str, part: tuple[int, int]) -> None:
    assert asked(header, 10) == part


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,3-4", "items=0-1", "bytes=5-4"),
        *("bytes=٣-٤", "byteſ=0-1", "0-1"),
    ],
)
def test_what_is_not_one_range_of_bytes_is_ignored(header: str | None) -> None:
    assert asked(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=9999999999999999999-"])
def test_a_range_beyond_the_content_is_refused_with_its_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refusal:
        asked(header, 10)
    assert refusal.value.headers["Content-Range"] == "bytes */10"


@given(st.integers(1, 1000), st.integers(0, 2000), st.none() | st.integers(0, 2000))
def test_a_range_gives_what_a_slice_gives(size: int, first: int, last: int | None) -> None:
    header = f"bytes={first}-{'' if last is None else last}"
    if last is not None and last < first:
        assert asked(header, size) is None
    elif first >= size:
        with pytest.raises(RangeNotSatisfiable):
            asked(header, size)
    else:
        begin, end, _ = slice(first, None if last is None else last + 1).indices(size)
        assert asked(header, size) == (begin, end - 1)


@given(st.text())
def test_no_range_header_is_too_strange_for_an_answer(header: str) -> None:
    assert asked(header, 10) is None or header.strip().lower().startswith("bytes=")
