"""What a client hands over: by every carrier, once and again, and the uploads by its tickets."""

import base64
import json
from typing import Any

from load.books import Content, Delivery, Entry, Wrong, same
from load.connection import Answered
from load.sender import MIB, Sender

JSON, PDF = "application/json", "application/pdf"


def as_multipart(sender: Sender) -> None:
    _store(sender, "multipart")


def as_json(sender: Sender) -> None:
    _store(sender, "json")


def by_ticket(sender: Sender) -> None:
    entry, ticket = announce(sender)
    if sender.random.random() < 0.9:  # of the others nobody ever sends the bytes
        upload(sender, entry.delivery.content, ticket)
        entry.arrived = True


def without_key(sender: Sender) -> None:
    """No repeat could be told from a new document, so there is none: in doubt it is left open."""
    delivery = sender.delivery(keyed=False)
    answer = sender.to.once("POST", "/documents", **carried(delivery, sender.carrier()))
    if answer is None:
        sender.perhaps.append(delivery)
    else:
        keep(sender, Answered(answer, in_doubt=False).expect(200), delivery)


def again(sender: Sender) -> None:
    """The same delivery by any carrier gets its first answer, whatever became of the document since."""
    entry = sender.one(lambda entry: entry.delivery.key)
    if entry is None:
        return
    too_large_for_a_message = entry.delivery.content.size > 3 * MIB
    carrier = "ticket" if too_large_for_a_message else sender.random.choice(["multipart", "json", "ticket"])
    answered = sender.to.call("POST", "/documents", **carried(entry.delivery, carrier))
    if entry.deleted:
        same(answered.expect(409).body["documentId"], entry.id, "the refused redelivery names")
    elif entry.awaited:
        check_receipt(answered.expect(202), entry)
    else:  # until the event of its upload was handled an announced document is answered as awaited
        check_receipt(answered.expect(200, 202) if entry.delivery.announced else answered.expect(200), entry)


def otherwise(sender: Sender) -> None:
    """A different delivery under a key that is taken is refused."""
    entry = sender.one(lambda entry: entry.delivery.key)
    if entry is None:
        return
    given = entry.delivery
    other = Delivery(given.key, given.message, sender.content(), announced=False)
    answered = sender.to.call("POST", "/documents", **carried(other, sender.carrier()))
    if given.key.reference or entry.deleted:
        same(answered.expect(409).body["documentId"], entry.id, "the refused delivery names")
    else:
        answered.expect(422)


def announce(sender: Sender) -> tuple[Entry, dict[str, Any]]:
    """A document whose content is to follow, and the ticket for that."""
    delivery = sender.delivery(announced=True)
    answered = sender.to.call("POST", "/documents", **carried(delivery, "ticket")).expect(202)
    return keep(sender, answered, delivery), answered.body["upload"]


def upload(sender: Sender, content: Content, ticket: dict[str, Any]) -> None:
    """S3 takes the bytes once: the repeat after a lost answer is told that they are there."""
    if sender.random.random() < 0.1:  # first other bytes of the same length, which S3 itself refuses
        wrong = bytes(content.size)
        sender.to.transfer("PUT", ticket["url"], content=wrong, headers=ticket["headers"]).expect(400, 403)
    sent = sender.to.transfer("PUT", ticket["url"], content=content.bytes(), headers=ticket["headers"])
    sent.expect(200, 412) if sent.in_doubt else sent.expect(200)


def keep(sender: Sender, answered: Answered, delivery: Delivery) -> Entry:
    """Enter a document into the books. Raises Wrong when its id is another's."""
    entry = Entry(answered.body["documentId"], delivery, [delivery.first], arrived=not delivery.announced)
    if any(entry.id == other.id for other in sender.entries):
        raise Wrong(f"{entry.id}: answered to two deliveries")
    sender.entries.append(entry)
    check_receipt(answered, entry)
    return entry


def check_receipt(answered: Answered, entry: Entry) -> None:
    """Every answer to a delivery speaks of its first version."""
    body, document = answered.body, entry.delivery.message["document"]
    members = {"bestandsnaam": document["bestandsnaam"], "formaat": document["formaat"]}
    same(body["documentId"], entry.id, "the receipt is of")
    same(body["document"], members | entry.delivery.content.members(), f"{entry.id}: the receipt says")
    same((body["versie"], answered.version), (1, 1), f"{entry.id}: the receipt is of version")
    same(body["status"], "opgeslagen" if answered.status == 200 else "wacht_op_inhoud", f"{entry.id}: status")


def carried(delivery: Delivery, carrier: str) -> dict[str, Any]:
    """The arguments of the request that hands it over so."""
    message, content, headers = delivery.message, delivery.content, delivery.key.headers
    if carrier == "ticket":
        return {"json": message | {"document": message["document"] | content.members()}, "headers": headers}
    if carrier == "json":
        return {"json": message | {"inhoud": base64.b64encode(content.bytes()).decode()}, "headers": headers}
    file = ("file", (message["document"]["bestandsnaam"], content.bytes(), PDF))
    return {"files": [("metadata", (None, json.dumps(message), JSON)), file], "headers": headers}


def _store(sender: Sender, carrier: str) -> None:
    delivery = sender.delivery()
    answered = sender.to.call("POST", "/documents", **carried(delivery, carrier))
    keep(sender, answered.expect(200), delivery)
