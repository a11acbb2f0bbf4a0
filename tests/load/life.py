"""Lives of documents that Hypothesis makes up, over HTTP: `python tests/load/life.py LIVES SEED`."""

import json
import random
import sys
import time
from collections import Counter
from datetime import timedelta
from types import FunctionType
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from load import aftermath, changes, deliveries, races, reads
from load.books import Entry
from load.network import Network
from load.run import Behind, behind_network
from load.sender import MIB, Sender

DELIVER = (deliveries.as_multipart, deliveries.as_json, deliveries.by_ticket)
READ = (
    *(reads.details, reads.by_url, reads.whole, reads.part, reads.earlier_version, reads.conditionally),
    *(reads.by_reference, reads.awaited, reads.deleted, reads.versions, deliveries.again, deliveries.otherwise),
)
CHANGE = (changes.replace, changes.correct, changes.announce, changes.delete)


class Life(RuleBasedStateMachine):
    """A store from empty on. Each document has a sender to itself, whose books say what must be."""

    behind: ClassVar[Behind]
    done: ClassVar[Counter[str]] = Counter()
    documents = Bundle("documents")

    @initialize()
    def empty(self) -> None:
        aftermath.clear(self.behind.stack)
        self.senders: list[Sender] = []
        self.done["lives"] += 1

    @rule(target=documents, do=st.sampled_from(DELIVER), chance=st.integers(0, 1000))
    def deliver(self, do: FunctionType, chance: int) -> Sender:
        sender = self.behind.sender(f"document-{len(self.senders)}")
        self.senders.append(sender)
        self._do(sender, do, chance)
        return sender

    @rule(sender=documents, do=st.sampled_from(CHANGE), chance=st.integers(0, 1000))
    def change(self, sender: Sender, do: FunctionType, chance: int) -> None:
        """Nothing happens when the document's state does not have it."""
        self._do(sender, do, chance)

    @rule(sender=documents, do=st.sampled_from(READ), chance=st.integers(0, 1000))
    def read(self, sender: Sender, do: FunctionType, chance: int) -> None:
        """The same."""
        self._do(sender, do, chance)

    def _do(self, sender: Sender, do: FunctionType, chance: int) -> None:
        sender.random = random.Random(chance)
        do(sender)
        self.done[do.__name__] += 1

    @rule(sender=documents, kinds=st.lists(st.sampled_from(races.KINDS), min_size=2, max_size=5))
    def do_at_once(self, sender: Sender, kinds: list[str]) -> None:
        """Several things at the same moment."""
        (entry,) = sender.entries
        if entry.steady and entry.coming is None and _fits_in_a_message(entry):
            races.at_once(sender, entry, kinds)
            self.done["do_at_once"] += 1
            reads.check(sender, entry)

    def teardown(self) -> None:
        """The end of a life, and of its grace period."""
        if not self.senders:
            return
        aftermath.wait_until_quiet(self.behind.network)
        grace, _ = aftermath.reconcile(self.behind.stack, step=timedelta(days=1))
        aftermath.forget_what_came_to_nothing(self.senders)
        assert aftermath.check_as_told(self.senders, thoroughly=True) == []
        assert aftermath.check_holdings(self.behind.stack, grace, self.senders, []) == []


def _fits_in_a_message(entry: Entry) -> bool:
    return max(entry.delivery.content.size, entry.current.content.size) <= 3 * MIB


def lives(behind: Behind, number: int, steps: int, from_seed: int) -> None:
    """Make up so many lives of so many steps. Raises whatever goes wrong in one."""
    Life.behind = behind
    machine = seed(from_seed)(Life)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=number,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a shorter example would take another minute for each try
            suppress_health_check=list(HealthCheck),
        ),
    )


def main() -> int:
    number, from_seed = (int(argument) for argument in sys.argv[1:])
    with Network(at_once=8) as network, behind_network(network, _progress) as behind:
        lives(behind, number, 50, from_seed)
    print(json.dumps({"steps": Life.done, "calls": {str(party): calls for party, calls in network.calls.items()}}))
    return 0


def _progress(line: str) -> None:
    print(f"{time.strftime('%X')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
