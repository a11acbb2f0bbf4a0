"""Over HTTP, on the deployed template: what goes in comes back bit for bit, and what is refused says why."""

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest

from local_stack import LocalStack
from messages import PDF, pdf, result, sitting, with_content

MIB = 1024**2
CONTENTS = {
    "a PDF": PDF,
    "next to nothing": b"%PDF-",
    "every byte": pdf(1024),
    "what looks like multipart": b'%PDF-\r\n--boundary--\r\nContent-Disposition: form-data; name="file"\r\n\r\n{}\r\n',
    "no UTF-8": b"%PDF-\xff\xfe\xed\xa0\x80\xc3\x28",
    "random bytes": b"%PDF-" + random.Random(1).randbytes(300_000),
}
FILENAMES = [
    "beoordeling Zoë Ångström.pdf",
    "試験の結果.pdf",
    "نتيجة الامتحان.pdf",
    "экзамен №5.pdf",
    "e\u0301 (NFD).pdf",
    "🎓 diploma.pdf",
    "100% \"goed\"; 'klaar'.pdf",
]


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def post_multipart(dms: httpx.Client, message: dict[str, Any], content: bytes, name: str = "a.pdf") -> httpx.Response:
    metadata = (None, json.dumps(message).encode(), "application/json")
    return dms.post("/documents", files={"metadata": metadata, "file": (name, content, "application/pdf")})


def post_json(dms: httpx.Client, message: dict[str, Any], content: bytes) -> httpx.Response:
    return dms.post("/documents", json=with_content(message, content))


CARRIERS = {"multipart": post_multipart, "JSON": post_json}


def stored(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "opgeslagen"
    assert answer.headers["Location"] == f"documents/{answer.json()['documentId']}"
    return str(answer.json()["documentId"])


def read_bytes(dms: httpx.Client, document_id: str, accept: str = "application/octet-stream") -> httpx.Response:
    return dms.get(f"/documents/{document_id}", headers={"Accept": accept})


def name_saved_under(answer: httpx.Response) -> str:
    """What a client that knows RFC 6266 calls the file."""
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    return unquote(disposition.partition("filename*=UTF-8''")[2])


@pytest.mark.parametrize("flow", [result, sitting])
@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("content", CONTENTS)
def test_a_document_comes_back_bit_for_bit(dms: httpx.Client, content: str, carrier: str, flow: Any) -> None:
    sent, message = CONTENTS[content], flow()
    document_id = stored(CARRIERS[carrier](dms, message, sent))

    details = dms.get(f"/documents/{document_id}").json()
    assert base64.b64decode(details["inhoud"]) == sent
    assert details["document"].items() >= message["document"].items()
    assert {part: details.get(part) for part in message if part != "document"} == {
        part: value for part, value in message.items() if part != "document"
    }
    digest = hashlib.sha256(sent)
    assert details["document"]["integriteit"] == {"algoritme": "sha_256", "waarde": digest.hexdigest()}

    answer = read_bytes(dms, document_id)
    assert answer.content == sent
    assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


@pytest.mark.parametrize(("carrier", "size"), [("multipart", 4 * MIB), ("JSON", 3 * MIB)])
def test_the_largest_document_of_each_carrier_comes_back_bit_for_bit(
    dms: httpx.Client, carrier: str, size: int
) -> None:
    sent = b"%PDF-" + random.Random(size).randbytes(size - 5)
    document_id = stored(CARRIERS[carrier](dms, result(), sent))
    assert read_bytes(dms, document_id).content == sent
    assert base64.b64decode(dms.get(f"/documents/{document_id}").json()["inhoud"]) == sent


@pytest.mark.parametrize("name", FILENAMES)
def test_a_file_name_in_any_script_is_kept_and_given_back(dms: httpx.Client, name: str) -> None:
    document_id = stored(post_multipart(dms, result(bestandsnaam=name, titel=name), PDF))
    document = dms.get(f"/documents/{document_id}").json()["document"]
    assert (document["bestandsnaam"], document["titel"]) == (name, name)
    assert name_saved_under(read_bytes(dms, document_id)) == name


@pytest.mark.parametrize("name", FILENAMES[:-1])
def test_a_file_name_that_only_the_multipart_body_says_is_kept(dms: httpx.Client, name: str) -> None:
    message = result()
    del message["document"]["bestandsnaam"]
    assert post_multipart(dms, message, PDF, name).json()["document"]["bestandsnaam"] == name


def test_the_bytes_come_as_the_stored_media_type_or_as_octet_stream(dms: httpx.Client) -> None:
    document_id = stored(post_json(dms, result(), PDF))
    for accept, given in (
        ("application/pdf", "application/pdf"),
        ("application/octet-stream", "application/octet-stream"),
        ("application/*;q=0.5, text/html", "application/pdf"),
    ):
        answer = read_bytes(dms, document_id, accept)
        assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, given, PDF)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Accept" in answer.headers["Vary"]


