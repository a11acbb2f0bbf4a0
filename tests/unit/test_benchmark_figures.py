"""What the benchmark says of its samples, and what of it is committed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import bench
import check
import picture
import report
from figures import FLOOR, UNITS, Samples, Spread, spread
from gates import LARGEST, OURS, SMALLEST, UNCOMPILED, Gate, gates
from operations import OPERATIONS
from rounds import KEY_OPERATIONS
from stub_services import Received

VARIANTS = ["okd-dms", "floor", "typical", "fastapi"]


def samples(**ratios: list[float]) -> Samples:
    """Rounds in which floor takes 10, 20, 30 … of everything, and `okd_dms` these multiples of it."""
    made = Samples()
    for variant, multiples in {"floor": [1.0] * len(next(iter(ratios.values()))), **ratios}.items():
        for number, multiple in enumerate(multiples, 1):
            every = dict.fromkeys([*UNITS, "init_cpu", "first_call_cpu", "idle_memory"], 10 * number * multiple)
            for operation in OPERATIONS:
                made.add(operation.name, variant.replace("_", "-"), every)
    return made


def committed(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_round_on_a_slow_machine_does_not_change_a_ratio() -> None:
    assert samples(okd_dms=[0.5, 0.5, 0.5]).ratio("get_url", "okd-dms", "init") == Spread(0.5, 0.5, 0.5)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios_and_not_the_ratio_of_medians() -> None:
    made = Samples()
    for ours, floor in ((4.0, 1.0), (2.0, 4.0), (3.0, 30.0)):
        made.add("get_url", "okd-dms", {"init": ours})
        made.add("get_url", "floor", {"init": floor})
    assert made.ratio("get_url", "okd-dms", "init").median == 0.5


def test_a_ratio_needs_both_sides_of_every_round() -> None:
    made = samples(okd_dms=[1.0, 1.0])
    made.add("get_url", "okd-dms", {"init": 1.0})
    with pytest.raises(ValueError, match=r"shorter|longer"):
        made.ratio("get_url", "okd-dms", "init")


@pytest.mark.parametrize(
    ("values", "expected"),
    [([7.0], (7, 7, 7)), ([1.0, 3.0], (1.5, 2, 2.5)), ([5.0, 1.0, 4.0, 2.0, 3.0], (2, 3, 4))],
)
def test_the_spread_is_the_median_and_its_quartiles(values: list[float], expected: tuple[float, float, float]) -> None:
    assert spread(values) == Spread(*expected)


def test_a_row_says_the_median_its_quartiles_its_unit_and_its_ratio() -> None:
    rows = samples(okd_dms=[0.5, 0.5, 0.5]).rows(VARIANTS)
    assert {
        "operation": "update_4kib",
        "variant": "okd-dms",
        "metric": "peak_memory",
        "median": 10.0,
        "low": 7.5,
        "high": 12.5,
        "unit": "MiB",
        "ratio_to_floor": 0.5,
        "rounds": 3,
    } in rows
    assert {row["metric"] for row in rows} == UNITS.keys()


def test_every_operation_of_every_variant_stands_in_the_committed_results() -> None:
    rows = committed(bench.RESULTS)
    found = [(row["operation"], row["variant"], row["metric"]) for row in rows]
    expected = [(each.name, name, metric) for each in OPERATIONS for name in VARIANTS for metric in UNITS]
    assert sorted(found) == sorted(expected)
    for row in rows:
        assert list(row) == list(samples(okd_dms=[1.0]).rows(VARIANTS)[0])
        assert row["unit"] == UNITS[row["metric"]]
        assert row["low"] <= row["median"] <= row["high"]
        assert row["rounds"] >= bench.ROUNDS
        assert row["variant"] != FLOOR or row["ratio_to_floor"] == 1


def test_the_committed_picture_shows_the_committed_results() -> None:
    drawn = picture.PICTURE.read_text(encoding="utf-8")
    rows = committed(bench.RESULTS)
    ratios = [
        f"{row['ratio_to_floor']:.2f}"
        for row in rows
        if row["operation"] in KEY_OPERATIONS and row["metric"] in picture.METRICS and row["variant"] != FLOOR
    ]
    shown = re.findall(r">(\d+\.\d\d)<", drawn)
    assert len(shown) == len(ratios)
    differences = [abs(float(one) - float(other)) for one, other in zip(sorted(shown), sorted(ratios), strict=True)]
    assert max(differences) < 0.011  # of two roundings


def test_the_committed_calls_are_those_of_every_operation() -> None:
    calls = {(row["operation"], row["variant"]): row["aws_calls"] for row in committed(bench.CALLS)}
    assert {key: len(asked) for key, asked in calls.items()} == {
        (operation.name, variant): operation.calls for operation in OPERATIONS for variant in VARIANTS
    }


def test_the_picture_draws_a_bar_as_long_as_its_ratio() -> None:
    drawn = picture.draw(samples(okd_dms=[0.5, 0.5], typical=[2.0, 2.0]), ["okd-dms", "floor", "typical"])
    widths = {
        kind: {float(width) for width in re.findall(rf'class="{kind}" x="\d+" y="\d+" width="([\d.]+)"', drawn)}
        for kind in ("ours", "peer")
    }
    assert widths == {"ours": {picture.BAR / 4}, "peer": {float(picture.BAR)}}


def all_gates(ratio: float, calls: int = 1) -> dict[str, Gate]:
    made = samples(okd_dms=[ratio, ratio])
    for operation in KEY_OPERATIONS:
        for variant in (UNCOMPILED, SMALLEST, LARGEST):
            floor = dict.fromkeys(UNITS, 10.0)
            made.add(operation, variant, floor)
            made.add(operation, variant, {metric: 2 * value for metric, value in floor.items()})
    asked = [Received("okd-dms", "dynamodb", "PutItem", ["one"], 1, 1)] * calls
    return {gate.what: gate for gate in gates(made, {(operation.name, OURS): asked for operation in OPERATIONS})}


def test_the_gates_hold_for_what_is_small_and_fail_for_what_is_large() -> None:
    assert all(gate.holds and gate.reached for gate in all_gates(0.19).values())
    of_ratios = [gate for what, gate in all_gates(2.1).items() if "calls" not in what and "partitions" not in what]
    assert [gate.what for gate in of_ratios if gate.holds] == [
        f"{what} of {operation} for 5 GiB, to that for 1 KiB"
        for operation in KEY_OPERATIONS
        for what in ("time", "memory")
    ]
    assert {what for what, gate in all_gates(1, calls=4).items() if "calls" in what and gate.holds} == set()


def test_a_gate_that_holds_may_miss_its_goal() -> None:
    gate = all_gates(1.05)["warm p50 of get_url"]
    assert gate.holds
    assert not gate.reached


def test_a_call_that_touches_two_partitions_fails_its_gate() -> None:
    asked = [Received("okd-dms", "dynamodb", "TransactWriteItems", ["one", "another"], 1, 1)]
    (gate,) = [gate for gate in gates(Samples(), {("complete", OURS): asked}) if gate.what.startswith("partitions")]
    assert not gate.holds


def test_the_regression_check_lets_noise_pass_and_growth_not() -> None:
    before = check.ratios(samples(okd_dms=[1.0]))
    for metric, width in check.WIDTHS.items():
        for factor, complaints in ((1 + width * 0.9, 0), (1 + width * 1.1, 1)):
            now = {operation: dict(ratios) for operation, ratios in before.items()}
            now["get_url"][metric] *= factor
            found = check.grown(now, before)
            assert len(found) == complaints
            assert all(metric in words and "get_url" in words for words in found)


def test_the_baseline_of_the_regression_check_is_whole() -> None:
    baseline = committed(check.BASELINE)
    assert {operation: set(ratios) for operation, ratios in baseline.items()} == {
        operation: set(check.WIDTHS) for operation in KEY_OPERATIONS
    }


def test_bytes_and_calls_are_added_up_for_a_call_of_an_operation() -> None:
    asked = [
        Received("floor", "s3", "PutObject", [], 4096, 0),
        Received("floor", "dynamodb", "PutItem", ["one"], 2000, 2),
    ]
    received = {("store_4kib_multipart", "floor"): asked, ("get_url", SMALLEST): asked}
    assert report.calls(received, VARIANTS) == [
        {
            "operation": "store_4kib_multipart",
            "variant": "floor",
            "aws_calls": ["s3:PutObject", "dynamodb:PutItem"],
            "sent_bytes": 6096,
            "received_bytes": 2,
        }
    ]
