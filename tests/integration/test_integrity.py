"""Bytes are verified on the way out: what is not what was handed over is never shown."""

import base64

import pytest

from messages import pdf, result, with_content
from moto_store import BUCKET, Answer, Store

CONTENT = pdf(1024)
PDFS = {"Accept": "application/pdf"}


@pytest.fixture
def document_id(store: Store) -> str:
    """A document whose bytes are no text in any charset."""
    return str(store.post_json(with_content(result(), CONTENT)).json()["documentId"])


def withheld(answer: Answer, content: bytes) -> None:
    answer.problem(500, "content-corrupt")
    assert content not in answer.body
    assert base64.b64encode(content) not in answer.body


@pytest.mark.parametrize("headers", [{}, PDFS, PDFS | {"Range": "bytes=0-1"}], ids=["details", "bytes", "range"])
@pytest.mark.parametrize("tampered", [CONTENT[:-1], CONTENT + b"x", b"\x01" + CONTENT[1:], b"", CONTENT[::-1]])
def test_bytes_that_are_not_those_that_were_stored_are_never_shown(
    store: Store, document_id: str, headers: dict[str, str], tampered: bytes
) -> None:
    (key,) = store.objects()
    store.s3.put_object(Bucket=BUCKET, Key=key, Body=tampered)
    withheld(store.get(document_id, headers=headers), tampered[:20] or CONTENT[:20])


@pytest.mark.parametrize("headers", [{}, PDFS], ids=["details", "bytes"])
def test_bytes_that_are_gone_are_reported_as_our_failure(
    store: Store, document_id: str, headers: dict[str, str]
) -> None:
    (key,) = store.objects()
    store.s3.delete_object(Bucket=BUCKET, Key=key)
    withheld(store.get(document_id, headers=headers), CONTENT[:20])
    assert store.get(document_id, query={"inhoud": "false"}).status == 200
