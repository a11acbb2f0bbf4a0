"""Marked data through every operation and every error: no mark in a log, a key, a tag or an error.

The contract of a log line is what it may hold: ids, sizes, outcomes and timings.
"""

import io
import json
from collections.abc import Callable, Iterator

import pytest

import outages
from changes import DOCUMENT, VERSIONS, describing, patch
from marked import CONTENT, HEADERS, MARK, MARKED, REFERENCE, REFUSED, multipart, post, stored
from messages import announcing, put, with_content
from moto_store import BUCKET, Answer, Store
from okd_dms import catalogue, vault
from okd_dms.errors import UploadUnfit
from okd_dms.log import logger

LINE = {
    *("level", "location", "message", "timestamp", "service", "correlation_id", "xray_trace_id"),
    *("method", "resource", "status", "milliseconds", "documentId", "bytes", "outcome"),
    *("component", "reason", "problem", "faults", "dependency", "code", "error", "at"),
}
"""What a line may hold."""


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that was written anywhere, at the most talkative level; every line of ours holds known members alone."""
    ours = io.StringIO()
    before = logger.registered_handler.stream  # type: ignore[attr-defined]
    logger.registered_handler.setStream(ours)  # type: ignore[attr-defined]
    logger.setLevel("DEBUG")
    yield lambda: "\n".join([ours.getvalue(), *capfd.readouterr(), caplog.text])
    logger.setLevel("INFO")
    logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    lines = [json.loads(line) for line in ours.getvalue().splitlines()]
    assert lines
    for line in lines:
        assert line.keys() <= LINE
        assert line["service"] == "okd-dms"


def faultless(answer: Answer) -> None:
    """No mark in an error, the names of unknown members aside: those are the caller's own, and the way to the fault."""
    assert answer.status >= 400
    problem = answer.json() if answer.body else {}
    for fault in problem.get("invalidParams", []):
        if fault["code"] == "unknown":
            fault["name"] = ""
    assert MARK not in json.dumps(problem, ensure_ascii=False)
    assert MARK not in "".join(answer.headers.values())


def test_deliveries_and_reads_write_nothing_personal(store: Store, log: Callable[[], str]) -> None:
    document_id = stored(store)
    assert post(store, with_content(MARKED, CONTENT)).status == 200
    assert post(store, with_content(put(MARKED, "document.identificatie", None)), Idempotency_Key=MARK).status == 200
    assert multipart(store, put(MARKED, "document.identificatie", f"{MARK} 2")).status == 200
    for accept in ("application/json", "application/pdf"):
        headers = HEADERS | {"Accept": accept}
        assert store.get(document_id, headers=headers).status == 200
        assert store.head(document_id, headers=headers).status == 200
        assert store.get(document_id, headers=headers | {"If-None-Match": "*"}).status == 304
        assert store.call("GET", "/documents", headers=headers, query=REFERENCE).status == 200
    written = log()
    assert document_id in written
    assert MARK not in written


def test_announcements_and_their_completion_write_nothing_personal(store: Store, log: Callable[[], str]) -> None:
    receipt = post(store, announcing(MARKED, CONTENT)).json()
    (item,) = store.items()
    key = item["objectKey"]
    with pytest.raises(UploadUnfit) as unfit:
        store.upload_event(key)
    assert MARK not in str(unfit.value)
    store.upload(key, CONTENT)
    assert store.get(receipt["documentId"]).status == 200
    store.upload_event(key)
    written = log()
    assert receipt["documentId"] in written
    assert MARK not in written
    assert "Signature" not in written


