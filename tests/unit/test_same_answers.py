"""The comparison of two answers overlooks what is another on every call, and nothing else."""

import json
import uuid
from typing import Any

import pytest

from same_answers import Answer

DERIVED = "e5a4e370-630b-590d-8e1c-1793c9bf3546"
URL = "http://localhost:{port}/{bucket}/direct/2026-03-12/{id}/{key}?X-Amz-Expires={life}&X-Amz-Signature={signature}"


def answer(**changed: Any) -> dict[str, Any]:
    """An answer whose ids, moments and signatures are others than those of any other one, with some parts changed."""
    said = {"port": 1, "bucket": uuid.uuid4(), "id": DERIVED, "key": uuid.uuid4().hex, "life": 900}
    url = URL.format(**said | {"signature": uuid.uuid4().hex} | changed.pop("url", {}))
    body = {
        "documentId": str(uuid.uuid4()),
        "registratiedatum": f"2026-03-12T11:53:36.{uuid.uuid4().int % 1000:03}Z",
        "inhoudUrl": url,
        "document": {"titel": "Proces-verbaal"},
        **changed.pop("body", {}),
    }
    headers = {"location": f"documents/{uuid.uuid4()}", "etag": '"1-opgeslagen"', "content-type": "application/json"}
    headers |= {"date": str(uuid.uuid4())} | changed.pop("headers", {})
    return Answer(changed.pop("status", 200), headers, json.dumps(body).encode()).comparable()


def test_ids_moments_and_signatures_may_differ() -> None:
    assert answer() == answer()
    assert answer(url={"port": 2}) == answer()


@pytest.mark.parametrize(
    "changed",
    [
        {"status": 201},
        {"headers": {"etag": '"2-opgeslagen"'}},
        {"headers": {"location": f"documents/{DERIVED}"}},
        {"headers": {"x-new": "1"}},
        {"headers": {"content-type": "application/problem+json"}},
        {"body": {"documentId": DERIVED}},
        {"body": {"document": {"titel": "Another"}}},
        {"body": {"new": None}},
        {"body": {"inhoudUrl": None}},
        {"url": {"id": "another"}},
        {"url": {"life": 901}},
    ],
    ids=str,
)
def test_anything_else_may_not(changed: dict[str, Any]) -> None:
    assert answer(**changed) != answer()


def test_what_stands_for_a_moment_must_be_one() -> None:
    with pytest.raises(AssertionError):
        answer(body={"registratiedatum": "yesterday"})
