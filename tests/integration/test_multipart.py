"""multipart/form-data as it should not be: each a clear refusal, and nothing stored."""

import json
from dataclasses import replace

import pytest

from messages import PDF, result, with_content, without
from moto_store import Answer, Part, Store, multipart

MESSAGE = json.dumps(without(result(), "document.bestandsnaam")).encode()
METADATA = Part("metadata", MESSAGE, content_type="application/json")
FILE = Part("file", PDF, "beoordeling.pdf", "application/pdf")
BODY, CONTENT_TYPE = multipart([METADATA, FILE])


def post(store: Store, body: bytes, content_type: str = CONTENT_TYPE) -> Answer:
    return store.call("POST", "/documents", body=body, headers={"Content-Type": content_type})


def refused(store: Store, answer: Answer, status: int = 400, slug: str = "malformed-request") -> None:
    answer.problem(status, slug)
    assert store.is_empty()


def test_a_body_that_was_cut_off_anywhere_is_refused(store: Store) -> None:
    """Only the line end after the closing boundary may be missing (RFC 2046, 5.1.1)."""
    complete = BODY.rstrip(b"\r\n")
    for cut in range(len(complete)):
        post(store, BODY[:cut]).problem(400, "malformed-request")
    assert store.is_empty()
    assert post(store, complete).status == 200


def test_a_body_whose_content_looks_like_its_end_is_refused_when_cut_off_there(store: Store) -> None:
    body, content_type = multipart([METADATA, Part("file", b"see --b0undary--, then more", "a", "text/plain")])
    refused(store, post(store, body.partition(b", then more")[0], content_type))


def test_content_that_looks_like_a_boundary_is_content(store: Store) -> None:
    content = b"%PDF-\r\n--b0undar\r\n--\r\nb0undary\r\n --b0undary\n--b0undary--"
    assert store.post_multipart([METADATA, Part("file", content, "a", "text/plain")]).status == 200
    (document,) = store.items()
    assert store.get(document["documentId"], headers={"Accept": "application/octet-stream"}).body == content


@pytest.mark.parametrize(
    "parts",
    [
        *([], [METADATA], [FILE], [METADATA, METADATA], [FILE, FILE], [METADATA, METADATA, FILE]),
        *([METADATA, FILE, FILE], [METADATA, FILE, METADATA], [METADATA, FILE, Part("extra", b"x")]),
        *([Part("Metadata", MESSAGE), FILE], [Part("", MESSAGE), FILE], [METADATA, Part("file[]", PDF, "a.pdf")]),
    ],
    ids=lambda parts: "+".join(part.name or "nameless" for part in parts) or "none",
)
def test_anything_but_one_metadata_and_one_file_is_refused(store: Store, parts: list[Part]) -> None:
    refused(store, store.post_multipart(parts))


@pytest.mark.parametrize("epilogue", [b"x", b"\r\n--b0undary\r\n", b"\x00", b"\r\nmore", b"--"])
def test_something_after_the_closing_boundary_is_refused(store: Store, epilogue: bytes) -> None:
    refused(store, post(store, BODY + epilogue))


