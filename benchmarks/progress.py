"""A measuring with a progress bar, which is gone when it ends."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from operations import Operation
from rounds import Benchmark, Contestants
from stubbed_aws import StubbedAws


def bar(console: Console) -> Progress:
    """A progress bar that is gone when its block ends."""
    columns = (TextColumn("{task.description:46}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def measure(console: Console, operations: list[Operation], everybody: Contestants, rounds: int) -> Benchmark:
    """Rehearse and measure. Raises WrongAnswer, FunctionFailed and SetUpError."""
    with StubbedAws() as aws, bar(console) as progress:
        benchmark = Benchmark(aws, operations, everybody)
        checking = progress.add_task("", total=len(everybody.measured))
        for name in benchmark.rehearse():
            progress.update(checking, description=f"checking the answers of {name}", advance=1)
        progress.remove_task(checking)
        measuring = progress.add_task("", total=benchmark.count_turns(rounds))
        for what in benchmark.turns(rounds):
            progress.update(measuring, description=what, advance=1)
    return benchmark
