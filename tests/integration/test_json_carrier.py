"""JSON as it should not be: each a clear refusal, and nothing stored."""

import base64
import json

import pytest

from messages import PDF, result, with_content
from moto_store import Answer, Store

BODY = json.dumps(with_content(result())).encode()
ENCODED = base64.b64encode(PDF)


def refused(store: Store, answer: Answer, status: int = 400, slug: str = "malformed-request") -> None:
    answer.problem(status, slug)
    assert store.is_empty()


def swapped(old: bytes, new: bytes) -> bytes:
    """The body with something else in one place."""
    assert BODY.count(old) == 1
    return BODY.replace(old, new)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", BODY[:-1], BODY[1:], BODY + BODY, BODY + b"x", b"metadata=x", b"<document/>", b"\x00"),
        *(b"\xef\xbb\xbf" + BODY, BODY.decode().encode("utf-16"), BODY.decode().encode("utf-32")),
        swapped(b"Beoordelingsformulier", "Beoordeling Zoë".encode("latin-1")),
        swapped(b"Beoordelingsformulier", b"\xed\xa0\x80"),
        swapped(b"Beoordelingsformulier", b"a\nb"),
        swapped(b'"titel": ', b'"titel": "one", "titel": '),
        swapped(b'"toets": {', b'"toets": {"code": "one", '),
        swapped(b'"inhoud": ', b'"inhoud": null, "inhoud": '),
        swapped(b'"naam": "Examen', b'"integriteit": {"waarde": 1, "waarde": 1}, "naam": "Examen'),
        swapped(b'"Beoordelingsformulier', b'"\\ud83d'),
        swapped(b'"titel"', b'"\\udc00"'),
        *(swapped(b'"titel": ', b'"bestandsomvang": %b, "titel": ' % n) for n in (b"NaN", b"-Infinity", b"1e999")),
        swapped(b'"titel": ', b'"bestandsomvang": ' + b"1" + b"0" * 5000 + b', "titel": '),
    ],
    ids=lambda body: ascii(body[:20]),
)
def test_a_body_that_is_not_one_json_text_in_utf_8_is_refused(store: Store, body: bytes) -> None:
    refused(store, store.post_json(body))


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1", b"true", b"[{}]"])
def test_json_that_is_no_object_is_no_message(store: Store, body: bytes) -> None:
    refused(store, store.post_json(body), 422, "invalid-message")


@pytest.mark.parametrize(
    ("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")], ids=["lists", "objects", "both"]
)
@pytest.mark.parametrize("levels", [100, 900, 1000, 5000, 9_900, 9_990, 9_995, 10_000, 20_000])
def test_no_depth_of_nesting_is_a_failure_of_ours(store: Store, opening: bytes, closing: bytes, levels: int) -> None:
    nested = opening * levels + b"1" + closing * levels
    for body in (swapped(b'"Beoordelingsformulier Mediabeheer"', nested), b'{"x": ' + nested + b"}", nested):
        answer = store.post_json(body)
        assert answer.status in (400, 413, 422)
    assert store.is_empty()


def test_twenty_thousand_levels_are_malformed(store: Store) -> None:
    refused(store, store.post_json(b'{"inhoud": "QQ==", "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"))


@pytest.mark.parametrize(
    "encoded",
    [
        *("JVBERi0", "JVBERi0xLjc", "J", "====", "JVBE!", "JVBE JVBE", "JVBE\\nJVBE", "JVBE\\r\\nJVBE", "\\tJVBE"),
        *("-_-_", "JVBE=JVBE", "JVBE====", "é", "\\u0000", "data:application/pdf;base64,JVBE"),
    ],
)
def test_content_that_is_not_base64_with_padding_on_one_line_is_refused(store: Store, encoded: str) -> None:
    refused(store, store.post_json(swapped(ENCODED, encoded.encode())))


@pytest.mark.parametrize("value", [b"1", b"true", b"[]", b"{}", b'["JVBE"]'])
def test_content_that_is_no_text_is_refused(store: Store, value: bytes) -> None:
    refused(store, store.post_json(swapped(b'"%b"' % ENCODED, value)))


def test_null_content_means_that_it_follows_and_asks_for_size_and_checksum(store: Store) -> None:
    answer = store.post_json(swapped(b'"%b"' % ENCODED, b"null"))
    assert answer.faults() == {"document.bestandsomvang": "required", "document.integriteit": "required"}
    assert store.is_empty()


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'])
def test_the_media_type_may_be_in_capitals_and_name_utf_8(store: Store, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert store.call("POST", "/documents", body=BODY, headers=headers).status == 200


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "UTF-7", "nonsense"])
def test_another_charset_is_refused_by_its_name(store: Store, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    refused(store, store.call("POST", "/documents", body=BODY, headers=headers))
