"""The life of documents, in any order of calls and moments, alone and at once, is what the model says.

Every answer is the one that the model foresees, or one of those that it allows when two clients meet. What the store
holds is compared after each step, and at the end all grace periods pass and every promise is checked.
"""

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
from interleaving import at_once
from messages import PDF
from performed import Performed, as_held, as_modelled, id_for, is_held, with_keys, working_at_once
from sender import GRACE, LIFETIME

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


class LifeOfDocuments(RuleBasedStateMachine):
    """A few documents, a few clients."""

    def __init__(self) -> None:
        super().__init__()
        self.running = ExitStack()
        self.sender = self.running.enter_context(working_at_once())
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
        self.world = with_keys(world, self.sender)

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
            if answers == came and is_held(held, world):
                self.becomes(world)
                return
        note(f"came {came}, allowed {[answers for *answers, _ in allowed]}")
        pytest.fail(f"{one} and {other} at once came to something that no order of them explains")

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
