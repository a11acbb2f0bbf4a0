"""What a call may do to the store, given its answer: told from the call's own bytes, by other code than the store's."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from fuzzing.merge_patch import merged
from fuzzing.standing import IDS
from fuzzing.wire import Call
from okd_dms import items
from okd_dms.document import CONTENT_MEMBERS, DIRECT, Document, Status

if TYPE_CHECKING:
    from fuzzing.calls import Calls
    from moto_store import Answer

KEY_TAKEN = ("delivery-conflict", "idempotency-key-reused")
LOWERED = re.compile(r"(bronorganisatie|waarde|personId|offeringId|programId|associationId)$")
"""Members that are kept in lower case."""


def check(call: Call, answer: "Answer", calls: "Calls") -> None:
    """Fail unless the store is as this answer says."""
    before, after = calls.standing.memory, calls.aws.memory
    if answer.status >= 400 or call.method in ("GET", "HEAD"):
        completed = IDS["arrived"] if call.method == "PATCH" else ""
        _forget_unclaimed(call, answer, calls)
        assert after.holds_the_same(before, but=completed), "a refused call or a read has changed something"
        if call.method == "GET":
            _read(answer, calls)
        return
    document_id = answer.json()["documentId"] if call.method == "POST" else _id(call)
    assert after.holds_the_same(before, but=document_id), "another document was touched"
    head = after.head(document_id)
    assert head is not None
    if call.method == "DELETE":
        assert head.status is Status.DELETED
        assert [*after.rows[document_id]] == [items.HEAD]
        assert not any(document_id in key for key in after.objects), "content outlives its deletion"
    elif call.method == "PATCH":
        _changed(call, head, calls)
    elif document_id not in before.rows:
        _delivered(call, answer, head, calls)
    else:
        assert after.rows[document_id] == before.rows[document_id], "a repeat has changed the document"


def _forget_unclaimed(call: Call, answer: "Answer", calls: "Calls") -> None:
    """Bytes are kept before their record is; those of a delivery whose key is taken are left to the reconciler."""
    if call.method == "POST" and answer.json()["type"].rpartition("/")[2] in KEY_TAKEN:
        objects = calls.aws.memory.objects
        for key in [key for key in objects.keys() - calls.standing.memory.objects.keys() if key.startswith(DIRECT)]:
            del objects[key]


def _id(call: Call) -> str:
    return unquote(call.target.partition("?")[0].split("/")[2]).lower()


def _read(answer: "Answer", calls: "Calls") -> None:
    """What is read is what was stored, in its own version."""
    contents, kind = calls.standing.contents, answer.headers.get("Content-Type", "")
    if answer.status not in (200, 206):
        return
    if "Content-Disposition" not in answer.headers:
        details = answer.json() if kind == "application/json" else {}
        if details.get("inhoud") is not None:
            expected = contents[details["documentId"], details["versie"]]
            assert base64.b64decode(details["inhoud"]) == expected, "other bytes than were stored"
        return
    part = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.headers.get("Content-Range", ""))
    first, last = (int(part[1]), int(part[2])) if part else (0, len(answer.body) - 1)
    digest = answer.headers["Repr-Digest"]
    (whole,) = {each for each in contents.values() if _digest(each) == digest}
    assert answer.body == whole[first : last + 1], "other bytes than were stored"
    assert part or answer.body == whole, "the bytes are cut short"
    assert not part or int(part[3]) == len(whole)


def _digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def _delivered(call: Call, answer: "Answer", head: Document, calls: "Calls") -> None:
    """A new document holds the message and the bytes that were sent, reads back, and comes once."""
    described = head.message["document"]
    if answer.status == 200:
        content = calls.aws.memory.objects[head.object_key]
        assert content
        assert described["bestandsomvang"] == len(content)
        assert described["integriteit"]["waarde"] == hashlib.sha256(content).hexdigest()
        accept = [("Accept", "application/octet-stream")]
        read = calls.send(Call("GET", f"/documents/{head.id}", accept, b""))
        assert (read.status, read.body) == (200, content), "what was stored does not read back"
        carried = _carried(call)
        assert any(_says(sent, head.message) and bytes_ == content for sent, bytes_ in carried), "not what was sent"
    else:
        assert not any(head.id in key for key in calls.aws.memory.objects)
        assert _says(json.loads(call.body), head.message), "not what was sent"
    if "identificatie" in described or call.header("Idempotency-Key"):
        rows = calls.aws.memory.rows[head.id]
        again = calls.send(call)
        assert (again.status, again.json() | {"upload": 0}) == (answer.status, answer.json() | {"upload": 0})
        assert calls.aws.memory.rows[head.id] == rows, "a repeat has changed the document"


def _carried(call: Call) -> Iterator[tuple[Any, bytes]]:
    """Every message with its content that the body may be said to hold."""
    if "multipart" not in call.header("Content-Type").lower():
        sent = json.loads(call.body)
        yield sent, base64.b64decode(sent.pop("inhoud"))
        return
    starts = [match.end() for match in re.finditer(rb"(?=(\r\n\r\n))", call.body)]
    ends = [match.start() for match in re.finditer(rb"(?=\r\n--)", call.body)]
    slices = {call.body[start + 4 : end] for start in starts for end in ends if end >= start + 4}
    messages = []
    for part in slices:
        try:
            messages.append(json.loads(part))
        except ValueError:
            continue
    yield from ((message, part) for message in messages if isinstance(message, dict) for part in slices)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif value is not None:
        yield path, value


def _says(sent: Any, kept: dict[str, Any]) -> bool:
    """Whether the kept message is the sent one: nothing lost, nothing altered, and nothing added but of the bytes."""
    given, stored = dict(_leaves(sent)), dict(_leaves(kept))
    added = {path.split(".")[1] for path in stored.keys() - given.keys()}
    return (
        given.keys() <= stored.keys()
        and added <= {*CONTENT_MEMBERS}
        and all(_same(path, value, stored[path]) for path, value in given.items())
    )


def _same(path: str, sent: Any, kept: Any) -> bool:
    if type(sent) is type(kept) and sent == kept:
        return True
    return isinstance(sent, str) and bool(LOWERED.search(path)) and sent.isascii() and sent.lower() == kept


def _changed(call: Call, head: Document, calls: "Calls") -> None:
    """No version is lost or altered, and the new one is what was sent."""
    memory, kind = calls.aws.memory, call.header("Content-Type").partition(";")[0].strip().lower()
    rows = memory.rows[head.id]
    versions = {items.document(row).version: items.document(row) for row in rows.values()}
    assert sorted(versions) == [*range(1, head.version + 1)], "versions have gaps"
    for (document_id, version), content in calls.standing.contents.items():
        if document_id == head.id and version in versions:
            assert memory.objects[versions[version].object_key] == content, "an earlier version has other bytes"
    known = max(version for document_id, version in calls.standing.contents if document_id == head.id)
    assert head.version <= known + 1
    before = versions[head.version - 1] if head.version > known else head
    if kind == "application/merge-patch+json":
        assert _says(merged(before.message, json.loads(call.body)), head.message), "not what RFC 7396 says"
        assert head.object_key == before.object_key
    elif kind == "application/json":
        assert head.version <= known, "an announcement has made a version"
    else:
        assert memory.objects[head.object_key] == call.body, "not the bytes that were sent"
        others = {name: value for name, value in head.message["document"].items() if name not in CONTENT_MEMBERS}
        assert before.message | {"document": before.message["document"] | others} == before.message
        assert head.filename == before.filename
