"""Requests that two readers could take for different ones: refused, or read in the one way that is defined.

The server in front is the local stack's here and API Gateway's on AWS; what reaches our code is ours to refuse.
"""

import json
from collections.abc import Iterator

import httpx
import pytest

from local_stack import LocalStack
from messages import result, with_content
from raw_http import request, statuses

BODY = json.dumps(with_content(result(identificatie="smuggled"))).encode()
SMUGGLED = {"bronorganisatie": "25LX", "identificatie": "smuggled"}
HIDDEN = b"DELETE /documents HTTP/1.1\r\nHost: x\r\n\r\n"
LENGTH = f"Content-Length: {len(BODY)}".encode()
JSON = b"Content-Type: application/json"
CHUNKED = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_is_left(dms: httpx.Client) -> Iterator[None]:
    yield
    assert dms.get("/documents", params=SMUGGLED).status_code == 404


AMBIGUOUS = {
    "two lengths": ([JSON, LENGTH, b"Content-Length: 2"], BODY),
    "two lengths in one": ([JSON, f"Content-Length: {len(BODY)}, 2".encode()], BODY),
    "a length and chunks": ([JSON, b"Content-Length: 4", b"Transfer-Encoding: chunked"], b"0\r\n\r\n" + HIDDEN),
    "chunks and a length": ([JSON, b"Transfer-Encoding: chunked", LENGTH], b"0\r\n\r\n" + HIDDEN),
    "an unknown coding": ([JSON, b"Transfer-Encoding: xchunked"], CHUNKED),
    "two codings": ([JSON, b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"], CHUNKED),
    "a length that is no number": ([JSON, b"Content-Length: +2"], BODY),
    "a length below nought": ([JSON, b"Content-Length: -1"], BODY),
    "a name with a space": ([JSON, b"Content-Length : 2"], BODY),
    "a folded header": ([b"Content-Type:", b" application/json", LENGTH], BODY),
    "a header without a name": ([JSON, b": x", LENGTH], BODY),
    "a null byte": ([b"Content-Type: application/json\x00", LENGTH], BODY),
    "a bare carriage return": ([b"Content-Type: application/json\rX-Injected: 1", LENGTH], BODY),
    "a chunk without an end": ([JSON, b"Transfer-Encoding: chunked"], b"5\r\nhello"),
    "a chunk of no size": ([JSON, b"Transfer-Encoding: chunked"], b"zz\r\nhello\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_request_of_two_readings_gets_one_answer_and_stores_nothing(stack: LocalStack, name: str) -> None:
    headers, body = AMBIGUOUS[name]
    answers = statuses(stack.api, request(stack.api, "POST", "/documents", headers, body))
    assert len(answers) <= 1, "what was hidden in the body was answered too"
    assert all(400 <= status < 500 for status in answers)


@pytest.mark.parametrize(
    "headers",
    [
        [JSON, b"content-type: text/plain", LENGTH],
        [JSON, JSON, LENGTH],
        [JSON, b"Idempotency-Key: a", b"idempotency-key: b", LENGTH],
        [JSON, b"Idempotency-Key: a", b"Idempotency-Key: a", LENGTH],
        [JSON, b"Content-Encoding: identity", b"Content-Encoding: gzip", LENGTH],
    ],
    ids=["two types", "the same type twice", "two keys", "the same key twice", "two codings"],
)
def test_a_header_that_comes_twice_is_malformed(stack: LocalStack, headers: list[bytes]) -> None:
    assert statuses(stack.api, request(stack.api, "POST", "/documents", headers, BODY)) == [400]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/documents/%2e%2e/documents", 404),
        ("/documents/..%2fdocuments", 400),
        ("/documents/11111111-2222-4333-8444-555555555555%00", 400),
        ("/documents/%31%31111111-2222-4333-8444-555555555555", 404),
        ("/documents/%2531%31111111-2222-4333-8444-555555555555", 400),
        ("/documents?identificatie=a&identificatie=b&bronorganisatie=25LX", 400),
        ("/documents?bronorganisatie=25LX&identificatie=%ED%A0%80", 404),
        ("/documents?bronorganisatie=25LX&identificatie=%00", 404),
        ("/documents?" + "x" * 4000, 400),
    ],
)
def test_a_path_is_decoded_once_and_a_query_names_each_parameter_once(
    stack: LocalStack, path: str, status: int
) -> None:
    assert statuses(stack.api, request(stack.api, "GET", path, [b"Connection: close"])) == [status]


@pytest.mark.parametrize("name", [b"Idempotency-Key", b"Content-Type"])
@pytest.mark.parametrize("value", ["Zoë".encode(), "Zoë".encode("latin-1"), b"\xed\xa0\x80"], ids=ascii)
def test_a_header_that_counts_is_ascii(stack: LocalStack, name: bytes, value: bytes) -> None:
    headers = [LENGTH, name + b": " + value, *([] if name == b"Content-Type" else [JSON])]
    assert statuses(stack.api, request(stack.api, "POST", "/documents", headers, BODY)) == [400]


def test_a_second_request_on_the_connection_is_a_request_of_its_own(stack: LocalStack, dms: httpx.Client) -> None:
    """Chunks alone are no trick; what follows them is read as what it is."""
    chunks = request(stack.api, "POST", "/documents", [JSON, b"Transfer-Encoding: chunked"], CHUNKED)
    following = request(stack.api, "GET", "/documents/no-uuid", [b"Connection: close"])
    assert statuses(stack.api, chunks + following) == [200, 400]
    found = dms.get("/documents", params=SMUGGLED)
    dms.delete(f"/documents/{found.json()['documentId']}")
