"""What a client changes: new content, corrected metadata, announced content, deletion."""

import json
from collections.abc import Callable
from typing import Any

from load.books import Entry, Version, Wrong, same
from load.connection import Answered
from load.deliveries import carried, upload
from load.reads import check_details
from load.sender import Sender

MERGE_PATCH, JSON, PDF = "application/merge-patch+json", "application/json", "application/pdf"

type Next = Callable[[Version], Version]


def replace(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.changeable):
        content = sender.content()
        sent = _body(PDF, content.bytes())
        _change(sender, entry, sent, 204, lambda before: Version(content, before.outcome))


def correct(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.changeable):
        outcome = sender.new("resultaat")
        sent = _body(MERGE_PATCH, json.dumps({"toets": {"resultaat": outcome}}).encode())
        _change(sender, entry, sent, 200, lambda before: Version(before.content, outcome))


def announce(sender: Sender) -> None:
    """New content that follows; one announcement in ten comes to nothing."""
    entry = sender.one(lambda entry: entry.changeable and entry.coming is None)
    if entry is None:
        return
    content = sender.content(announced=True)
    sent = _body(JSON, json.dumps(content.members()).encode())
    answered = sender.to.call("PATCH", f"/documents/{entry.id}", waits=True, **sent).expect(202)
    same(answered.body["versie"], len(entry.versions) + 1, f"{entry.id}: announced as version")
    entry.coming = content
    if sender.random.random() < 0.1:
        refused = sender.to.call("PATCH", f"/documents/{entry.id}", **_body(PDF, b"something else")).expect(409)
        same(refused.response.headers["Retry-After"], "60", f"{entry.id}: one announcement at a time")
        return
    upload(sender, content, answered.body["upload"])
    entry.uploaded = True
    if sender.random.random() < 0.2:  # what was announced and is there is completed, and nothing is left to be sent
        again = sender.to.call("PATCH", f"/documents/{entry.id}", waits=True, **sent).expect(204)
        entry.came()
        same(again.version, len(entry.versions), f"{entry.id}: the repeated announcement completed version")


def delete(sender: Sender) -> None:
    entry = sender.one(lambda entry: not entry.deleted)
    if entry is None:
        return
    ticket = None
    if entry.awaited and sender.random.random() < 0.5:
        answered = sender.to.call("POST", "/documents", **carried(entry.delivery, "ticket"))
        ticket = answered.expect(202).body["upload"]
    sender.to.call("DELETE", f"/documents/{entry.id}").expect(204)
    entry.deleted = True
    sender.to.call("GET", f"/documents/{entry.id}").expect(404)
    if ticket:  # it outlives the document; what it brings is nobody's, and is to go
        upload(sender, entry.delivery.content, ticket)


def _body(content_type: str, body: bytes) -> dict[str, Any]:
    return {"content": body, "headers": {"Content-Type": content_type}}


def _change(sender: Sender, entry: Entry, sent: dict[str, Any], status: int, following: Next) -> None:
    """Half of the changes name the version that they mean; of the others each is waited for."""
    path = f"/documents/{entry.id}"
    if sender.random.random() < 0.5:
        answered = sender.to.call("PATCH", path, waits=True, **sent).expect(status)
    else:
        answered = _change_of_version(sender, entry, sent, status)
    if entry.uploaded:  # what was there of an announced update came first
        entry.came()
    entry.versions.append(following(entry.current))
    if answered.status == 412:
        answered = sender.to.call("GET", path, params={"inhoud": "false"}).expect(200)
        check_details(answered, entry, with_content=False)
    same(answered.version, len(entry.versions), f"{entry.id}: the change made version")


def _change_of_version(sender: Sender, entry: Entry, sent: dict[str, Any], status: int) -> Answered:
    """The answer; a 412 after a lost one means that our own change was carried out. Raises Wrong for any other."""
    while True:
        version = len(entry.versions)
        tag = {"If-Match": f'"{version}-opgeslagen"'}
        request = sent | {"headers": sent["headers"] | tag}
        answered = sender.to.call("PATCH", f"/documents/{entry.id}", **request).expect(status, 412)
        if answered.status == status:
            return answered
        if entry.uploaded:  # the announced version came in between
            entry.seen(sender.to.call("HEAD", f"/documents/{entry.id}").expect(200).version)
        if len(entry.versions) == version:
            if not answered.in_doubt:
                raise Wrong(f"{entry.id}: 412 for the version in force")
            return answered
