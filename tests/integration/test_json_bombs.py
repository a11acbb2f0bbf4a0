"""JSON made to cost more than it weighs, as large as a message may be: a refusal, and memory in proportion."""

import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from changes import patch, stored
from moto_store import Store
from okd_dms import strict_json
from okd_dms.carriers import MAX_BODY_BYTES, MAX_METADATA_BYTES
from okd_dms.errors import MalformedRequest
from okd_dms.media_types import MERGE_PATCH

LARGEST = MAX_BODY_BYTES - 100
FACTOR = 32
"""Bytes of memory per byte of JSON: an empty list is two bytes of text and a few dozen of memory."""

BOMBS = {
    "lists": (b'{"a":[' + b"[]," * (LARGEST // 3) + b"[]]}", 413),
    "objects": (b'{"a":[' + b"{}," * (LARGEST // 3) + b"{}]}", 413),
    "members": (b"{" + b",".join(b'"%x":0' % number for number in range(LARGEST // 11)) + b"}", 413),
    "numbers": (b'{"a":[' + b"0," * (LARGEST // 2) + b"0]}", 413),
    "floats": (b'{"a":[' + b"1.5," * (LARGEST // 4) + b"0]}", 413),
    "digits after a point": (b'{"a":0.' + b"1" * LARGEST + b"}", 413),
    "digits of an exponent": (b'{"a":1e-' + b"9" * LARGEST + b"}", 413),
    "digits of an integer": (b'{"a":' + b"1" * LARGEST + b"}", 400),
    "a string": (b'{"a":"' + b"x" * LARGEST + b'"}', 413),
    "escapes": (b'{"a":"' + rb"\u00e9" * (LARGEST // 6) + b'"}', 413),
    "escaped pairs": (b'{"a":"' + rb"\ud83d\ude00" * (LARGEST // 12) + b'"}', 413),
    "wide characters": (b'{"a":"' + "😀".encode() * (LARGEST // 4) + b'"}', 413),
    "a wide character after narrow ones": (b'{"a":"' + b"x" * LARGEST + "😀".encode() + b'"}', 413),
    "levels": (b'{"a":' * (LARGEST // 5), 400),
    "levels of lists": (b"[" * LARGEST, 400),
    "white space": (b" " * LARGEST + b"{}", 413),
    "a name": (b'{"' + b"x" * LARGEST + b'":0}', 413),
}
"""Each with the status that it is answered."""


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_what_is_tried_is_as_large_as_a_message_may_be() -> None:
    assert all(0.8 * LARGEST < len(bomb) <= MAX_BODY_BYTES for bomb, _ in BOMBS.values())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(store: Store, name: str) -> None:
    bomb, status = BOMBS[name]
    assert store.post_json(bomb).status == status
    assert store.is_empty()


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.usefixtures("traced")
def test_reading_one_takes_memory_in_proportion(name: str) -> None:
    bomb, _ = BOMBS[name]
    with suppress(MalformedRequest):
        strict_json.parse(bomb)
    assert tracemalloc.get_traced_memory()[1] < FACTOR * len(bomb)


def test_a_patch_is_small_whatever_is_in_it(store: Store) -> None:
    document_id = stored(store)
    for bomb, _ in BOMBS.values():
        patch(store, document_id, bomb, MERGE_PATCH).problem(413, "content-too-large")
    for unit in (b'"%x":0', b'"%x":{"":{}}', b'"%x":[[]]'):
        members = b",".join(unit % number for number in range(MAX_METADATA_BYTES // (len(unit) + 3)))
        answer = patch(store, document_id, b"{" + members + b"}", MERGE_PATCH)
        answer.problem(422, "invalid-message")
        assert len(answer.body) < 6 * 1024**2, "more than Lambda may answer"
    assert len(store.items()) == 1
