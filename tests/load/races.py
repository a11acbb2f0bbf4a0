"""Calls on one document at the same moment: each is answered as if they had come one after the other."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from load.books import Content, Entry, Version, Wrong, same
from load.changes import JSON, MERGE_PATCH, PDF
from load.deliveries import carried
from load.sender import Sender

type Next = Callable[[Version], Version]

BUSY, PENDING = "1", "60"
"""Retry-After of what lost against another writer, or against an announcement."""


@dataclass(frozen=True, slots=True)
class Call:
    """One of them: what it asks, the status that means success, and which version follows from it."""

    kind: str
    method: str
    request: dict[str, Any]
    success: int
    following: Next | None = None
    announces: Content | None = None


def call(sender: Sender, entry: Entry, kind: str) -> Call:
    """A call of this kind, with content or metadata of its own."""
    match kind:
        case "replace":
            content = sender.content()
            sent = {"content": content.bytes(), "headers": {"Content-Type": PDF}}
            return Call(kind, "PATCH", sent, 204, lambda before: Version(content, before.outcome))
        case "correct":
            outcome = sender.new("resultaat")
            body = json.dumps({"toets": {"resultaat": outcome}}).encode()
            sent = {"content": body, "headers": {"Content-Type": MERGE_PATCH}}
            return Call(kind, "PATCH", sent, 200, lambda before: Version(before.content, outcome))
        case "announce":
            content = sender.content(announced=True)
            sent = {"content": json.dumps(content.members()).encode(), "headers": {"Content-Type": JSON}}
            return Call(kind, "PATCH", sent, 202, announces=content)
        case "deliver":
            return Call(kind, "POST", carried(entry.delivery, sender.carrier()), 200)
        case "delete":
            return Call(kind, "DELETE", {}, 204)
        case _:
            return Call(kind, "GET", {}, 200)


KINDS = ("replace", "correct", "announce", "deliver", "delete", "read")


def at_once(sender: Sender, entry: Entry, kinds: list[str]) -> None:
    """Make these calls, and bring the books up to date. Raises Wrong when no order explains the answers."""
    calls = [call(sender, entry, kind) for kind in kinds]

    def make(one: Call) -> httpx.Response:
        path = "/documents" if one.kind == "deliver" else f"/documents/{entry.id}"
        answer = sender.to.once(one.method, path, **one.request)
        if answer is None:
            raise Wrong(f"{entry.id}: no answer to {one.kind}")
        return answer

    with ThreadPoolExecutor(len(calls)) as threads:
        answers = list(zip(calls, threads.map(make, calls), strict=True))
    won = [(one, answer) for one, answer in answers if answer.status_code == one.success]
    deleted = any(one.kind == "delete" for one, _ in won)
    announced = [(one.announces, answer.json()["versie"]) for one, answer in won if one.announces]
    for one, answer in answers:
        if answer.status_code != one.success:
            _check_refusal(one, answer, entry, deleted=deleted, announced=bool(announced))
    _bring_up_to_date(entry, [(_version(answer), one.following) for one, answer in won if one.following])
    for one, answer in won:
        if one.kind == "read":
            _check_read(entry, answer.json())
    if announced:
        same(len(announced), 1, f"{entry.id}: announcements at one time")
        ((entry.coming, version),) = announced
        same(version, len(entry.versions) + 1, f"{entry.id}: announced as version")
    entry.deleted = deleted


def _check_refusal(one: Call, answer: httpx.Response, entry: Entry, *, deleted: bool, announced: bool) -> None:
    """A loser is told so; what was deleted is not there, and its key stays taken."""
    status, retry_after = answer.status_code, answer.headers.get("Retry-After")
    lost = one.method in ("PATCH", "DELETE") and (status, retry_after) == (409, BUSY)
    waits = one.method == "PATCH" and announced and (status, retry_after) == (409, PENDING)
    gone = deleted and status == (409 if one.kind == "deliver" else 404)
    if not (lost or waits or gone):
        raise Wrong(f"{entry.id}: {one.kind} was answered {status} {answer.text[:300]}")


def _bring_up_to_date(entry: Entry, made: list[tuple[int, Next]]) -> None:
    """Each writer that won made the version that its answer says: no gaps and no twins."""
    made = sorted(made, key=lambda version: version[0])
    first = len(entry.versions) + 1
    same([version for version, _ in made], list(range(first, first + len(made))), f"{entry.id}: versions made")
    for _, following in made:
        entry.versions.append(following(entry.current))


def _check_read(entry: Entry, body: dict[str, Any]) -> None:
    """Metadata and bytes of one version."""
    version = entry.versions[body["versie"] - 1]
    same(base64.b64decode(body["inhoud"]) == version.content.bytes(), True, f"{entry.id}: bytes of its version")
    same(body["toets"]["resultaat"], version.outcome, f"{entry.id}: outcome of version {body['versie']}")


def _version(answer: httpx.Response) -> int:
    return int(answer.headers["ETag"].strip('"').partition("-")[0])
