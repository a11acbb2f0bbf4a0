"""The life of documents, in any order of calls and moments, alone and at once, is what the model says.

Every answer is the one that the model foresees, or one of those that it allows when two clients meet. What the store
holds is compared after each step, and at the end all grace periods pass and every promise is checked.
"""

import base64
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import clock
import model
import run_length
import template
from conftest import empty_store
from fault_scenarios import id_of, keyed
from interleaving import at_once
from invariants import Holdings, digest_of, message_of
from ledger import digest
from messages import PDF, result
from moto_store import BUCKET, TABLE, Answer
from okd_dms.errors import DmsError
from sender import GRACE, LIFETIME, Sender, at_work, version_in

REFERENCES = ("ref-1", "ref-2", "key-1")
TITLES = ("Eerste", "Tweede")
CONTENTS = (PDF, b"%PDF-1.7\nsecond\n%%EOF\n", b"%PDF-1.7\nthird\n%%EOF\n")
WITHOUT_A_RUN = timedelta(days=6)
"""The reconciler finds what was left open a week and its periods ago; it is never off for longer here."""

references, titles, contents = st.sampled_from(REFERENCES), st.sampled_from(TITLES), st.sampled_from(CONTENTS)
tags = st.sampled_from((None, None, None, "*", "as it is", '"7-opgeslagen"'))
carriers = st.sampled_from(("json", "multipart", "announcement", "announcement"))
versions = st.sampled_from((None, None, 1, 2, 3))
periods = st.sampled_from(
    [
        timedelta(minutes=1),
        timedelta(minutes=20),
        timedelta(hours=2),
        LIFETIME + timedelta(hours=1),
        LIFETIME + GRACE + timedelta(minutes=1),
        timedelta(days=4),
    ]
)
schedules = st.lists(st.integers(0, 1), max_size=14)


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


