"""Many parallel deliveries of one key make one document: `python tests/load/one_key.py DELIVERIES SEED`."""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from load.books import Content, Delivery, Entry, Key, Wrong, same
from load.connection import Answered
from load.deliveries import carried, check_receipt
from load.network import Network
from load.reads import list_of_versions
from load.run import behind_network
from load.sender import Sender
from local_stack import LocalStack

KEYS = ("identificatie", "Idempotency-Key")
CARRIERS = (("multipart",), ("json",), ("ticket",), ("multipart", "json"), ("multipart", "json", "ticket"))
AT_ONCE = 32


def equal(client: Sender, keyed_by: str, carriers: Sequence[str], number: int) -> Counter[int]:
    """Deliver one document so often at once, by these carriers in turn; the statuses of the answers.

    Raises Wrong when the answers differ, or when there is more or less than one document.
    """
    delivery = _delivery(client, keyed_by)
    answers = _at_once(client, [(delivery, carriers[at % len(carriers)]) for at in range(number)])
    said = {_lasting(answer) for answer in answers}
    if len(said) != 1:
        raise Wrong(f"{len(said)} different answers to one delivery by {', '.join(carriers)}: {said}")
    _check_document(client, delivery, answers)
    return Counter(answer.status for answer in answers)


def unequal(client: Sender, keyed_by: str, number: int) -> Counter[int]:
    """Deliver two documents under one key, half of the deliveries each: one wins, and the other is refused."""
    one = _delivery(client, keyed_by)
    other = Delivery(one.key, one.message, client.content(), announced=False)
    answers = _at_once(client, [((one, other)[at % 2], ("multipart", "json")[at // 2 % 2]) for at in range(number)])
    statuses = [Counter(answer.status for answer in answers[at::2]) for at in (0, 1)]
    refusal = 409 if keyed_by == "identificatie" else 422
    won = {200: number // 2}, {refusal: number // 2}
    if statuses not in ([*won], [*won[::-1]]):
        raise Wrong(f"two documents under one key were answered {statuses}")
    first = statuses[0][200] > 0
    _check_document(client, one if first else other, answers[0 if first else 1 :: 2])
    return statuses[0] + statuses[1]


def _delivery(client: Sender, keyed_by: str) -> Delivery:
    name = client.new("sleutel")
    key = Key(reference=name) if keyed_by == "identificatie" else Key(idempotency_key=name)
    content = Content.of(client.new("inhoud"), 2_000)
    return Delivery.of(client.new("titel"), key, content, of_sitting=False, announced=False)


def _at_once(client: Sender, deliveries: list[tuple[Delivery, str]]) -> list[Answered]:
    """The answers, in the order of the deliveries, of which none begins before all can."""
    gate = threading.Barrier(len(deliveries))

    def deliver(one: tuple[Delivery, str]) -> Answered:
        request = carried(*one)
        gate.wait()
        return client.to.call("POST", "/documents", **request)

    with ThreadPoolExecutor(len(deliveries)) as threads:
        return list(threads.map(deliver, deliveries))


def _lasting(answer: Answered) -> str:
    """What all answers have in common: tickets for one object differ in when they were signed."""
    body = answer.body
    if "upload" in body:
        body = body | {"upload": httpx.URL(body["upload"]["url"]).path}
    return json.dumps([answer.status, answer.response.headers["ETag"], answer.response.headers["Location"], body])


def _check_document(client: Sender, delivery: Delivery, answers: list[Answered]) -> None:
    """What was answered is there, with its bytes, in one version."""
    entry = Entry(answers[0].body["documentId"], delivery, [delivery.first], arrived=answers[0].status == 200)
    for answer in answers:
        check_receipt(answer, entry)
    if entry.arrived:
        read = client.to.call("GET", f"/documents/{entry.id}", headers={"Accept": "application/pdf"}).expect(200)
        same(read.response.content == delivery.content.bytes(), True, f"{entry.id}: reads back bit for bit;")
    same(len(list_of_versions(client, entry.id)), 1, f"{entry.id}: versions")


def heads(stack: LocalStack) -> int:
    """How many documents there are."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    return sum(item["item"]["S"] == "head" and "note" not in item for page in pages for item in page["Items"])


def every_way(client: Sender, number: int) -> Iterator[tuple[str, Counter[int]]]:
    """By every kind of key and every mix of carriers, and two documents under one key."""
    for keyed_by in KEYS:
        for carriers in CARRIERS:
            yield f"{number} by {', '.join(carriers)} under one {keyed_by}", equal(client, keyed_by, carriers, number)
        yield f"{number} of two documents under one {keyed_by}", unequal(client, keyed_by, number)


def main() -> int:
    number, seed = (int(argument) for argument in sys.argv[1:])
    found: dict[str, Any] = {}
    with Network(at_once=AT_ONCE) as network, behind_network(network, _progress) as behind:
        for made, (what, statuses) in enumerate(every_way(behind.sender(f"{seed}"), number), start=1):
            _progress(f"{what}: {dict(statuses)}")
            same(heads(behind.stack), made, f"after {what} there are so many documents:")
            found[what] = {str(status): times for status, times in statuses.items()}
    print(json.dumps(found))
    return 0


def _progress(line: str) -> None:
    print(f"{time.strftime('%X')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
