"""The calls of the model made for real over moto, and what the store holds afterwards in the model's form."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

import model
import template
from conftest import empty_store
from fault_scenarios import id_of, keyed
from invariants import Holdings, digest_of, message_of
from ledger import digest
from messages import result
from moto_store import BUCKET, TABLE, Answer
from okd_dms.errors import DmsError
from sender import Sender, at_work, version_in


@contextmanager
def working_at_once() -> Iterator[Sender]:
    """A sender with an empty store, whose calls may be made at once: they share the process, and its environment."""
    with pytest.MonkeyPatch.context() as patch, empty_store() as store, at_work(store) as sender:
        for function in template.functions():
            for name, value in template.environment(function, Table=TABLE, Bucket=BUCKET, **store.parameters).items():
                patch.setenv(name, value)
        yield sender


def id_for(reference: str) -> str:
    return keyed(reference) if reference.startswith("key") else id_of(reference)


def seen(answer: Answer, *more: Any) -> model.Answer:
    """An answer in the model's form: a refusal by its kind, anything else by what matters of it."""
    if answer.status >= 400:
        return answer.status, answer.json()["type"].rpartition("/")[2]
    return (answer.status, *more)


class Performed:
    """The calls of the model, made for real."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender

    def __call__(self, call: model.Call) -> model.Answer:
        perform: Callable[[Any], model.Answer] = getattr(self, type(call).__name__.lower())
        return perform(call)

    def deliver(self, call: model.Deliver) -> model.Answer:
        named = {} if call.reference.startswith("key") else {"identificatie": call.reference}
        answer = self.sender.deliver(
            result(titel=call.version.title, **named),
            call.version.content,
            carrier=call.carrier,
            idempotency_key=call.reference if not named else None,
        )
        return seen(answer, answer.json().get("versie"))

    def replace(self, call: model.Replace) -> model.Answer:
        answer = self.sender.replace(id_for(call.reference), call.content, **if_match(call))
        return seen(answer, answer.headers.get("ETag"))

    def correct(self, call: model.Correct) -> model.Answer:
        correction = {"document": {"titel": call.title}}
        answer = self.sender.correct(id_for(call.reference), correction, None, **if_match(call))
        return seen(answer, answer.headers.get("ETag"), answer.json().get("document", {}).get("titel"))

    def announce(self, call: model.Announce) -> model.Answer:
        answer = self.sender.announce(id_for(call.reference), call.content, **if_match(call))
        return seen(answer, answer.json()["versie"] if answer.status == 202 else answer.headers.get("ETag"))

    def delete(self, call: model.Delete) -> model.Answer:
        return seen(self.sender.delete(id_for(call.reference), **if_match(call)))

    def read(self, call: model.Read) -> model.Answer:
        query = {"versie": str(call.version)} if call.version else None
        if call.only_bytes:
            answer = self.sender.read_bytes(id_for(call.reference), call.version)
            return seen(answer, *((version_in(answer), answer.body) if answer.status == 200 else ()))
        return details(self.sender.read(id_for(call.reference), query=query))

    def lookup(self, call: model.LookUp) -> model.Answer:
        return details(self.sender.look_up("25LX", call.reference))

    def listversions(self, call: model.ListVersions) -> model.Answer:
        numbers: list[int] = []
        query = {"limit": str(call.limit)}
        while True:
            answer = self.sender.list_versions(id_for(call.reference), **query)
            if answer.status != 200:
                return seen(answer)
            page = answer.json()
            numbers += [entry["versie"] for entry in page["versies"]]
            if page["volgende"] is None:
                return 200, *numbers
            query["cursor"] = page["volgende"]

    def event(self, call: model.Event) -> model.Answer:
        return done(lambda: self.sender.event(call.key))

    def upload(self, call: model.Upload) -> model.Answer:
        self.sender.upload(id_for(call.reference))
        return ("done",)

    def reconcile(self, _call: model.Reconcile) -> model.Answer:
        return done(self.sender.reconcile)


def if_match(call: model.Change) -> dict[str, str]:
    return {"If_Match": call.tag} if call.tag else {}


def details(answer: Answer) -> model.Answer:
    if answer.status != 200:
        return seen(answer)
    body = answer.json()
    content = None if body["inhoud"] is None else base64.b64decode(body["inhoud"])
    return 200, body["versie"], body["status"], body["document"]["titel"], content


def done(call: Callable[[], None]) -> model.Answer:
    try:
        call()
    except DmsError as error:
        return "failed", error.slug
    return ("done",)


def as_modelled(document: model.Document) -> Any:
    """What the store should hold of a document."""
    if document.deleted:
        return "deleted"
    awaited = document.awaited
    shown = document.versions or (document.delivered,)
    return (
        document.status,
        [(version.title, digest(version.content)) for version in shown],
        (digest(awaited.content), awaited.due) if awaited else None,
    )


def as_held(held: Holdings, document_id: str) -> Any:
    """What it does hold, in the same form."""
    head = held.heads[document_id]
    if head["status"] == "verwijderd":
        return "deleted"
    history = [held.history(document_id)[number] for number in sorted(held.history(document_id))]
    awaited = None
    if "announced" in head:
        awaited = json.loads(head["announced"])["content"]["integriteit"]["waarde"]
    elif "dueAt" in head:
        awaited = digest_of(head)
    return (
        head["status"],
        [(message_of(item)["document"]["titel"], digest_of(item)) for item in history],
        (awaited, datetime.fromisoformat(head["dueAt"])) if awaited else None,
    )


def is_held(held: Holdings, world: model.World) -> bool:
    """Whether this is what the store holds: these documents, each with these versions, and nothing else."""
    expected = {id_for(reference): as_modelled(document) for reference, document in world.documents.items()}
    return expected == {document_id: as_held(held, document_id) for document_id in held.heads}


def with_keys(world: model.World, sender: Sender) -> model.World:
    """The same, knowing the keys of what is announced: its tickets tell them."""
    for reference, document in world.documents.items():
        if document.awaited and not document.awaited.key:
            awaited = replace(document.awaited, key=sender.tickets[id_for(reference)][0])
            world = world.having(reference, replace(document, awaited=awaited))
    return world
