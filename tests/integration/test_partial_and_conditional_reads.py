"""Only what the caller lacks: nothing when it has the version, and one range when it asks for that."""

import base64
import hashlib

import pytest

from messages import pdf, result, with_content
from moto_store import Store

CONTENT = pdf(1024)
DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()}:"
PDFS = {"Accept": "application/pdf"}


@pytest.fixture
def document_id(store: Store) -> str:
    """A document of 1,024 bytes."""
    return str(store.post_json(with_content(result(), CONTENT)).json()["documentId"])


@pytest.mark.parametrize(
    "tags",
    ['"1-opgeslagen"', 'W/"1-opgeslagen"', '"x", "1-opgeslagen"', '"x",W/"1-opgeslagen" , "y"', "*"],
)
@pytest.mark.parametrize("accept", ["application/json", "application/pdf"])
def test_what_the_caller_has_already_is_not_sent_again(store: Store, document_id: str, tags: str, accept: str) -> None:
    for call in (store.get, store.head):
        answer = call(document_id, headers={"If-None-Match": tags, "Accept": accept})
        assert (answer.status, answer.body) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["Vary"]) == ('"1-opgeslagen"', "Accept")
        assert store.calls == ["GetItem"]


def test_several_if_none_match_headers_are_one_list(store: Store, document_id: str) -> None:
    headers = [("If-None-Match", '"x"'), ("If-None-Match", '"1-opgeslagen"')]
    assert store.get(document_id, headers=headers).status == 304


@pytest.mark.parametrize("tags", ['"2-opgeslagen"', "1-opgeslagen", '""', "", '"*"', '"1-wacht_op_inhoud"'])
def test_what_the_caller_does_not_have_is_sent(store: Store, document_id: str, tags: str) -> None:
    assert store.get(document_id, headers={"If-None-Match": tags}).status == 200


@pytest.mark.parametrize(
    ("asked", "part"), [("bytes=0-0", "0-0"), ("bytes=1000-", "1000-1023"), ("bytes=-1", "1023-1023")]
)
def test_one_range_of_the_bytes_is_given_alone(store: Store, document_id: str, asked: str, part: str) -> None:
    answer = store.get(document_id, headers=PDFS | {"Range": asked})
    first, last = map(int, part.split("-"))
    assert (answer.status, answer.body) == (206, CONTENT[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {part}/1024"
    assert answer.headers["Repr-Digest"] == DIGEST


def test_a_range_of_what_has_changed_since_is_answered_with_the_whole(store: Store, document_id: str) -> None:
    answers = [
        store.get(document_id, headers=PDFS | {"Range": "bytes=1-2", "If-Range": tag})
        for tag in ('"1-opgeslagen"', '"0-opgeslagen"', 'W/"1-opgeslagen"', "Thu, 12 Mar 2026 09:00:00 GMT")
    ]
    assert [answer.status for answer in answers] == [206, 200, 200, 200]


def test_a_range_beyond_the_end_is_refused_with_the_size(store: Store, document_id: str) -> None:
    answer = store.get(document_id, headers=PDFS | {"Range": "bytes=1024-"})
    answer.problem(416, "range-not-satisfiable")
    assert answer.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "items=0-1", "bytes=z"])
def test_a_range_that_is_not_understood_is_ignored(store: Store, document_id: str, asked: str) -> None:
    assert store.get(document_id, headers=PDFS | {"Range": asked}).body == CONTENT


def test_the_details_have_no_ranges(store: Store, document_id: str) -> None:
    assert store.get(document_id, headers={"Range": "bytes=0-1"}).status == 200
