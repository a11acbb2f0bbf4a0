"""Whatever befalls a call to AWS, the answer is right or says to repeat, and every promise of the store is kept.

The cases are made of the calls that a scenario really makes: for each of them every fault there is. After it the client
repeats, or gives up and comes back when all grace periods are over; then the whole store is looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched, count
from typing import Any

import pytest

from conftest import empty_store
from fault_scenarios import LATER_STATE, SCENARIOS, Call, id_of, keyed
from network import Fault, Killed, faults_of
from okd_dms.errors import DmsError
from sender import Sender, at_work

VOLATILE = {"documentId", "identificatie", "url", "verlooptOp", "inhoudUrl", "inhoudUrlVerlooptOp", "instance"}
"""Members of an answer that differ with the document and the signature."""

IN_ONE_STORE = 30
"""Cases that share a store: settling it costs the same for many, while the stand-in for AWS slows down with them."""


def stable(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: stable(value) for name, value in body.items() if name not in VOLATILE}
    return [stable(value) for value in body] if isinstance(body, list) else body


def outcome(call: Call) -> tuple[Any, ...]:
    """What came of a call, in a form that does not depend on which document it was for."""
    try:
        answer = call()
    except Killed:
        return ("killed",)
    except DmsError as error:
        return "failed", error.slug
    if answer is None:
        return ("done",)
    is_json = "json" in answer.headers.get("Content-Type", "")
    return answer.status, answer.headers.get("ETag"), stable(answer.json()) if is_json and answer.body else answer.body


def says_to_repeat(came: tuple[Any, ...]) -> bool:
    return came[0] == 503 or came[:2] == ("failed", "service-unavailable")


def undisturbed(name: str) -> tuple[list[str], Any]:
    """The calls to AWS that a scenario makes, and what comes of it."""
    with empty_store() as store, at_work(store) as sender:
        call = SCENARIOS[name](sender, "EX-0")
        sender.network.calls.clear()
        came = outcome(call)
        return list(sender.network.calls), came


@dataclass(frozen=True, slots=True)
class Case:
    """One call to AWS and the fault that it meets."""

    number: int
    operation: str
    fault: Fault

    def __str__(self) -> str:
        return f"call {self.number} ({self.operation}), {self.fault.name}"


@dataclass(slots=True)
class Trial:
    """Some cases of a scenario in one store, each with a document of its own."""

    sender: Sender
    name: str
    right: tuple[Any, ...]
    """What comes of the scenario when nothing befalls it."""
    failures: list[str] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    """By document."""
    references: Iterator[str] = field(default_factory=lambda: (f"EX-{number}" for number in count()))

    def strike(self, case: Case) -> Call:
        """A call that has met its fault, to be made again."""
        reference = next(self.references)
        self.cases |= {id_of(reference): case, keyed(reference): case}
        call = SCENARIOS[self.name](self.sender, reference)
        with self.sender.network.striking(case.number, case.fault):
            came = outcome(call)
        if case.fault.kills:
            self.expect(came == ("killed",), case, "it went on after its process was killed", came)
        elif case.fault.passes:
            self.expect(came == self.right, case, f"it should be {self.right}", came)
        else:
            self.expect(says_to_repeat(came) or came == self.right, case, "it should say to repeat", came)
        return call

    def repeat(self, call: Call, case: Case) -> None:
        came = outcome(call)
        changed = case.fault.applied and LATER_STATE.get(self.name) == came[0]
        self.expect(came == self.right or changed, case, f"the repeat should be {self.right}", came)

    def repeat_late(self, call: Call, case: Case) -> None:
        """Whatever has become of the document by now, and of its announcement: the store can say it."""
        came = outcome(call)
        self.expect(came[0] not in (500, 503, "failed"), case, "the late repeat fails", came)

    def expect(self, holds: bool, case: Case | None, what: str, came: Any) -> None:
        if not holds:
            self.failures.append(f"{self.name}, {case}: {what}: {came}")

    def expect_nothing(self, broken: list[str], when: str) -> None:
        for promise in broken:
            case = next((case for document, case in self.cases.items() if document in promise), None)
            self.expect(holds=False, case=case, what=when, came=promise)


def failures_of(name: str, right: tuple[Any, ...], cases: Sequence[Case]) -> list[str]:
    with empty_store() as store, at_work(store) as sender:
        trial, given_up = Trial(sender, name, right), []
        for case in cases:
            struck = trial.strike(case)
            if not case.fault.passes:
                trial.repeat(struck, case)
            if case.fault.kills:
                given_up.append((trial.strike(case), case))
        trial.expect_nothing(sender.broken(), "after the repeats")
        trial.expect_nothing(sender.settle(), "after all grace periods")
        for struck, case in given_up:
            trial.repeat_late(struck, case)
        trial.expect_nothing(sender.settle(), "after the late repeats")
        return trial.failures


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_fault_of_any_call_breaks_a_promise(name: str) -> None:
    calls, right = undisturbed(name)
    assert calls
    cases = [Case(number, calls[number], fault) for number in range(len(calls)) for fault in faults_of(calls, number)]
    failures = []
    for some in batched(cases, IN_ONE_STORE, strict=False):
        failures += failures_of(name, right, some)
    assert not failures, "\n".join(failures)
