"""Marked data through every operation and every error: no mark in a log, a key, a tag or an error.

The contract of a log line is what it may hold: ids, sizes, outcomes and timings.
"""

import io
import json
from collections.abc import Callable, Iterator

import pytest

import outages
import template
from conftest import BUCKET, Answer, Store
from marked import CONTENT, HEADERS, MARK, MARKED, REFERENCE, REFUSED, multipart, post, stored
from messages import PDF, announcing, put, result, with_content
from okd_dms import catalogue, vault
from okd_dms.errors import UploadUnfit
from okd_dms.log import logger

LINE = {
    *("level", "location", "message", "timestamp", "service", "correlation_id", "xray_trace_id"),
    *("method", "resource", "status", "milliseconds", "documentId", "bytes", "outcome"),
    *("problem", "faults", "dependency", "code", "error", "at"),
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


def test_no_key_tag_or_metadata_holds_anything_personal(store: Store) -> None:
    stored(store)
    post(store, announcing(put(MARKED, "document.identificatie", f"{MARK} 2"), CONTENT))
    post(store, with_content(result() | {"student": MARKED["student"]}, PDF), Idempotency_Key=MARK)
    keys = {definition["AttributeName"] for definition in template.table_definition()["AttributeDefinitions"]}
    items = store.items()
    assert any(MARK in item["message"] for item in items)
    for item in items:
        assert not [name for name in keys & item.keys() if MARK in str(item[name]) or "1234567" in str(item[name])]
    for key in store.objects():
        assert MARK not in key
        kept = store.s3.head_object(Bucket=BUCKET, Key=key)
        assert kept["Metadata"] == {}
        assert "ContentDisposition" not in kept
        assert store.s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] == []
