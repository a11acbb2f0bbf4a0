"""Whole handlers under hostile calls: whatever comes, the answer is a documented one and the store is as it says."""

import base64
import json
import os
import re
from collections import Counter
from functools import lru_cache
from typing import NoReturn

import pytest

import contract_check
import template
from fuzzing import effects, memory, wire
from fuzzing.standing import stand
from moto_store import Answer, handler
from okd_dms import api
from okd_dms.log import logger

VISIBLE = {*map(chr, range(0x20, 0x7F)), "\t"}


class Sink:
    """Where the log goes: it must be text that can be written, and is thrown away."""

    def write(self, line: str) -> None:
        line.encode("utf-8")

    def flush(self) -> None: ...


class Calls:
    """The stack in this process, which takes one call after another, each on the same standing store."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        for function in template.functions():
            for name, value in template.environment(function, Table="t", Bucket="b", AuthMode="none").items():
                patch.setitem(os.environ, name, value)
        self.aws = memory.stand_in(patch)
        patch.setattr(api, "unforeseen", _raise)
        for stream in logger.handlers:
            patch.setattr(stream, "stream", Sink())
        self.answered: Counter[str] = Counter()
        self.standing = stand(self.aws, self.send)

    def send(self, call: wire.Call) -> Answer:
        """The answer to a call, held against openapi.json."""
        event = call.event()
        answer = handler(template.function_for(event["httpMethod"], event["resource"]))(event, None)
        body = answer["body"]
        raw = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
        seen = Answer(answer["statusCode"], answer["headers"], raw)
        for name, value in seen.headers.items():
            assert VISIBLE.issuperset(value), f"{name} holds what no header may"
        if seen.status >= 400 and call.method != "HEAD":
            problem = seen.json()
            assert problem["status"] == seen.status
            assert problem["instance"] == event["requestContext"]["requestId"]
        shown = "bytes" if answer["isBase64Encoded"] else body
        _check(call.method, event["resource"], seen.status, _settled(json.dumps([seen.headers, shown])))
        self.answered[f"{call.method} {event['resource']} {seen.status}"] += 1
        return seen

    def __call__(self, data: bytes) -> None:
        """Send one call to the standing store, and hold what it did there against what it answered."""
        self.aws.memory = self.standing.memory.copy()
        call = wire.parse(data)
        effects.check(call, self.send(call), self)


def _settled(answer: str) -> str:
    """The answer with the same moments, ids and URLs each time."""
    return re.sub(f"{_URL}|{_MOMENT}|{_UUID}", lambda match: _FIXED[match.lastgroup or ""], answer)


_URL = r"(?P<url>https:[^\"\\?]+[?][^\"\\]+)"
_MOMENT = r"(?P<moment>20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z)"
_UUID = r"(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_FIXED = {
    "url": "https://example.org/",
    "moment": "2026-01-01T00:00:00.000Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


@lru_cache(maxsize=4096)
def _check(method: str, resource: str, status: int, settled: str) -> None:
    """An answer that was seen before, but for its moments, ids and URLs, needs no second look."""
    headers, body = json.loads(settled)
    assert status < 500
    contract_check.check(method, resource, Answer(status, headers, body.encode()))


def _raise(error: Exception) -> NoReturn:
    raise error
