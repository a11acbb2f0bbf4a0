"""The benchmark: this project and its peers, side by side, as Lambda runs them. See README.md in this folder."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import variants
from answers import WrongAnswer
from figures import UNITS, Samples
from local_build import SetUpError
from operations import OPERATIONS, Operation
from rounds import Benchmark, Contestants
from runtime_emulator import FunctionFailed
from stubbed_aws import StubbedAws

RESULTS = Path(__file__).parent / "results.json"
ROUNDS = 10


def table(samples: Samples, operation: Operation, names: list[str]) -> Table:
    """One operation: per variant and metric the ratio to floor with its quartiles, and the median itself."""
    rows = Table(title=operation.name, title_justify="left", title_style="bold")
    rows.add_column("")
    for metric, unit in UNITS.items():
        rows.add_column(f"{metric} ({unit})", justify="right")
    for name in names:
        cells = []
        for metric in UNITS:
            median, ratio = samples.of(operation.name, name, metric).median, samples.ratio(operation.name, name, metric)
            cells.append(f"{median:.1f}  [bold]{ratio.median:.2f}[/bold] ({ratio.low:.2f}-{ratio.high:.2f})")
        rows.add_row(name, *cells)
    return rows


def run(console: Console, operations: list[Operation], contestants: Contestants, rounds: int) -> Benchmark:
    """Rehearse and measure, with a progress bar. Raises WrongAnswer, FunctionFailed and SetUpError."""
    columns = (TextColumn("{task.description:42}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with StubbedAws() as aws, Progress(*columns, console=console, transient=True) as progress:
        benchmark = Benchmark(aws, operations, contestants)
        checking = progress.add_task("", total=len(contestants.measured))
        for name in benchmark.rehearse():
            progress.update(checking, description=f"checking {name}", advance=1)
        progress.remove_task(checking)
        measuring = progress.add_task("", total=benchmark.count_turns(rounds))
        for what in benchmark.turns(rounds):
            progress.update(measuring, description=what, advance=1)
    return benchmark


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--operations", default="", help="names with commas between them; all, if empty")
    options.add_argument("--write", type=Path, help="where to write the results, as JSON")
    chosen = options.parse_args()
    wanted = chosen.operations.split(",") if chosen.operations else [operation.name for operation in OPERATIONS]
    operations = [operation for operation in OPERATIONS if operation.name in wanted]
    console = Console(width=None if sys.stdout.isatty() else 200)
    try:
        with console.status("building ..."):
            variants.compile_runtime()
            measured = [variants.okd_dms(), variants.floor(), variants.typical(), variants.fastapi()]
            started = [
                variants.okd_dms_without_bytecode(),
                variants.typical(bytecode=True),
                variants.fastapi(bytecode=True),
                variants.empty(),
            ]
        benchmark = run(console, operations, Contestants(measured, started), chosen.rounds)
    except (WrongAnswer, FunctionFailed, SetUpError) as error:
        sys.exit(f"make bench: {error}")
    names = [variant.name for variant in measured]
    for operation in operations:
        console.print(table(benchmark.samples, operation, names))
    if chosen.write:
        chosen.write.write_text(json.dumps(benchmark.samples.rows(names), indent=1) + "\n")


if __name__ == "__main__":
    main()
