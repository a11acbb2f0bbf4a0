"""The log as a test reads it, and what a line of it may hold: ids, sizes, outcomes and timings."""

import io
import json
from collections.abc import Callable, Iterator

import pytest

from marked import MARK
from moto_store import Answer
from okd_dms.log import logger
from okd_dms.reconciler import OUTCOMES

LINE = {
    *("level", "location", "message", "timestamp", "service", "correlation_id", "xray_trace_id"),
    *("method", "resource", "status", "milliseconds", "documentId", "bytes", "outcome"),
    *("component", "reason", "problem", "faults", "dependency", "code", "error", "at", *OUTCOMES),
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
