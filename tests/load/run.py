"""Load on a stack behind a failing network: many clients, some faults, and then the question whether all is well."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import httpx

from load import aftermath
from load.books import Wrong
from load.connection import Connection, http_client
from load.contended import Contended
from load.mix import act
from load.network import Network
from load.sender import Sender
from local_stack import LocalStack

CONTENDED = 4
"""Documents that all clients change at once."""

type Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load: operations in all, by so many clients, and the share of calls that meet a fault."""

    seed: int
    operations: int
    clients: int
    fault_share: float


@dataclass(slots=True)
class Report:
    """What was done and what came of it. `wrong` lists every broken promise, and is empty when all is well."""

    plan: Plan
    operations: Counter[str] = field(default_factory=Counter)
    calls: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    documents: dict[str, int] = field(default_factory=dict)
    reconciled: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            name: dict(sorted(said.items())) if isinstance(said, Counter) else said for name, said in self._members()
        }

    def _members(self) -> Iterator[tuple[str, Any]]:
        yield from asdict(self.plan).items()
        yield from ((member.name, getattr(self, member.name)) for member in fields(self) if member.name != "plan")


@dataclass(frozen=True, slots=True)
class Behind:
    """A stack whose functions reach AWS through this network alone, and clients that reach it in no other way."""

    stack: LocalStack
    network: Network
    http: httpx.Client

    def sender(self, name: str) -> Sender:
        """A client under a name of its own."""
        api = self.stack.api.replace(self.stack.endpoint, self.network.url)
        return Sender(Connection(api, name, self.http), name)


@contextmanager
def behind_network(network: Network, progress: Progress = lambda _: None) -> Iterator[Behind]:
    """The local stack, up for as long as the `with` block lasts."""
    with LocalStack(progress=progress, AwsEndpointUrl=network.url) as stack, http_client() as http:
        network.upstream, network.stack_pid = stack.port, stack.pid
        yield Behind(stack, network, http)


def run(behind: Behind, plan: Plan, progress: Progress = lambda _: None) -> Report:
    """The load, and the look at everything after it. The store is emptied before. The network has a seed of its own."""
    stack, network, report, begun = behind.stack, behind.network, Report(plan), time.monotonic()

    def lap(name: str) -> None:
        nonlocal begun
        report.seconds[name] = round(time.monotonic() - begun)
        begun = time.monotonic()

    aftermath.clear(stack)
    senders = [behind.sender(f"{plan.seed}-{number}") for number in range(plan.clients)]
    shared = [Contended.deliver(senders[0]) for _ in range(CONTENDED)]
    network.share = plan.fault_share
    _work(senders, shared, report, progress)
    network.share = 0.0
    aftermath.wait_until_quiet(network)
    lap("load")

    progress("reading what the clients know ...")
    report.wrong += aftermath.check_as_told(senders, thoroughly=False)
    lap("reading")
    progress("letting the grace period pass ...")
    grace, outcomes = aftermath.reconcile(stack)
    report.reconciled = dict(outcomes)
    lap("reconciling")
    progress("reading every version of every document ...")
    aftermath.forget_what_came_to_nothing(senders)
    report.wrong += aftermath.check_as_told(senders, thoroughly=True)
    report.wrong += aftermath.check_contended(senders[0], shared)
    report.wrong += aftermath.check_holdings(stack, grace, senders, shared)
    lap("reading everything")
    _count(report, network, senders, shared)
    return report


def _work(senders: list[Sender], shared: list[Contended], report: Report, progress: Progress) -> None:
    lock, total = threading.Lock(), report.plan.operations
    started = time.monotonic()

    def work(number: int) -> None:
        for _ in range(total // len(senders) + (number < total % len(senders))):
            try:
                done, wrong = act(senders[number], shared), None
            except Wrong as error:
                done, wrong = "wrong", str(error)
            with lock:
                report.operations[done] += 1
                if wrong:
                    report.wrong.append(wrong)
                    progress(f"WRONG: {wrong}")
                count = report.operations.total()
                if count % max(1, total // 20) == 0:
                    progress(f"{count} of {total} operations, {time.monotonic() - started:.0f} s")

    with ThreadPoolExecutor(len(senders)) as threads:
        list(threads.map(work, range(len(senders))))


def _count(report: Report, network: Network, senders: list[Sender], shared: list[Contended]) -> None:
    report.calls = {str(party): number for party, number in sorted(network.calls.items())}
    report.faults = {f"{party}: {fault}": number for (party, fault), number in sorted(network.faults.items())}
    for each in senders:
        report.answers += each.to.tally
    entries = [entry for each in senders for entry in each.entries]
    report.documents = {
        "in force": sum(not entry.deleted for entry in entries) + len(shared),
        "deleted, or announced and never sent": sum(entry.deleted for entry in entries),
        "versions": sum(len(entry.versions) for entry in entries if not entry.deleted),
        "versions of contended documents": sum(document.newest for document in shared),
        "unanswered deliveries without a key": sum(len(each.perhaps) for each in senders),
    }
