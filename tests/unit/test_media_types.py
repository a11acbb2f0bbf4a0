"""Which representation a caller gets, and the headers that speak of it."""

import base64
import hashlib
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okd_dms.errors import NotAcceptable
from okd_dms.media_types import BYTES, JSON, attachment, choose, essence, repr_digest

PDF = "application/pdf"

FILENAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=255)


CHOSEN: dict[str | None, str] = {
    **dict.fromkeys([None, "", "  ", "*/*", JSON, "Application/JSON", "application/json; charset=utf-8"], JSON),
    **dict.fromkeys([PDF, "Application/PDF", "application/pdf;version=1.7", "application/*"], PDF),
    **dict.fromkeys([BYTES, "APPLICATION/OCTET-STREAM", "application/octet-stream;q=0.1, text/html"], BYTES),
    "application/pdf, application/json": JSON,
    "application/pdf, application/json;q=1.000": JSON,
    "application/json;q=0.5, application/pdf": PDF,
    "application/pdf;q=0.5, application/json;q=0.4": PDF,
    "application/pdf;q=0.9, */*;q=0.8": PDF,
    "*/*;q=0.8, application/pdf;q=0.7": JSON,
    "application/pdf, */*": PDF,
    "application/json;q=0, */*": PDF,
    "application/json;q=0, application/pdf;q=0, */*": BYTES,
    "application/pdf;q=0, application/*": JSON,
    "application/pdf;Q=0.2, application/octet-stream;q=0.3": BYTES,
    "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8": JSON,
    "image/png,,application/pdf": PDF,
    "application/pdf;q=high": PDF,
}
"""What is offered of a document whose media type is application/pdf."""


@pytest.mark.parametrize(("accept", "chosen"), CHOSEN.items())
def test_the_best_that_the_caller_accepts_is_chosen(accept: str | None, chosen: str) -> None:
    assert choose(accept, PDF) == chosen


@pytest.mark.parametrize(
    "accept",
    [
        *("image/png", "text/*", "*/*;q=0", "application/json;q=0", "application/pdf;q=0.000", "pdf", "*", ";q=1", ","),
        *("application/json;q=0, application/octet-stream;q=0, application/pdf;q=0", "*/pdf"),
    ],
)
def test_nothing_to_offer_is_not_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        choose(accept, PDF)


@pytest.mark.parametrize(
    ("accept", "chosen"), [("image/*", "image/png"), ("IMAGE/PNG", "image/png"), ("image/*, */*;q=0.5", "image/png")]
)
def test_a_range_over_the_stored_media_type_asks_for_the_bytes(accept: str, chosen: str) -> None:
    assert choose(accept, "Image/PNG; x=y") == chosen


def test_a_client_that_lists_json_before_text_gets_the_details_of_a_text() -> None:
    assert choose("application/json, text/plain, */*", "text/plain") == JSON


@pytest.mark.parametrize("accept", [None, "*/*", JSON])
def test_a_document_that_is_itself_json_shows_its_details_first(accept: str | None) -> None:
    assert choose(accept, JSON) == JSON
    assert choose(BYTES, JSON) == BYTES


@given(st.text())
def test_no_accept_header_is_too_strange_for_an_answer(accept: str) -> None:
    try:
        assert choose(accept, PDF) in (JSON, PDF, BYTES)
    except NotAcceptable:
        assert accept.strip()


def test_the_essence_of_a_media_type_has_no_parameters_and_no_capitals() -> None:
    assert essence(" Text/HTML ; charset=utf-8") == "text/html"


@pytest.mark.parametrize(
    "filename",
    [
        *('a"b.pdf', "a;b.pdf", "a\\b", "100%.pdf", "%0d%0aX: y", '\'; filename="x"', "=?utf-8?q?x?=", "a,b"),
        *("👩🏽‍🎓.pdf", "تقرير.pdf", "报告.pdf", "Zoë.pdf", "\u202eexe.pdf", "a\u2028b", " .pdf"),
        *("a\nb", "a\r\nSet-Cookie: x"),
    ],
    ids=ascii,
)
def test_a_filename_can_not_break_out_of_its_header(filename: str) -> None:
    header = attachment(filename)
    assert header.isascii()
    assert header.isprintable()
    match = re.fullmatch(r'attachment; filename="([^"\\%]*)"; filename\*=UTF-8\'\'([A-Za-z0-9!#$&+.^_`|~%-]+)', header)
    assert match
    assert unquote(match[2], errors="strict") == filename


@given(FILENAMES)
def test_every_filename_comes_out_as_it_went_in(filename: str) -> None:
    _, _, extended = attachment(filename).partition("filename*=UTF-8''")
    assert unquote(extended, errors="strict") == filename


def test_a_plain_filename_stands_readable_for_old_clients() -> None:
    assert 'filename="beoordeling 100245.pdf"' in attachment("beoordeling 100245.pdf")
    assert 'filename="Zo_.pdf"' in attachment("Zoë.pdf")


@given(st.binary())
def test_a_digest_of_the_representation_is_its_sha_256_in_base64(content: bytes) -> None:
    digest = repr_digest(hashlib.sha256(content).hexdigest())
    encoded = re.fullmatch("sha-256=:(.*):", digest)
    assert encoded
    assert base64.b64decode(encoded[1]) == hashlib.sha256(content).digest()