@pytest.mark.parametrize(
    "content_type",
    [
        *("multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""'),
        *("multipart/form-data; boundary=another", "multipart/form-data; boundary=b0undar", "multipart/form-data; b0"),
        *("multipart/form-data; boundary=é", "multipart/form-data; boundary=B0UNDARY"),
    ],
)
def test_a_boundary_that_is_not_the_bodys_is_refused(store: Store, content_type: str) -> None:
    refused(store, post(store, BODY, content_type))


@pytest.mark.parametrize("quoted", ['"b0undary"', '"with spaces and ; signs"', "a" * 70, "'()+_,-./:=?"])
def test_any_boundary_of_the_grammar_will_do(store: Store, quoted: str) -> None:
    body, _ = multipart([METADATA, FILE], boundary=quoted.strip('"'))
    header = quoted if quoted.isalnum() or quoted.startswith('"') else f'"{quoted}"'
    assert post(store, body, f"multipart/form-data; boundary={header}").status == 200


@pytest.mark.parametrize("content_type", [CONTENT_TYPE.upper().replace("B0UNDARY", "b0undary"), CONTENT_TYPE + " "])
def test_the_media_type_may_be_written_in_capitals(store: Store, content_type: str) -> None:
    assert post(store, BODY, content_type).status == 200


def test_multipart_inside_a_part_is_no_metadata(store: Store) -> None:
    inner, inner_type = multipart([METADATA, FILE], boundary="inner")
    refused(store, store.post_multipart([Part("metadata", inner, content_type=inner_type), FILE]))


def test_multipart_inside_the_file_is_content_like_any_other(store: Store) -> None:
    inner, _ = multipart([METADATA, FILE], boundary="inner")
    assert store.post_multipart([METADATA, Part("file", inner, "a.mime", "multipart/mixed")]).status == 200


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/related"])
def test_another_multipart_than_form_data_is_not_supported(store: Store, kind: str) -> None:
    answer = post(store, BODY, CONTENT_TYPE.replace("multipart/form-data", kind))
    refused(store, answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("part", [METADATA, FILE], ids=lambda part: part.name)
@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "BASE64", "gzip"])
def test_a_part_that_was_encoded_for_transfer_is_refused(store: Store, part: Part, coding: str) -> None:
    encoded = replace(part, extra=f"Content-Transfer-Encoding: {coding}\r\n")
    refused(store, store.post_multipart([encoded, FILE if part is METADATA else METADATA]))


@pytest.mark.parametrize("coding", ["binary", "8bit", "7bit", "Binary"])
def test_a_part_that_says_it_was_not_encoded_is_taken(store: Store, coding: str) -> None:
    plain = Part("file", PDF, "a.pdf", "application/pdf", f"Content-Transfer-Encoding: {coding}\r\n")
    assert store.post_multipart([METADATA, plain]).status == 200


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "windows-1252"])
def test_metadata_in_another_charset_is_refused(store: Store, charset: str) -> None:
    encoded = json.dumps(result(titel="Zoë"), ensure_ascii=False).encode(charset)
    for content_type in (f"application/json; charset={charset}", "application/json"):
        refused(store, store.post_multipart([Part("metadata", encoded, content_type=content_type), FILE]))


@pytest.mark.parametrize(
    "metadata",
    [
        *(b"", b"null", b"[]", b'"x"', b"\xef\xbb\xbf" + MESSAGE, MESSAGE + b"}", MESSAGE[:-1], b"a=b"),
        MESSAGE.replace(b'"titel"', b'"auteur"'),
    ],
)
def test_metadata_that_is_no_json_object_is_refused(store: Store, metadata: bytes) -> None:
    answer = store.post_multipart([Part("metadata", metadata), FILE])
    assert answer.status in (400, 422)
    assert store.is_empty()


def test_inhoud_beside_a_file_is_one_content_too_many(store: Store) -> None:
    metadata = Part("metadata", json.dumps(with_content(result())).encode())
    assert store.post_multipart([metadata, FILE]).faults() == {"inhoud": "unknown"}
    assert store.is_empty()


@pytest.mark.parametrize(
    "head",
    [
        *("", "Content-Type: application/json", "Content-Disposition: attachment; name=metadata"),
        'Content-Disposition: form-data;\r\n name="metadata"',
        *("Content-Disposition: form-data", "Content-Disposition metadata", ": form-data", "X: " + "y" * 10_000),
        "\r\n".join(f"X-{number}: y" for number in range(1000)),
    ],
    ids=lambda head: head[:30],
)
def test_a_part_with_strange_headers_is_refused(store: Store, head: str) -> None:
    refused(store, post(store, f"--b0undary\r\n{head}\r\n\r\n".encode() + MESSAGE + BODY.partition(MESSAGE)[2]))
