"""What a client reads: details, bytes, parts of them, earlier versions and their list, each held against its books."""

import base64
from typing import Any

import httpx

from load.books import Entry, Version, Wrong, same
from load.connection import Answered
from load.sender import MIB, Sender

JSON, PDF, BYTES = "application/json", "application/pdf", "application/octet-stream"

type Headers = dict[str, str]


def details(sender: Sender) -> None:
    if entry := sender.one(lambda entry: not entry.deleted):
        answered = sender.to.call("GET", f"/documents/{entry.id}").expect(200)
        check_details(answered, entry, with_content=True)


def by_url(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.readable):
        answered = sender.to.call("GET", f"/documents/{entry.id}", params={"inhoud": "false"}).expect(200)
        version = check_details(answered, entry, with_content=False)
        fetched = sender.to.transfer("GET", answered.body["inhoudUrl"]).expect(200)
        _check_bytes(fetched.response, version.content.bytes(), entry)


def whole(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.readable):
        answered = _bytes(sender, entry)
        version = entry.seen(answered.version)
        response = _followed(sender, answered).expect(200).response
        if answered.status == 200:
            digest = base64.b64encode(bytes.fromhex(version.content.sha256)).decode()
            same(response.headers["Repr-Digest"], f"sha-256=:{digest}:", entry.id)
        _check_bytes(response, version.content.bytes(), entry)


def part(sender: Sender) -> None:
    """One range, of the API's answer or of what it redirects to."""
    entry = sender.one(lambda entry: entry.steady)
    if entry is None:
        return
    size, content = entry.current.content.size, entry.current.content.bytes()
    first = sender.random.randrange(size)
    last = sender.random.randrange(first, size + 100)
    said, last = sender.random.choice(
        [(f"{first}-{last}", min(last, size - 1)), (f"{first}-", size - 1), (f"-{size - first}", size - 1)]
    )
    asked = {"Range": f"bytes={said}"}
    answered = _followed(sender, _bytes(sender, entry, headers=asked), asked).expect(206)
    same(answered.response.headers["Content-Range"], f"bytes {first}-{last}/{size}", entry.id)
    _check_bytes(answered.response, content[first : last + 1], entry)


def earlier_version(sender: Sender) -> None:
    entry = sender.one(lambda entry: entry.readable and len(entry.versions) > 1)
    if entry is None:
        return
    number = sender.random.randrange(1, len(entry.versions) + 1)
    if sender.random.random() < 0.5:
        check_version(sender, entry, number)
        return
    version = entry.versions[number - 1]
    body = sender.to.call("GET", f"/documents/{entry.id}", params={"versie": str(number)}).expect(200).body
    same((body["versie"], body["toets"]["resultaat"]), (number, version.outcome), f"{entry.id}: version")
    same(_described(body), version.content.members(), f"{entry.id}: version {number} says")


def conditionally(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.readable):
        head = sender.to.call("HEAD", f"/documents/{entry.id}").expect(200)
        entry.seen(head.version)
        tag = {"If-None-Match": head.response.headers["ETag"]}
        again = sender.to.call("GET", f"/documents/{entry.id}", headers=tag).expect(200, 304)
        same(again.status, 304 if again.version == head.version else 200, f"{entry.id}: unchanged is answered")
        entry.seen(again.version)


def by_reference(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.delivery.key.reference):
        query = {"bronorganisatie": "25LX", "identificatie": str(entry.delivery.key.reference), "inhoud": "false"}
        answered = sender.to.call("GET", "/documents", params=query)
        if entry.deleted:
            answered.expect(404)
        else:
            check_details(answered.expect(200), entry, with_content=False)


def by_unknown_reference(sender: Sender) -> None:
    query = {"bronorganisatie": "25LX", "identificatie": sender.new("onbekend")}
    sender.to.call("GET", "/documents", params=query).expect(404)


def awaited(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.awaited):
        answered = sender.to.call("GET", f"/documents/{entry.id}", headers={"Accept": PDF}).expect(409)
        same(answered.body["title"], "Content awaited", entry.id)


