"""What stands in the store when a call comes: a document in each state, made by the handlers themselves."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from fuzzing.memory import Aws, Memory
from fuzzing.wire import Call
from messages import PDF, announcing, result, sitting, with_content
from moto_store import Answer
from okd_dms.caller import NOBODY
from okd_dms.document import document_id

JSON = [("Content-Type", "application/json")]
PATCH = [("Content-Type", "application/merge-patch+json")]
NAMES = ("versions", "awaited", "deleted", "announced", "arrived")
"""By what they are: with three versions, without its content, buried, with new content under way, and with new content
that is there although nobody has noticed."""

IDS = {name: document_id(NOBODY, "25LX", name, None) for name in NAMES}
"""They are the same in every process, so the corpus can name them."""
NEW = b"%PDF-1.7 other bytes"


@dataclass(slots=True)
class Standing:
    """The store before a call, and what each version of its documents holds."""

    memory: Memory
    contents: dict[tuple[str, int], bytes] = field(default_factory=dict)


def stand(aws: Aws, send: Callable[[Call], Answer]) -> Standing:
    """Fill the memory with a document of every kind."""

    def call(status: int, method: str, name: str, headers: list[tuple[str, str]], body: bytes = b"") -> None:
        target = f"/documents/{IDS[name]}" if method != "POST" else "/documents"
        answer = send(Call(method, target, headers, body))
        assert answer.status == status, answer.body

    announcement = json.dumps(announcing({"document": {}}, NEW)["document"]).encode()
    for name in NAMES:
        message = result(identificatie=name) if name != "deleted" else sitting(identificatie=name)
        carried, status = (announcing(message), 202) if name == "awaited" else (with_content(message), 200)
        call(status, "POST", name, JSON, json.dumps(carried).encode())
    call(200, "PATCH", "versions", PATCH, b'{"toets": {"resultaat": "goed"}}')
    call(204, "PATCH", "versions", [("Content-Type", "text/plain")], NEW)
    call(204, "DELETE", "deleted", [])
    call(202, "PATCH", "announced", JSON, announcement)
    call(202, "PATCH", "arrived", JSON, announcement)
    arrived = aws.find(IDS["arrived"])
    assert arrived is not None
    assert arrived.announcement is not None
    aws.memory.objects[arrived.announcement.object_key] = NEW
    contents = {
        (IDS["versions"], 1): PDF,
        (IDS["versions"], 2): PDF,
        (IDS["versions"], 3): NEW,
        (IDS["announced"], 1): PDF,
        (IDS["arrived"], 1): PDF,
        (IDS["arrived"], 2): NEW,
    }
    return Standing(aws.memory, contents)
