"""The regression check: whether this tree has become slower or larger, by its ratios to floor in baseline.json.

Processor time and memory, not time on the clock: what else the machine does hardly shows in them. A ratio is too large
only when it is so again, in more rounds.
"""

import json
import sys
from pathlib import Path

from rich.console import Console

import variants
from answers import WrongAnswer
from figures import Samples
from gates import OURS
from local_build import SetUpError
from operations import OPERATIONS
from progress import measure
from rounds import KEY_OPERATIONS, Contestants
from runtime_emulator import FunctionFailed

BASELINE = Path(__file__).parent / "baseline.json"
WIDTHS = {"init_cpu": 0.2, "first_call_cpu": 0.35, "cpu": 0.1, "peak_memory": 0.05}
"""By how much of itself a ratio may grow; the record of the benchmark says how they were chosen."""
ROUNDS, ROUNDS_AGAIN = 7, 14

type Ratios = dict[str, dict[str, float]]


def ratios(samples: Samples) -> Ratios:
    """By operation and metric, the median ratio to floor."""
    return {
        operation: {metric: round(samples.ratio(operation, OURS, metric).median, 3) for metric in WIDTHS}
        for operation in KEY_OPERATIONS
    }


def grown(measured: Ratios, baseline: Ratios) -> list[str]:
    """What has grown beyond its width, in words."""
    return [
        f"{metric} of {operation} is {measured[operation][metric]:.2f} of floor's; it was {before:.2f},"
        f" and {before * (1 + WIDTHS[metric]):.2f} is the most"
        for operation, metrics in baseline.items()
        for metric, before in metrics.items()
        if measured[operation][metric] > before * (1 + WIDTHS[metric])
    ]


def main() -> None:
    console = Console()
    operations = [operation for operation in OPERATIONS if operation.name in KEY_OPERATIONS]
    baseline: Ratios = json.loads(BASELINE.read_text())
    try:
        variants.compile_runtime()
        two = Contestants([variants.okd_dms(), variants.floor()])
        for rounds in (ROUNDS, ROUNDS_AGAIN):
            too_much = grown(ratios(measure(console, operations, two, rounds).samples), baseline)
            if not too_much:
                return
    except (WrongAnswer, FunctionFailed, SetUpError) as error:
        sys.exit(f"make bench-check: {error}")
    sys.exit("\n".join(["make bench-check: slower or larger than before", *too_much]))


if __name__ == "__main__":
    main()
