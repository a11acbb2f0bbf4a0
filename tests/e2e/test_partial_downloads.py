"""A download that broke off goes on where it stopped: from the API, and from S3 by a presigned URL."""

import hashlib
import os
from collections.abc import Iterator

import httpx
import pytest

import tickets
from local_stack import LocalStack
from messages import pdf
from over_http import BYTES, replace, stored

CONTENT = pdf(256 * 400)


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def part(dms: httpx.Client, document_id: str, asked: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return dms.get(f"/documents/{document_id}", headers=BYTES | {"Range": asked} | sent)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=102399-", 102399, 102399),
        ("bytes=-5", 102395, 102399),
    ],
)
def test_one_range_is_given_with_its_place(dms: httpx.Client, asked: str, first: int, last: int) -> None:
    answer = part(dms, stored(dms, CONTENT), asked)
    assert (answer.status_code, answer.content) == (206, CONTENT[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"


def test_a_range_beyond_the_content_is_refused_with_its_size(dms: httpx.Client) -> None:
    answer = part(dms, stored(dms, CONTENT), f"bytes={len(CONTENT)}-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


def test_several_ranges_are_answered_with_the_whole(dms: httpx.Client) -> None:
    answer = part(dms, stored(dms, CONTENT), "bytes=0-1,5-6")
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_range_of_a_version_that_was_replaced_meanwhile_is_answered_with_the_new_whole(dms: httpx.Client) -> None:
    document_id = stored(dms, CONTENT)
    begun = dms.head(f"/documents/{document_id}", headers=BYTES)
    assert begun.headers["Accept-Ranges"] == "bytes"
    tag = begun.headers["ETag"]
    assert part(dms, document_id, "bytes=100-", If_Range=tag).status_code == 206
    replace(dms, document_id, CONTENT + b"!")
    answer = part(dms, document_id, "bytes=100-", If_Range=tag)
    assert (answer.status_code, answer.content) == (200, CONTENT + b"!")


def test_a_large_download_from_s3_is_resumed(stack: LocalStack, dms: httpx.Client) -> None:
    announced = tickets.announce(dms, b"%PDF-" + os.urandom(6 * 1024**2))
    announced.put().raise_for_status()
    assert tickets.is_completed(stack, announced)
    url = tickets.details(dms, announced)["inhoudUrl"]
    half = len(announced.content) // 2
    with httpx.stream("GET", url, trust_env=False) as broken_off:
        tag, got = broken_off.headers["ETag"], b""
        for piece in broken_off.iter_bytes(64 * 1024):
            got += piece
            if len(got) >= half:
                break
    rest = httpx.get(url, headers={"Range": f"bytes={len(got)}-", "If-Match": tag}, trust_env=False)
    assert rest.status_code == 206
    assert hashlib.sha256(got + rest.content).digest() == hashlib.sha256(announced.content).digest()
