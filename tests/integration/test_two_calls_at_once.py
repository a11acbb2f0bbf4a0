"""Two calls for one document at once, in every state of it: one call stops before each of its calls to AWS in turn,
the other is made whole, and the first goes on.

What came is what the model allows for some order of the two, and when one is told to repeat, the other went through.
Systematic where the life of documents is drawn: every pair of calls meets at every point, each time it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, count, repeat

import pytest

import model
import run_length
from interleaving import at_once
from messages import PDF
from model import Announce, Call, Correct, Delete, Deliver, Event, Read, Reconcile, Replace, Upload, Version
from performed import Performed, id_for, is_held, with_keys, working_at_once
from sender import GRACE, LIFETIME, Sender

NAME = "ref-1"
FIRST = Version("Eerste", PDF)
SECOND, THIRD, FOURTH = (PDF + word for word in (b"second", b"third", b"fourth"))
ANNOUNCED = Deliver(NAME, FIRST, "announcement")
STORED = Deliver(NAME, FIRST, "json")
TO_FOLLOW = Announce(NAME, None, SECOND)
UPLOAD, EVENT = Upload(NAME, ""), Event(NAME, "")
"""Of the last ticket; its key is filled in."""

type Step = Call | timedelta

LATE, TOO_LATE = timedelta(minutes=20), LIFETIME + GRACE + timedelta(minutes=1)
"""When the reconciler makes up for an event, and when it closes what never came."""

STATES: dict[str, tuple[Step, ...]] = {
    "not there yet": (),
    "stored": (STORED,),
    "with versions": (STORED, Replace(NAME, None, SECOND), Correct(NAME, None, "Tweede")),
    "awaiting its first content": (ANNOUNCED, LATE),
    "first content there": (ANNOUNCED, UPLOAD, LATE),
    "first content overdue": (ANNOUNCED, TOO_LATE),
    "first content there and overdue": (ANNOUNCED, UPLOAD, TOO_LATE),
    "update announced": (STORED, TO_FOLLOW, LATE),
    "update there": (STORED, TO_FOLLOW, UPLOAD, LATE),
    "update overdue": (STORED, TO_FOLLOW, TOO_LATE),
    "update there and overdue": (STORED, TO_FOLLOW, UPLOAD, TOO_LATE),
    "deleted": (STORED, TO_FOLLOW, UPLOAD, Delete(NAME, None)),
}

CURRENT = "as it is"
"""The tag of the state in which both calls begin."""

CALLS: dict[str, Call] = {
    "equal delivery": STORED,
    "equal announcement": ANNOUNCED,
    "unequal delivery": Deliver(NAME, Version("Anders", THIRD), "json"),
    "content": Replace(NAME, None, THIRD),
    "content under If-Match": Replace(NAME, CURRENT, THIRD),
    "correction": Correct(NAME, None, "Derde"),
    "correction under If-Match": Correct(NAME, CURRENT, "Derde"),
    "announced update": Announce(NAME, None, THIRD),
    "announced update under If-Match": Announce(NAME, CURRENT, THIRD),
    "deletion": Delete(NAME, None),
    "deletion under If-Match": Delete(NAME, CURRENT),
    "upload": UPLOAD,
    "event": EVENT,
    "reconciler": Reconcile(""),
    "read": Read(NAME, None, only_bytes=False),
    "read of the bytes": Read(NAME, None, only_bytes=True),
}
RIVALS: dict[str, Call] = {
    "equal delivery": STORED,
    "unequal delivery": Deliver(NAME, Version("Nog anders", FOURTH), "json"),
    "other content": Replace(NAME, None, FOURTH),
    "other correction": Correct(NAME, None, "Vierde"),
    "other announced update": Announce(NAME, None, FOURTH),
    "announced update": TO_FOLLOW,
    "deletion": Delete(NAME, None),
    "upload": UPLOAD,
    "event": EVENT,
    "reconciler": Reconcile(""),
    "read": Read(NAME, None, only_bytes=False),
}
"""What is made meanwhile: whatever changes something, and a look at what is half done."""


@dataclass(slots=True)
class Case:
    """Where the first call stops, and what is made there."""

    name: str
    steps: int
    operation: str
    rival: str
    came: list[model.Answer] = field(default_factory=list)
    allowed: list[tuple[model.Answer, model.Answer, model.World]] = field(default_factory=list)


@dataclass(slots=True)
class Trial:
    """Cases of a state, each with a document of its own, by its name, in one store."""

    sender: Sender
    state: str
    call: str
    worlds: dict[str, model.World] = field(default_factory=dict)

    def prepare(self, names: list[str]) -> None:
        self.worlds = dict.fromkeys(names, model.World(self.sender.clock.now, LIFETIME, GRACE))
        for step in STATES[self.state]:
            if isinstance(step, timedelta):
                self.sender.clock.advance(step)
            for name, world in self.worlds.items():
                if isinstance(step, timedelta):
                    self.worlds[name] = replace(world, now=self.sender.clock.now)
                else:
                    self.make(name, step)

    def make(self, name: str, step: Call) -> None:
        call = self.meant(name, step)
        expected, after = call.apply(self.worlds[name])
        assert Performed(self.sender)(call) == expected, f"{self.state}: {call}"
        self.worlds[name] = with_keys(after, self.sender)

    def meant(self, name: str, call: Call) -> Call:
        """The call for this document, with the key of its last ticket, or with its tag as it is."""
        document = self.worlds[name].documents.get(name)
        if isinstance(call, Event | Upload):
            call = replace(call, key=self.sender.tickets[id_for(name)][0])
        if isinstance(call, model.Change) and call.tag == CURRENT:
            call = replace(call, tag=document.tag if document else '"1-opgeslagen"')
        return replace(call, reference=name)

    def meet(self, case: Case) -> None:
        """Make both calls, the second when the first has made so many steps."""
        world, perform = self.worlds[case.name], Performed(self.sender)
        one, other = (self.meant(case.name, call) for call in (CALLS[self.call], RIVALS[case.rival]))
        schedule = chain(repeat(0, case.steps), repeat(1))
        case.came = at_once(self.sender.network, schedule, lambda: perform(one), lambda: perform(other))
        case.allowed = list(self.allowed(world, one, other))

    @staticmethod
    def allowed(world: model.World, one: Call, other: Call) -> Iterator[tuple[model.Answer, model.Answer, model.World]]:
        """As the model has it, but who is told to repeat loses to one that went through."""
        refusals = {*one.refusals(world), *other.refusals(world)}
        in_order = [(one.apply(world)[0], other.apply(world)[0])]
        for first, second, after in model.outcomes_at_once(world, one, other):
            if after != world or (first, second) in in_order or not {first, second} & refusals:
                yield first, second, after
        if isinstance(other, Delete):  # it takes the bytes that had come, so that they seem not to have
            yield one.apply(absent(world))[0], *other.apply(world)

    def wrong(self, cases: list[Case]) -> list[str]:
        """What does not hold, now and when all grace periods are over."""
        held, found = self.sender.store.held(), []
        for case in cases:
            worlds = [world for *answers, world in case.allowed if answers == case.came]
            own = replace(held, heads={key: head for key, head in held.heads.items() if key == id_for(case.name)})
            if not any(is_held(own, world) for world in worlds):
                what = "what is held" if worlds else "the answers"
                found.append(f"{self.told(case)}: no order explains {what}, {case.came}")
        broken = [*self.sender.broken(held), *(self.sender.settle() if len(cases) > 1 else ())]
        by_id = {id_for(case.name): self.told(case) for case in cases}
        return found + [f"{by_id.get(what[:36], self.state)}: {what}" for what in broken]

    def told(self, case: Case) -> str:
        return f"{self.state}: {self.call} | before its call {case.steps} ({case.operation}) | {case.rival}"


def absent(world: model.World) -> model.World:
    """The same, but that no content has come that was awaited."""
    for name, document in world.documents.items():
        if document.awaited:
            world = world.having(name, replace(document, awaited=replace(document.awaited, there=False)))
    return world


def possible(state: str, call: Call) -> bool:
    """An upload needs a ticket that is still good and was not used, an event an upload, the reconciler open work."""
    steps = STATES[state]
    if isinstance(call, Upload):
        return UPLOAD not in steps and bool({ANNOUNCED, TO_FOLLOW} & {*steps}) and TOO_LATE not in steps
    if isinstance(call, Reconcile):
        return LATE in steps or TOO_LATE in steps
    return UPLOAD in steps if isinstance(call, Event) else True


def cases(state: str, call: str) -> Iterator[Case]:
    """Every rival that would change something here, and a reader, before each call but the first, which it precedes.

    In a short run only the first and the last call of each operation, and every other writer, which ones changing from
    call to call and from state to state.
    """
    with working_at_once() as sender:
        trial = Trial(sender, state, call)
        trial.prepare(["alone"])
        world = trial.worlds["alone"]
        meant = {name: trial.meant("alone", rival) for name, rival in RIVALS.items() if possible(state, rival)}
        sender.network.calls.clear()
        Performed(sender)(trial.meant("alone", CALLS[call]))
        made = list(sender.network.calls)
    writers = [name for name, rival in meant.items() if rival.apply(world)[1] != world]
    points = list(range(1 if len(made) > 1 else 0, len(made)))
    if not run_length.LONG:
        points = [n for n in points if made[n] not in made[1:n] or made[n] not in made[n + 1 :]]
        writers = writers[([*STATES].index(state) + [*CALLS].index(call)) % 2 :: 2] or writers
    numbers = count()
    for n in points:
        for rival in [*writers, "read"]:
            yield Case(f"ref-{next(numbers)}", n + 1, made[n], rival)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("state", STATES)
def test_two_calls_at_once_come_to_what_some_order_explains(state: str, call: str) -> None:
    if not possible(state, CALLS[call]):
        pytest.skip("there is nothing to upload, to tell of, or to end")
    everything = list(cases(state, call))
    alone = [case for case in everything if "reconciler" in (call, case.rival)]
    wrong: list[str] = []
    for together in [[case for case in everything if case not in alone], *([case] for case in alone)]:
        with working_at_once() as sender:
            trial = Trial(sender, state, call)
            trial.prepare([case.name for case in together])
            for case in together:
                trial.meet(case)
            wrong += trial.wrong(together)
    assert wrong == []
