"""The benchmark: this project and its peers, side by side, as Lambda runs them. README.md in this folder says how."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import emulated
import report
import variants
from answers import WrongAnswer
from check import BASELINE, ratios
from figures import FLOOR, Samples
from gates import LARGEST, OURS, SMALLEST, gates
from local_build import SetUpError
from operations import GIB, KIB, OPERATIONS, Operation
from picture import PICTURE, draw
from progress import bar, measure
from rounds import KEY_OPERATIONS, Contestants
from runtime_emulator import FunctionFailed

RESULTS, CALLS = Path(__file__).parent / "results.json", Path(__file__).parent / "calls.json"
ROUNDS = 10
"""Fewer give no result that is kept."""
EMULATED_ROUNDS = 5


def contestants() -> Contestants:
    """Everybody, built."""
    variants.compile_runtime()
    return Contestants(
        measured=[variants.okd_dms(), variants.floor(), variants.typical(), variants.fastapi()],
        started=[
            variants.okd_dms_without_bytecode(),
            variants.typical(bytecode=True),
            variants.fastapi(bytecode=True),
            variants.empty(),
        ],
        sized={
            KIB: variants.okd_dms(SMALLEST),
            5 * GIB: variants.okd_dms(LARGEST),
        },
    )


def cross_check(console: Console, ours: Samples, everybody: Contestants, operations: list[Operation]) -> Table:
    """The ratios to floor here and in the Runtime Interface Emulator."""
    both = [variant for variant in everybody.measured if variant.name in (OURS, FLOOR)]
    with bar(console) as progress:
        task = progress.add_task("in the Runtime Interface Emulator", total=EMULATED_ROUNDS)
        samples = Samples()
        for samples in emulated.rounds(both, operations, EMULATED_ROUNDS):  # noqa: B007 - the last is the whole
            progress.update(task, advance=1)
    return report.of_cross_check(ours, samples, [operation.name for operation in operations])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--operations", default="", help="names with commas between them; all, if empty")
    chosen = options.parse_args()
    wanted = chosen.operations.split(",") if chosen.operations else [operation.name for operation in OPERATIONS]
    operations = [operation for operation in OPERATIONS if operation.name in wanted]
    if len(operations) != len(wanted):
        sys.exit(f"make bench: OPERATIONS knows {', '.join(operation.name for operation in OPERATIONS)}")
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        with console.status("building ..."):
            everybody = contestants()
        benchmark = measure(console, operations, everybody, chosen.rounds)
        samples, names = benchmark.samples, [variant.name for variant in everybody.measured]
        started = [variant.name for variant in everybody.started]
        for table in report.everything(samples, operations, names, started, benchmark.calls):
            console.print(table)
        if key := [operation for operation in operations if operation.name in KEY_OPERATIONS]:
            console.print(cross_check(console, samples, everybody, key))
    except (WrongAnswer, FunctionFailed, SetUpError) as error:
        sys.exit(f"make bench: {error}")
    demands = list(gates(samples, benchmark.calls))
    console.print(report.of_gates(demands))
    if len(operations) == len(OPERATIONS) and chosen.rounds >= ROUNDS:
        RESULTS.write_text(json.dumps(samples.rows(names), indent=1) + "\n")
        BASELINE.write_text(json.dumps(ratios(samples), indent=1) + "\n")
        CALLS.write_text(json.dumps(report.calls(benchmark.calls, names), indent=1) + "\n")
        PICTURE.write_text(draw(samples, names), encoding="utf-8")
        written = ", ".join(path.name for path in (RESULTS, CALLS, BASELINE, PICTURE))
        console.print(f"written in {RESULTS.parent.name}/: {written}")
    if not all(gate.holds for gate in demands):
        sys.exit("make bench: not every gate holds")


if __name__ == "__main__":
    main()
