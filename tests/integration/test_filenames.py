"""The file's name: from the carrier when the metadata has none, in any script, and never a path."""

import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messages import PDF, result, with_content, without
from moto_store import Answer, Part, Store, multipart

NAMELESS = without(result(), "document.bestandsnaam")


def deliver(store: Store, filename: str | None, content: bytes = PDF) -> Answer:
    return store.post_multipart([Part("metadata", json.dumps(NAMELESS).encode()), Part("file", content, filename)])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("beoordeling.pdf", "beoordeling.pdf"),
        ("Zoë Ångström.pdf", "Zoë Ångström.pdf"),
        ("报告 👩🏽‍🎓.pdf", "报告 👩🏽‍🎓.pdf"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("a;b=c.pdf", "a;b=c.pdf"),
        ("%22quoted%22.pdf", '"quoted".pdf'),
        ('\\"quoted\\".pdf', '"quoted".pdf'),
        ("100%25.pdf", "100%25.pdf"),
    ],
)
def test_the_carriers_filename_is_kept_as_browsers_and_curl_write_it(store: Store, sent: str, kept: str) -> None:
    """WHATWG's HTML says %22 for a quote, curl before 7.81 a backslash; a percent sign stands for itself."""
    assert deliver(store, sent).json()["document"]["bestandsnaam"] == kept


@pytest.mark.parametrize(
    "filename",
    [
        *("../../etc/passwd", "/etc/passwd", "map/a.pdf", "C:\\map\\a.pdf", "\\\\server\\share\\a.pdf", "..\\a.pdf"),
        *("..", ".", "a\x00.pdf", "a.pdf\x00.exe", "a\x1b[31m.pdf", "%0D%0AX-Injected: 1", "a\x7f", "a\x85b"),
    ],
)
def test_a_filename_with_a_path_or_control_characters_is_refused(store: Store, filename: str) -> None:
    assert deliver(store, filename).faults() == {"document.bestandsnaam": "filename"}
    assert store.is_empty()


@pytest.mark.parametrize("filename", ["a\r\nX-Injected: 1", "a\nb", "a\rb"])
def test_a_line_end_in_a_filename_breaks_the_part_and_is_refused(store: Store, filename: str) -> None:
    assert deliver(store, filename).status in (400, 422)
    assert store.is_empty()


@pytest.mark.parametrize("filename", [None, ""])
def test_a_file_without_a_name_needs_one_in_the_metadata(store: Store, filename: str | None) -> None:
    assert deliver(store, filename).faults() == {"document.bestandsnaam": "required"}
    assert store.is_empty()


@pytest.mark.parametrize(("length", "accepted"), [(255, True), (256, False)])
def test_a_filename_of_the_carrier_has_the_same_limit(store: Store, length: int, accepted: bool) -> None:
    answer = deliver(store, "é" * length)
    assert (answer.status == 200) == accepted
    if not accepted:
        assert answer.faults() == {"document.bestandsnaam": "length"}


def test_a_filename_of_the_carrier_does_not_matter_when_the_metadata_has_one(store: Store) -> None:
    answer = store.post_multipart([Part("metadata", json.dumps(result()).encode()), Part("file", PDF, "../a\\b")])
    assert answer.json()["document"]["bestandsnaam"] == "beoordeling-100245.pdf"


def test_a_filename_in_another_charset_is_refused(store: Store) -> None:
    """RFC 7578, 5.1 knows UTF-8 alone."""
    body, content_type = multipart([Part("metadata", json.dumps(NAMELESS).encode()), Part("file", PDF, "Zo?.pdf")])
    latin_1 = body.replace(b"Zo?", "Zoë".encode("latin-1"))
    answer = store.call("POST", "/documents", body=latin_1, headers={"Content-Type": content_type})
    answer.problem(400, "malformed-request")
    assert store.is_empty()


_REFUSED = "/\\\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_IN_NAMES = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=_REFUSED)
_NAMES = st.text(_IN_NAMES, min_size=1, max_size=255)


def dispositions(store: Store, filename: str) -> list[str]:
    """The header under which we give the bytes, and the one that we have S3 give."""
    kept = store.post_json(with_content(result(bestandsnaam=filename))).json()["documentId"]
    url = urlsplit(store.get(kept).json()["inhoudUrl"])
    ours = store.get(kept, headers={"Accept": "application/pdf"}).headers["Content-Disposition"]
    return [ours, *parse_qs(url.query, strict_parsing=True)["response-content-disposition"]]


@example('a"; filename="b.exe')
@example("%0D%0ASet-Cookie: a=b")
@example("é" * 255)
@example("; filename*=UTF-8''b.exe")
@example("a'b")
@example("\u00a0 ")
@given(_NAMES.filter(lambda name: name not in (".", "..")))
@settings(max_examples=40)
def test_no_filename_adds_anything_to_its_header(store: Store, filename: str) -> None:
    for header in dispositions(store, filename):
        shape = re.fullmatch(
            r"attachment; filename=\"[ !#$&-\[\]-~]+\"; filename\*=UTF-8''([!#$&+.^_`|~\w%-]+)", header, re.ASCII
        )
        assert shape, header
        assert unquote(shape[1], errors="strict") == filename


@pytest.mark.parametrize("filename", ["\ud800.pdf", "a\udfff"])
def test_half_a_character_is_no_name(store: Store, filename: str) -> None:
    body = json.dumps(with_content(result(bestandsnaam=filename))).encode()
    assert store.post_json(body).status == 400
    assert store.is_empty()


@pytest.mark.parametrize("filename", ["../a.pdf", "C:\\a.pdf", "a\x00b", "a\nb", "a\u0085b"])
def test_a_filename_in_the_metadata_is_held_to_the_same_rule(store: Store, filename: str) -> None:
    answer = store.post_json(with_content(result(bestandsnaam=filename)))
    assert answer.faults() == {"document.bestandsnaam": "filename"}
    assert store.is_empty()


DIRECTIONS = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
"""Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX 9)."""


@pytest.mark.parametrize("character", [*DIRECTIONS, "\u2028", "\u2029"], ids=ascii)
def test_a_filename_does_not_turn_its_text_around(store: Store, character: str) -> None:
    """beoordeling\u202efdp.exe shows as beoordelingexe.pdf."""
    name = f"beoordeling{character}fdp.exe"
    assert store.post_json(with_content(result(bestandsnaam=name))).faults() == {"document.bestandsnaam": "filename"}
    assert deliver(store, name).faults() == {"document.bestandsnaam": "filename"}
    assert store.is_empty()


@pytest.mark.parametrize(
    "name", ["کتاب\u200cها.pdf", "👩🏽\u200d🎓.pdf", "\u200fתשובות\u200e.pdf", "ก\u200bข.pdf", "e\u0301\ufeff.pdf"]
)
def test_a_filename_keeps_the_invisible_characters_that_scripts_need(store: Store, name: str) -> None:
    document_id = store.post_json(with_content(result(bestandsnaam=name))).json()["documentId"]
    assert store.get(document_id).json()["document"]["bestandsnaam"] == name