def deleted(sender: Sender) -> None:
    if entry := sender.one(lambda entry: entry.deleted):
        sender.to.call("GET", f"/documents/{entry.id}{sender.random.choice(['', '/versies'])}").expect(404)


def versions(sender: Sender) -> None:
    if entry := sender.one(lambda entry: not entry.deleted):
        check_versions(sender, entry)


def check(sender: Sender, entry: Entry) -> None:
    """All that a reader gets of a document, when nothing is under way."""
    answered = sender.to.call("GET", f"/documents/{entry.id}")
    if entry.deleted:
        answered.expect(404)
        return
    check_details(answered.expect(200), entry, with_content=True)
    if entry.arrived:
        check_versions(sender, entry)
        for number in range(1, len(entry.versions) + 1):
            check_version(sender, entry, number)


def check_version(sender: Sender, entry: Entry, number: int) -> None:
    answered = _followed(sender, _bytes(sender, entry, version=number)).expect(200)
    _check_bytes(answered.response, entry.versions[number - 1].content.bytes(), entry)


def check_versions(sender: Sender, entry: Entry) -> None:
    """The list is 1 to n without gaps or twins, and says of each version which bytes it has."""
    listed = list_of_versions(sender, entry.id)
    entry.seen(listed[0]["versie"])
    known = [(number, version.content.members()) for number, version in enumerate(entry.versions, start=1)]
    same([(each["versie"], _described(each)) for each in listed], known[::-1], f"{entry.id}: the list of versions says")


def list_of_versions(sender: Sender, document_id: str) -> list[dict[str, Any]]:
    """All pages of it."""
    query, listed = {"limit": str(sender.random.randrange(1, 20))}, []
    while True:
        page = sender.to.call("GET", f"/documents/{document_id}/versies", params=query).expect(200).body
        listed += page["versies"]
        if page["volgende"] is None:
            return listed
        query = query | {"cursor": page["volgende"]}


def check_details(answered: Answered, entry: Entry, *, with_content: bool) -> Version:
    """The version that they speak of."""
    body = answered.body
    version = entry.seen(body["versie"])
    same((answered.version, body["documentId"]), (body["versie"], entry.id), "the details are of")
    same(body["status"], "wacht_op_inhoud" if entry.awaited else "opgeslagen", f"{entry.id}: status")
    same(_described(body), version.content.members(), f"{entry.id}: the details say")
    same(body["document"]["titel"], entry.delivery.title, f"{entry.id}: title")
    same(body["toets"]["resultaat"], version.outcome, f"{entry.id}: outcome")
    if with_content:
        shown = entry.arrived and version.content.size <= 4 * MIB
        if body["inhoud"] != (base64.b64encode(version.content.bytes()).decode() if shown else None):
            raise Wrong(f"{entry.id}: wrong bytes in inhoud of version {body['versie']}")
    return version


def _described(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body["document"][name] for name in ("bestandsomvang", "integriteit")}


def _bytes(sender: Sender, entry: Entry, *, version: int | None = None, headers: Headers | None = None) -> Answered:
    """The answer to who accepts bytes alone."""
    accept = sender.random.choice([PDF, BYTES])
    query = {"versie": str(version)} if version else {}
    answered = sender.to.call(
        "GET", f"/documents/{entry.id}", params=query, headers={"Accept": accept, **(headers or {})}
    )
    if answered.expect(200, 206, 302).status != 302:
        same(answered.response.headers["Content-Type"], accept, entry.id)
    return answered


def _followed(sender: Sender, answered: Answered, headers: Headers | None = None) -> Answered:
    """What a redirect leads to."""
    if answered.status != 302:
        return answered
    return sender.to.transfer("GET", answered.response.headers["Location"], headers=headers)


def _check_bytes(response: httpx.Response, meant: bytes, entry: Entry) -> None:
    if response.content != meant:
        raise Wrong(f"{entry.id}: wrong bytes, {len(response.content)} of them instead of {len(meant)}")