class LifeOfDocuments(RuleBasedStateMachine):
    """A few documents, a few clients."""

    def __init__(self) -> None:
        super().__init__()
        self.running = ExitStack()
        patch = self.running.enter_context(pytest.MonkeyPatch.context())
        store = self.running.enter_context(empty_store())
        self.sender = self.running.enter_context(at_work(store))
        for function in template.functions():  # calls at once share the process, and its environment
            for name, value in template.environment(function, Table=TABLE, Bucket=BUCKET, **store.parameters).items():
                patch.setenv(name, value)
        self.perform = Performed(self.sender)
        self.world = model.World(clock.BEGIN, LIFETIME, GRACE)
        self.last_run = clock.BEGIN
        self.events: list[tuple[str, str]] = []

    @initialize(hours=st.integers(0, 23))
    def begins(self, hours: int) -> None:
        self.pass_time(timedelta(hours=hours))

    def pass_time(self, period: timedelta) -> None:
        self.sender.clock.advance(period)
        self.world = replace(self.world, now=self.sender.clock.now)

    # Calls, one after the other

    def make(self, call: model.Call) -> None:
        expected, after = call.apply(self.world)
        assert self.perform(call) == expected, call
        self.becomes(after)

    def becomes(self, world: model.World) -> None:
        """The world is like this now; of what was announced, the keys are learned from its tickets."""
        self.world = world
        for reference, document in world.documents.items():
            if document.awaited and not document.awaited.key:
                key = self.sender.tickets[id_for(reference)][0]
                self.world = self.world.having(reference, replace(document, awaited=replace(document.awaited, key=key)))

    def tag_of(self, reference: str, tag: str | None) -> str | None:
        document = self.world.documents.get(reference)
        return (document.tag if document else '"1-opgeslagen"') if tag == "as it is" else tag

    def calls(self, draw: Callable[[Any], Any], reference: str) -> list[model.Call]:
        """One of every call that can be made for this document, with what is drawn for it."""
        tag = self.tag_of(reference, draw(tags))
        made: list[model.Call] = [
            model.Deliver(reference, model.Version(draw(titles), draw(contents)), draw(carriers)),
            model.Replace(reference, tag, draw(contents)),
            model.Correct(reference, tag, draw(titles)),
            model.Announce(reference, tag, draw(contents)),
            model.Delete(reference, tag),
            model.Read(reference, draw(versions), draw(st.booleans())),
            model.Reconcile(reference),
        ]
        return made + [model.Event(*event) for event in self.events[-2:]] + self.uploads(reference)

    def uploads(self, reference: str) -> list[model.Call]:
        key, _, until = self.sender.tickets.get(id_for(reference), ("", b"", "2000-01-01T00:00:00Z"))
        good = datetime.fromisoformat(until) > self.sender.clock.now
        return [model.Upload(reference, key)] if good else []

    @rule(reference=references, title=titles, content=contents, carrier=carriers)
    def deliver(self, reference: str, title: str, content: bytes, carrier: str) -> None:
        self.make(model.Deliver(reference, model.Version(title, content), carrier))

    @precondition(lambda self: any(not document.deleted for document in self.world.documents.values()))
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        reference = data.draw(st.sampled_from(sorted(self.world.documents)))
        self.make(model.Deliver(reference, self.world.documents[reference].delivered, data.draw(carriers)))

    @rule(reference=references)
    def upload(self, reference: str) -> None:
        for call in self.uploads(reference):
            assert isinstance(call, model.Upload)
            self.make(call)
            self.events.append((reference, call.key))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def event(self, data: st.DataObject) -> None:
        self.make(model.Event(*data.draw(st.sampled_from(self.events))))

    @rule(reference=references, content=contents, tag=tags)
    def new_content(self, reference: str, content: bytes, tag: str | None) -> None:
        self.make(model.Replace(reference, self.tag_of(reference, tag), content))

    @rule(reference=references, title=titles, tag=tags)
    def correction(self, reference: str, title: str, tag: str | None) -> None:
        self.make(model.Correct(reference, self.tag_of(reference, tag), title))

    @rule(reference=references, content=contents, tag=tags)
    def announcement(self, reference: str, content: bytes, tag: str | None) -> None:
        self.make(model.Announce(reference, self.tag_of(reference, tag), content))

    @rule(reference=references, tag=tags)
    def deletion(self, reference: str, tag: str | None) -> None:
        self.make(model.Delete(reference, self.tag_of(reference, tag)))

    @rule(reference=references, version=versions, only_bytes=st.booleans())
    def read(self, reference: str, version: int | None, only_bytes: bool) -> None:
        self.make(model.Read(reference, version, only_bytes))

    @rule(reference=st.sampled_from(REFERENCES[:2]))
    def look_up(self, reference: str) -> None:
        self.make(model.LookUp(reference, None, only_bytes=False))

    @rule(reference=references, limit=st.integers(1, 3))
    def list_versions(self, reference: str, limit: int) -> None:
        self.make(model.ListVersions(reference, limit))

    @rule()
    def reconcile(self) -> None:
        self.make(model.Reconcile(""))
        self.last_run = self.sender.clock.now
        assert self.sender.broken(reconciled=True) == []

    @rule(period=periods)
    def time_passes(self, period: timedelta) -> None:
        if self.sender.clock.now + period > self.last_run + WITHOUT_A_RUN:
            self.reconcile()
        self.pass_time(period)

    # Calls at once

    @rule(reference=references, schedule=schedules, data=st.data())
    def two_at_once(self, reference: str, schedule: list[int], data: st.DataObject) -> None:
        one, other = (data.draw(st.sampled_from(self.calls(data.draw, reference))) for _ in range(2))
        came = at_once(self.sender.network, schedule, *(lambda call=call: self.perform(call) for call in (one, other)))
        for call in (one, other):
            if isinstance(call, model.Upload):
                self.events.append((reference, call.key))
        held = self.sender.store.held()
        allowed = list(model.outcomes_at_once(self.world, one, other))
        for *answers, world in allowed:
            if answers == came and self.is_held(held, world):
                self.becomes(world)
                return
        note(f"came {came}, allowed {[answers for *answers, _ in allowed]}")
        pytest.fail(f"{one} and {other} at once came to something that no order of them explains")

    def is_held(self, held: Holdings, world: model.World) -> bool:
        expected = {id_for(reference): as_modelled(document) for reference, document in world.documents.items()}
        return expected == {document_id: as_held(held, document_id) for document_id in held.heads}

    @invariant()
    def the_store_holds_what_the_model_says(self) -> None:
        held = self.sender.store.held()
        assert {key: as_held(held, key) for key in held.heads} == {
            id_for(reference): as_modelled(document) for reference, document in self.world.documents.items()
        }
        assert self.sender.broken(held) == []

    def teardown(self) -> None:
        try:
            assert self.sender.settle() == []
        finally:
            self.running.close()


TestLifeOfDocuments = LifeOfDocuments.TestCase
TestLifeOfDocuments.settings = settings(
    max_examples=1000 if run_length.LONG else 40,
    stateful_step_count=40 if run_length.LONG else 25,
    derandomize=not run_length.LONG,
    suppress_health_check=list(HealthCheck),
)
