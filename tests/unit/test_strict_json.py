"""JSON that means one thing only."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okd_dms import strict_json
from okd_dms.errors import MalformedRequest

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_every_value_is_read_as_it_was_written(value: Any) -> None:
    assert strict_json.parse(json.dumps(value).encode()) == value
    assert strict_json.parse(strict_json.dumps(value).encode()) == value


@pytest.mark.parametrize("text", ['"\\ud83d\\ude00"', '"😀"', '"\\u0000"', '"a\\/b"'])
def test_escaped_and_plain_characters_are_the_same(text: str) -> None:
    assert strict_json.parse(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        *('{"a": 1, "a": 1}', '{"a": 1, "\\u0061": 2}', '{"b": {"a": 1, "a": 2}}', '[{"a": {"b": 1, "b": null}}]'),
        *("NaN", "Infinity", "-Infinity", '{"a": NaN}', "1e999", "-1e999", "1" * 5000),
        *('"\\ud83d"', '"\\ude00\\ud83d"', '{"\\uDC00": 1}', '"\\ud83d\\u0041"'),
        *("", " ", "{", "{}{}", "[1,]", "{'a': 1}", "nul", "01", "// x\n1", '"\n"', "\ufeff{}", "undefined"),
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_what_two_readers_could_read_differently_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest):
        strict_json.parse(text.encode())


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_another_charset_than_utf_8_is_malformed(encoding: str) -> None:
    with pytest.raises(MalformedRequest):
        strict_json.parse('{"titel": "Zoë"}'.encode(encoding))


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_twenty_thousand_levels_are_malformed(bracket: bytes) -> None:
    with pytest.raises(MalformedRequest):
        strict_json.parse(bracket * 20_000)
    with pytest.raises(MalformedRequest):
        strict_json.parse(bracket * 20_000 + b"1" + (b"]" if bracket == b"[" else b"}") * 20_000)


@pytest.mark.parametrize("level", ["[%s]", '{"a":%s}'])
def test_only_nesting_beyond_the_limit_is_malformed(level: str) -> None:
    text = "1"
    for _ in range(strict_json.MAX_DEPTH - 1):
        text = level % text
    assert strict_json.parse(text.encode()) == json.loads(text)
    with pytest.raises(MalformedRequest):
        strict_json.parse((level % text).encode())


def test_what_the_caller_sent_is_not_repeated_in_the_detail() -> None:
    with pytest.raises(MalformedRequest) as refusal:
        strict_json.parse(b'{"naam": "Jansen" oops}')
    assert "Jansen" not in refusal.value.detail
    assert "line 1, column 19" in refusal.value.detail


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_the_canonical_form_does_not_depend_on_the_order_of_members(members: dict[str, Any]) -> None:
    backwards = dict(reversed(members.items()))
    assert strict_json.canonical(members) == strict_json.canonical(backwards)


@given(VALUES, VALUES)
def test_unequal_values_have_unequal_canonical_forms(one: Any, other: Any) -> None:
    if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
        assert strict_json.canonical(one) != strict_json.canonical(other)