def test_changes_and_deletion_write_nothing_personal_and_leave_nothing_personal(
    store: Store, log: Callable[[], str]
) -> None:
    document_id = stored(store)
    correction, announcement = {"document": {"titel": f"{MARK} 2"}}, describing(CONTENT * 3, bestandsnaam=f"{MARK} 3")
    for content_type, change, status in (
        ("application/pdf", CONTENT * 2, 204),
        ("application/merge-patch+json", correction, 200),
        ("application/merge-patch+json", {"document": {"titel": [MARK], MARK: MARK}}, 422),
        ("application/json", announcement, 202),
        ("application/json", {MARK: MARK}, 422),
        (f"multipart/{MARK}", CONTENT, 415),
        ("application/pdf", CONTENT, 409),
    ):
        body = change if isinstance(change, bytes) else json.dumps(change).encode()
        answer = patch(store, document_id, body, content_type, Authorization=MARK, User_Agent=MARK)
        assert answer.status == status
        if status >= 400:
            faultless(answer)
    assert store.call("GET", VERSIONS, headers=HEADERS, documentId=document_id).status == 200
    assert store.get(document_id, query={"versie": "1"}).status == 200
    assert store.call("DELETE", DOCUMENT, headers=HEADERS, documentId=document_id).status == 204
    faultless(store.get(document_id))
    assert MARK not in log()
    assert MARK not in str(store.items())
    assert store.objects() == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_writes_and_answers_nothing_personal(store: Store, log: Callable[[], str], name: str) -> None:
    faultless(REFUSED[name](store))
    assert MARK not in log()


def test_a_conflict_writes_and_answers_nothing_personal(store: Store, log: Callable[[], str]) -> None:
    stored(store)
    faultless(post(store, with_content(put(MARKED, "document.titel", f"{MARK} 2"), CONTENT)))
    unkeyed = put(MARKED, "document.identificatie", None)
    post(store, with_content(unkeyed, CONTENT), Idempotency_Key=MARK)
    faultless(post(store, with_content(unkeyed), Idempotency_Key=MARK))
    assert MARK not in log()


def test_a_read_that_is_refused_writes_and_answers_nothing_personal(store: Store, log: Callable[[], str]) -> None:
    document_id = stored(store)
    faultless(store.get(document_id, headers={"Accept": f"image/{MARK}"}))
    faultless(store.get(document_id, headers={"Accept": "application/pdf", "Range": "bytes=999-"}))
    store.s3.put_object(Bucket=BUCKET, Key=store.objects()[0], Body=f"{MARK} tampered".encode())
    faultless(store.get(document_id))
    assert MARK not in log()


@pytest.mark.parametrize("operation", ["GetItem", "PutItem", "PutObject", "GetObject"])
def test_a_failing_dependency_writes_and_answers_nothing_personal(
    store: Store, log: Callable[[], str], operation: str
) -> None:
    document_id = stored(store)
    with outages.failing(operation, outages.refusal("ThrottlingException")):
        faultless(store.get(document_id) if operation.startswith("Get") else post(store, with_content(MARKED)))
    written = log()
    assert MARK not in written
    assert "ThrottlingException" in written


def test_a_failure_of_ours_is_logged_as_an_error_and_a_refusal_is_not(store: Store, log: Callable[[], str]) -> None:
    store.get(MARK)
    assert '"level":"ERROR"' not in log()
    with outages.failing("GetItem", outages.refusal("ThrottlingException")):
        store.call("GET", "/documents", query=REFERENCE)
    assert '"level":"ERROR"' in log()


@pytest.mark.parametrize("chained", [False, True])
def test_an_error_that_nobody_foresaw_writes_and_answers_nothing_personal(
    store: Store, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch, chained: bool
) -> None:
    document_id = stored(store)

    def fail(*_: object) -> None:
        raise RuntimeError(f"{MARK} in the text", MARK) from ValueError(f"{MARK} in the cause") if chained else None

    monkeypatch.setattr(catalogue, "add", fail)
    monkeypatch.setattr(vault, "read", fail)
    faultless(post(store, with_content(MARKED)))
    faultless(store.get(document_id))
    written = log()
    assert MARK not in written
    assert "RuntimeError" in written