def test_inhoud_url_gives_the_bytes_to_a_plain_get_under_the_original_name(dms: httpx.Client) -> None:
    document_id = stored(post_json(dms, result(bestandsnaam=FILENAMES[1]), PDF))
    answer = httpx.get(dms.get(f"/documents/{document_id}").json()["inhoudUrl"], trust_env=False)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert name_saved_under(answer) == FILENAMES[1]


def test_details_without_content_still_say_where_it_is(dms: httpx.Client) -> None:
    details = dms.get(f"/documents/{stored(post_json(dms, result(), PDF))}", params={"inhoud": "false"}).json()
    assert "inhoud" not in details
    assert httpx.get(details["inhoudUrl"], trust_env=False).content == PDF


def test_a_document_that_has_not_changed_is_not_sent_again(dms: httpx.Client) -> None:
    first = dms.get(f"/documents/{stored(post_json(dms, result(), PDF))}")
    again = dms.get(first.request.url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_head_answers_like_get_without_a_body(dms: httpx.Client) -> None:
    document_id = stored(post_json(dms, result(), PDF))
    got, head = (dms.request(method, f"/documents/{document_id}") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert {head.headers[name] == got.headers[name] for name in ("ETag", "Content-Type", "Vary")} == {True}


def test_a_document_is_found_by_its_senders_reference(dms: httpx.Client) -> None:
    reference = f"EX/2026 & ё {uuid4()}"
    document_id = stored(post_json(dms, result(identificatie=reference), PDF))
    found = dms.get("/documents", params={"bronorganisatie": "25LX", "identificatie": reference})
    assert (found.status_code, found.json()["documentId"]) == (200, document_id)


@pytest.mark.parametrize("keyed_by", ["identificatie", "Idempotency-Key"])
def test_twenty_deliveries_at_once_make_one_document_and_get_one_answer(dms: httpx.Client, keyed_by: str) -> None:
    key = str(uuid4())
    message = result(identificatie=key) if keyed_by == "identificatie" else result()
    headers = {"Idempotency-Key": key} if keyed_by == "Idempotency-Key" else {}
    with ThreadPoolExecutor(20) as threads:
        answers = list(
            threads.map(lambda _: dms.post("/documents", json=with_content(message), headers=headers), range(20))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert read_bytes(dms, stored(answers[0])).content == PDF


def test_the_carrier_does_not_count_for_a_redelivery(dms: httpx.Client) -> None:
    message = sitting(identificatie=str(uuid4()))
    assert stored(post_json(dms, message, PDF)) == stored(post_multipart(dms, message, PDF))


def test_other_bytes_under_the_same_reference_are_refused_and_change_nothing(dms: httpx.Client) -> None:
    message = result(identificatie=str(uuid4()))
    document_id = stored(post_json(dms, message, PDF))
    refused = post_json(dms, message, PDF + b"\n")
    assert (refused.status_code, refused.json()["documentId"]) == (409, document_id)
    assert read_bytes(dms, document_id).content == PDF
