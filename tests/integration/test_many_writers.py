"""Many writers of one document, each in a thread of its own, until every one of them has got through."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient

from changes import content_of, digest, environment_of, page, stored
from messages import PDF
from moto_store import Store, handler, proxy_event

WRITERS = 50


@pytest.fixture
def one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS carries out a call as a whole; moto does so only when calls come one by one."""
    lock, call = threading.Lock(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def locked(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        with lock:
            return call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", locked)
    with environment_of("UpdateDocumentFunction"):
        yield


def write(update: Callable[..., dict[str, Any]], document_id: str, content: bytes) -> tuple[int, int]:
    """Repeat as the answer says until the content is in: the version that it became, and the number of refusals."""
    for refusals in range(10 * WRITERS):
        event = proxy_event(
            "PATCH",
            "/documents/{documentId}",
            content,
            {"Content-Type": "text/plain"},
            None,
            {"documentId": document_id},
        )
        answer = update(event, None)
        if answer["statusCode"] == 204:
            return int(answer["headers"]["ETag"].strip('"').split("-")[0]), refusals
        assert answer["statusCode"] == 409
        assert json.loads(answer["body"])["type"].endswith("/busy")
        assert int(answer["headers"]["Retry-After"]) > 0
    pytest.fail("this writer never got through")


@pytest.mark.usefixtures("one_call_at_a_time")
def test_fifty_writers_make_fifty_versions_without_gaps_or_twins(store: Store) -> None:
    document_id = stored(store)
    contents = [f"content of writer {number}".encode() for number in range(WRITERS)]
    update = handler("UpdateDocumentFunction")
    with ThreadPoolExecutor(WRITERS) as pool:
        written = list(pool.map(lambda content: write(update, document_id, content), contents))
    assert sum(refusals for _, refusals in written) > 0
    assert sorted(version for version, _ in written) == list(range(2, WRITERS + 2))
    listed = page(store, document_id, limit="100").json()["versies"]
    assert [entry["versie"] for entry in listed] == list(range(WRITERS + 1, 0, -1))
    expected = {1: PDF} | {version: content for (version, _), content in zip(written, contents, strict=True)}
    for entry in listed:
        assert content_of(store, document_id, entry["versie"]) == expected[entry["versie"]]
        assert entry["document"]["integriteit"]["waarde"] == digest(expected[entry["versie"]])
