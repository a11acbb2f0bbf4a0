"""Documents that all clients change at once: of two writers one wins, and no version is lost, doubled or torn."""

import base64
import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field

from load.books import Delivery, same
from load.changes import PDF
from load.deliveries import carried
from load.reads import list_of_versions
from load.sender import Sender

TRIES = 20


@dataclass(slots=True)
class Contended:
    """One such document, and what its writers and readers were told; digests are SHA-256 in hexadecimal."""

    id: str
    written: dict[int, str]
    """Acknowledged versions."""
    read: dict[int, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    newest: int = 1
    """The highest version of which anyone was told."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def deliver(cls, sender: Sender) -> "Contended":
        """A new one."""
        delivery: Delivery = sender.delivery()
        answered = sender.to.call("POST", "/documents", **carried(delivery, "json")).expect(200)
        digest = delivery.content.sha256
        return cls(answered.body["documentId"], {1: digest}, tried={digest})

    def told(self, version: int, digest: str, by: dict[int, str], newest_before: int) -> None:
        """Raises Wrong when a version has two contents, or when an older one is shown than somebody was told of."""
        with self.lock:
            same(by.setdefault(version, digest), digest, f"{self.id}: version {version} was told as")
            same(version >= newest_before, True, f"{self.id}: version {version} after {newest_before}; in order")
            self.newest = max(self.newest, version)


def write(sender: Sender, document: Contended) -> None:
    """New content over the version in force, until it is taken or others were faster too often."""
    content, path = sender.content(), f"/documents/{document.id}"
    document.tried.add(content.sha256)
    for _ in range(TRIES):
        tag = sender.to.call("HEAD", path).expect(200).response.headers["ETag"]
        before, headers = document.newest, {"Content-Type": PDF, "If-Match": tag}
        answered = sender.to.call("PATCH", path, content=content.bytes(), headers=headers).expect(204, 412)
        if answered.status == 204:
            document.told(answered.version, content.sha256, document.written, before)
            return
        if answered.in_doubt:
            digests = {each["versie"]: _digest(each) for each in list_of_versions(sender, document.id)}
            if ours := [version for version, digest in digests.items() if digest == content.sha256]:
                same(len(ours), 1, f"{document.id}: one write made versions {ours}; their number is")
                document.told(ours[0], content.sha256, document.written, 0)
                return


def read(sender: Sender, document: Contended) -> None:
    """Details and content of one version, whoever writes meanwhile."""
    before = document.newest
    answered = sender.to.call("GET", f"/documents/{document.id}").expect(200)
    body, digest = answered.body, hashlib.sha256(base64.b64decode(answered.body["inhoud"])).hexdigest()
    same(_digest(body), digest, f"{document.id}: version {body['versie']} has the bytes of another; the details say")
    same(answered.version, body["versie"], f"{document.id}: ETag")
    document.told(body["versie"], digest, document.read, before)


def check(sender: Sender, document: Contended) -> None:
    """Versions 1 to n, each with the bytes that its writer sent and its readers got, and each write once."""
    listed = list_of_versions(sender, document.id)
    same([each["versie"] for each in listed], list(range(len(listed), 0, -1)), f"{document.id}: versions")
    digests = {each["versie"]: _digest(each) for each in listed}
    for told in (document.written, document.read):
        same({version: digests.get(version) for version in told}, told, f"{document.id}: the list of versions says")
    same(set(digests.values()) <= document.tried, True, f"{document.id}: only what was sent is there")
    same(Counter(digests.values()).most_common(1)[0][1], 1, f"{document.id}: one write made so many versions:")
    for version, digest in digests.items():
        headers = {"Accept": PDF}
        answered = sender.to.call("GET", f"/documents/{document.id}", params={"versie": str(version)}, headers=headers)
        same(hashlib.sha256(answered.expect(200).response.content).hexdigest(), digest, f"{document.id}: {version}")


def _digest(body: dict[str, dict[str, dict[str, str]]]) -> str:
    return body["document"]["integriteit"]["waarde"]
