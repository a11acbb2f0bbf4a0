"""The limits of one message, to the byte: beyond them 413, which names the way out."""

import base64
import json

import pytest

from messages import PDF, announcing, pdf, result, with_content
from moto_store import Answer, Part, Store

KIB, MIB = 1024, 1024**2
LAMBDA_EVENT = 6 * MIB
"""What one invocation takes and gives; the gateway's envelope comes on top of the body."""


def padded(size: int, message: dict[str, object] | None = None) -> bytes:
    """A message of exactly this many bytes, filled with white space."""
    text = json.dumps(message or result()).encode()
    return text[:1] + b" " * (size - len(text)) + text[1:]


def by_file(store: Store, metadata: bytes, content: bytes = PDF) -> Answer:
    return store.post_multipart([Part("metadata", metadata), Part("file", content, "a.pdf", "application/pdf")])


def too_large(store: Store, answer: Answer) -> str:
    detail: str = answer.problem(413, "content-too-large")["detail"]
    assert store.is_empty()
    return detail


def test_a_file_of_4_mib_is_stored_and_read_back_and_one_byte_more_is_shown_the_way_out(store: Store) -> None:
    content = pdf(4 * MIB)
    assert "bestandsomvang" in too_large(store, by_file(store, padded(64 * KIB), content + b"x"))
    kept = by_file(store, padded(64 * KIB), content).json()
    details = store.get(kept["documentId"])
    assert len(details.body) < LAMBDA_EVENT
    assert base64.b64decode(details.json()["inhoud"]) == content
    assert store.get(kept["documentId"], headers={"Accept": "application/pdf"}).body == content


def test_inhoud_of_3_mib_is_stored_and_one_byte_more_is_shown_the_way_out(store: Store) -> None:
    content = pdf(3 * MIB)
    assert "bestandsomvang" in too_large(store, store.post_json(with_content(result(), content + b"x")))
    assert store.post_json(with_content(result(), content)).status == 200


@pytest.mark.parametrize("size", [6 * MIB, 9 * MIB])
def test_a_body_beyond_all_limits_is_shown_the_way_out(store: Store, size: int) -> None:
    content = pdf(size)
    assert "bestandsomvang" in too_large(store, by_file(store, padded(KIB), content))
    assert "bestandsomvang" in too_large(store, store.post_json(with_content(result(), content)))


def test_metadata_of_64_kib_is_taken_and_one_byte_more_is_not(store: Store) -> None:
    too_large(store, by_file(store, padded(64 * KIB + 1)))
    assert by_file(store, padded(64 * KIB)).status == 200


def test_an_announcement_of_64_kib_is_taken_and_one_byte_more_is_not(store: Store) -> None:
    too_large(store, store.post_json(padded(64 * KIB + 1, announcing(result()))))
    assert store.post_json(padded(64 * KIB, announcing(result()))).status == 202


def test_beside_inhoud_a_message_of_64_kib_is_read_and_one_byte_more_is_not(store: Store) -> None:
    """Only its length is wrong with it: unknown members fill it, which are refused when the length is not."""
    room = 64 * KIB - len(json.dumps(result() | {"x": ""}, separators=(",", ":"), ensure_ascii=False).encode())
    too_large(store, store.post_json(with_content(result() | {"x": "y" * (room + 1)})))
    assert store.post_json(with_content(result() | {"x": "y" * room})).faults() == {"x": "unknown"}


def test_a_title_of_65_kib_is_too_large_by_every_carrier(store: Store) -> None:
    message = result(titel="x" * 65 * KIB)
    too_large(store, by_file(store, json.dumps(message).encode()))
    too_large(store, store.post_json(with_content(message)))
    too_large(store, store.post_json(announcing(message)))


def test_text_in_four_byte_characters_is_counted_in_bytes_by_the_limit_and_in_characters_by_the_rules(
    store: Store,
) -> None:
    assert store.post_json(with_content(result(titel="😀" * 200))).status == 200
    assert store.post_json(with_content(result(titel="😀" * 201))).faults() == {"document.titel": "length"}


def test_a_message_of_many_faults_is_answered_within_what_lambda_returns(store: Store) -> None:
    crowd = {f"{number:x}": 1 for number in range(6000)}
    answer = store.post_json(with_content(result() | crowd))
    assert answer.problem(422, "invalid-message")
    assert len(answer.body) < LAMBDA_EVENT
