"""Whatever befalls a run of the reconciler, the next one brings everything to its end and breaks no promise.

One store holds a leftover of every kind next to what must stay; each call that a run makes there meets each fault.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT

import run_length
from changes import head_item
from conftest import empty_store
from fault_scenarios import announced, awaiting, id_of, stored, with_history
from messages import result
from moto_store import BUCKET
from network import FAULTS, IN_TURN, READS, Fault, Killed, faults_of
from okd_dms.document import ANNOUNCED, DIRECT
from okd_dms.errors import DependencyFailed
from sender import AFTER_GRACE, Sender, at_work

KILL_AFTER = next(fault for fault in FAULTS if fault.name == "killed after effect")
SOME = {"killed before effect", "killed after effect", "error after effect, always", "answer lost, once"}
"""For its writes in a short run; nobody is answered, so what is left is all that counts."""


def some_faults_of(calls: Sequence[str], number: int) -> list[Fault]:
    """Every fault in a long run. In a short one its reads, which are many and alike, meet one of two in turn."""
    possible = faults_of(calls, number)
    if run_length.LONG:
        return possible
    some = {IN_TURN[number % 2]} if calls[number].startswith(READS) else SOME
    return [fault for fault in possible if fault.name in some]


def delete_and_die(sender: Sender, name: str) -> None:
    """A deletion whose process died right after it had put the tombstone."""
    document = announced(sender, name, b"never")
    with sender.network.striking(1, KILL_AFTER), pytest.raises(Killed):
        sender.delete(document)
    assert sender.network.calls == ["GetItem", "TransactWriteItems"]


@contextmanager
def leftovers() -> Iterator[Sender]:
    """A store with every kind of them, when all grace periods are over."""
    with empty_store() as store, at_work(store) as sender:
        sender.upload(awaiting(sender, "event lost"))
        sender.upload(announced(sender, "event of update lost"))
        awaiting(sender, "never came")
        announced(sender, "update never came")
        store.upload(head_item(store, awaiting(sender, "unfit"))["objectKey"], b"unfit")
        delete_and_die(sender, "deleted")
        stored(sender, "twice")
        stored(sender, "twice")
        with_history(sender, "kept")
        day_before = (sender.clock.now - timedelta(days=1)).date()
        for folder in (DIRECT, ANNOUNCED):
            store.table.put_item(
                Item={"documentId": f"sweep {folder}", "item": "head", "note": f"{folder}/{day_before}/~"}
            )
        sender.clock.advance(AFTER_GRACE)
        yield sender


def what_is_wrong(sender: Sender) -> list[str]:
    held = sender.store.held()
    broken = sender.broken(held, reconciled=True) + sender.ledger.not_in_force(held)
    broken += [f"{name}: it is still open" for name in ("never came", "unfit") if id_of(name) in held.heads]
    if held.of_document(id_of("deleted")):
        broken.append("deleted: something is left")
    return broken


def test_a_run_leaves_nothing_behind_and_takes_nothing_away() -> None:
    with leftovers() as sender:
        sender.reconcile()
        assert what_is_wrong(sender) == []
        assert sender.deliver(result(identificatie="never came")).status == 200
        kept = ["event lost", "event of update lost", "update never came", "twice", "kept", "never came"]
        claimed = {key for name in kept for key in (head_item(sender.store, id_of(name))["objectKey"],)}
        assert claimed <= {entry["Key"] for entry in sender.store.s3.list_objects_v2(Bucket=BUCKET)["Contents"]}


def test_whatever_befalls_a_run_the_next_one_ends_the_work() -> None:
    with leftovers() as sender:
        restore = remembered(sender)
        sender.network.calls.clear()
        sender.reconcile()
        calls = list(sender.network.calls)
        assert calls
        failures = []
        for number, operation in enumerate(calls):
            for fault in some_faults_of(calls, number):
                restore()
                case = f"call {number} ({operation}), {fault.name}"
                failures += [f"{case}: {wrong}" for wrong in after_two_runs(sender, number, fault)]
    assert not failures, "\n".join(failures)


def remembered(sender: Sender) -> Callable[[], None]:
    """The means to have the store again as it is now."""
    tables, buckets = get_backend("dynamodb")[ACCOUNT]["eu-central-1"], get_backend("s3")[ACCOUNT]["aws"]
    kept = copy.deepcopy((tables.tables, buckets.buckets))
    told = copy.deepcopy(sender.ledger)

    def restore() -> None:
        tables.tables, buckets.buckets = copy.deepcopy(kept)
        sender.ledger = copy.deepcopy(told)

    return restore


def after_two_runs(sender: Sender, number: int, fault: Fault) -> list[str]:
    """What is wrong when the first of them has met this fault."""
    met = "done"
    try:
        with sender.network.striking(number, fault):
            sender.reconcile()
    except Killed:
        met = "killed"
    except DependencyFailed:
        met = "failed"
    expected = "killed" if fault.kills else "done" if fault.passes else "failed"
    sender.reconcile()
    return [*([f"the run was {met}"] if met != expected else []), *what_is_wrong(sender)]
