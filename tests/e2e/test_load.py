"""Many clients at once, calls that fail, functions that are killed: nothing is lost, doubled, torn or left behind."""

from datetime import timedelta

import pytest

from invariants import Holdings
from load import aftermath, deliveries, killing, one_key
from load.life import Life, lives
from load.network import KILLS, Fault, Party
from load.run import Behind, Plan, run
from over_http import comes_true

SEED = 5

needs_proc = pytest.mark.skipif(not killing.AVAILABLE, reason="reads /proc")


def test_five_hundred_operations_with_a_hundredth_of_the_calls_failing_break_no_promise(behind: Behind) -> None:
    """The short form of the soak run `documents`."""
    report = run(behind, Plan(SEED, operations=500, clients=8, fault_share=0.01))
    assert report.wrong == []
    assert report.operations.total() == 500
    assert sum(report.faults.values()) > 10


@needs_proc
def test_functions_that_are_killed_under_load_break_no_promise(behind: Behind) -> None:
    """At their calls to AWS, before and after the effect, and at any other moment."""
    behind.network.kinds = {Party.FUNCTION: KILLS}
    behind.network.faults.clear()
    with killing.killing(behind.stack.pid, behind.network.calls.total, every=60, seed=SEED) as killed:
        report = run(behind, Plan(SEED, operations=120, clients=6, fault_share=0.02))
    assert report.wrong == []
    assert killed
    assert report.faults.keys() == {f"{Party.FUNCTION}: {kill}" for kill in KILLS}
    assert report.answers["502"] > 0, "no client was waiting for a function that was killed"


@needs_proc
@pytest.mark.parametrize("kill", KILLS)
def test_a_completion_whose_function_is_killed_is_made_up_for_and_no_reader_notices(
    behind: Behind, kill: Fault
) -> None:
    client, network = behind.sender(f"{kill}"), behind.network
    announced = [deliveries.announce(client) for _ in range(4)]
    network.kinds, network.share = {Party.FUNCTION: (kill,)}, 1.0
    before = network.faults[Party.FUNCTION, kill]
    for entry, ticket in announced:
        deliveries.upload(client, entry.delivery.content, ticket)
        entry.arrived = True
    assert comes_true(lambda: network.faults[Party.FUNCTION, kill] == before + len(announced))
    network.share = 0.0
    aftermath.wait_until_quiet(network)
    assert recorded(behind) == ["wacht_op_inhoud"] * 4
    assert aftermath.check_as_told([client], thoroughly=True) == []

    grace, outcomes = aftermath.reconcile(behind.stack, step=timedelta(days=1))
    assert outcomes["completed"] == 4
    assert recorded(behind) == ["opgeslagen"] * 4
    assert aftermath.check_as_told([client], thoroughly=True) == []
    assert aftermath.check_holdings(behind.stack, grace, [client], []) == []


def recorded(behind: Behind) -> list[str]:
    """The status of every document in the table."""
    stack = behind.stack
    names = stack.outputs["TableName"], stack.outputs["BucketName"]
    heads = Holdings.of(stack.client("dynamodb"), stack.client("s3"), *names).heads
    return [head["status"] for head in heads.values()]


@pytest.mark.parametrize(
    ("keyed_by", "carriers"),
    [*(("identificatie", carriers) for carriers in one_key.CARRIERS), ("Idempotency-Key", ("multipart", "json"))],
)
def test_two_hundred_deliveries_at_once_make_one_document_and_get_one_answer(
    behind: Behind, keyed_by: str, carriers: tuple[str, ...]
) -> None:
    client = behind.sender(f"one {keyed_by} {carriers}")
    (status,) = one_key.equal(client, keyed_by, carriers, 200)
    assert status in ({202} if carriers == ("ticket",) else {200, 202} if "ticket" in carriers else {200})
    assert one_key.heads(behind.stack) == 1


@pytest.mark.parametrize("keyed_by", one_key.KEYS)
def test_of_two_documents_that_are_delivered_at_once_under_one_key_one_wins(behind: Behind, keyed_by: str) -> None:
    statuses = one_key.unequal(behind.sender(f"two {keyed_by}"), keyed_by, 200)
    assert statuses == {200: 100, (409 if keyed_by == "identificatie" else 422): 100}
    assert one_key.heads(behind.stack) == 1


def test_lives_of_documents_that_nobody_wrote_down_agree_with_the_model(behind: Behind) -> None:
    """The short form of the soak run `lives`, with several calls at the same moment."""
    lives(behind, number=3, steps=40, from_seed=SEED)
    assert Life.done.keys() >= {"by_ticket", "replace", "announce", "do_at_once"}
