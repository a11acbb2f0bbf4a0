"""One target of the fuzzer in a process of its own: `run.py TARGET --inputs N --seed N --report FILE -- FOLDERS…`.

Atheris (libFuzzer) makes the inputs, led by the coverage of the store and of the multipart parser. It ends with the
first input that breaks a rule or takes longer than the watchdog allows, which it leaves under `--findings`.
"""

import argparse
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "scripts", "layers/dms")]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["okd_dms", "multipart"]):
    from okd_dms import carriers, history, updates  # noqa: F401 - what is measured, loaded before anything uses it

import pytest  # noqa: E402

from fuzzing.calls import Calls  # noqa: E402
from fuzzing.mutations import mutate  # noqa: E402
from fuzzing.parsers import PARSERS  # noqa: E402

WATCHDOG_SECONDS = 60
"""For one input: far beyond what the largest takes on a busy machine, far below for ever."""
LARGEST = 70_000
"""Bytes: more than the metadata may have."""
SAMPLES = 60
GROWTH_BLOCKS = 0.02
GROWTH_MIB = 64


class Watched:
    """A target with its account: inputs, the slowest of them, and what memory it holds as time goes by."""

    def __init__(self, target: Callable[[bytes], None], inputs: int, report: Path, facts: Callable[[], Any]) -> None:
        self.target, self.inputs, self.report, self.facts = target, inputs, report, facts
        self.seen, self.slowest = 0, (0.0, 0)
        self.memory: list[tuple[int, float]] = []
        gc.collect()
        gc.freeze()
        self.began = time.monotonic()

    def __call__(self, data: bytes) -> None:
        began = time.process_time()
        self.target(data)
        self.slowest = max(self.slowest, (time.process_time() - began, len(data)))
        self.seen += 1
        if self.seen % max(1, self.inputs // SAMPLES) == 0:
            self._sample()
        if self.seen == self.inputs:
            self._end()

    def _sample(self) -> None:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.memory.append((sys.getallocatedblocks(), pages * resource.getpagesize() / 2**20))

    def _end(self) -> None:
        """Hold the last third of the samples against the second: the first warms caches."""
        third = len(self.memory) // 3
        blocks, mib = (
            [median(each[kind] for each in self.memory[n * third :][:third]) for n in range(3)] for kind in (0, 1)
        )
        seconds = time.monotonic() - self.began
        facts = {
            "inputs": self.seen,
            "inputs per second": round(self.seen / seconds),
            "slowest": {"CPU seconds": round(self.slowest[0], 3), "bytes": self.slowest[1]},
            "memory by thirds": {"Python blocks": blocks, "MiB resident": [round(each, 1) for each in mib]},
            "grew": blocks[2] > blocks[1] * (1 + GROWTH_BLOCKS) or mib[2] > mib[1] + GROWTH_MIB,
            "answers": self.facts(),
        }
        self.report.write_text(json.dumps(facts))
        sys.stdout.flush()
        os._exit(0)


def main() -> None:
    """Fuzz one target; ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=["calls", *PARSERS])
    parser.add_argument("--inputs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--findings", required=True)
    parser.add_argument("corpus", nargs="+")
    given = parser.parse_args()
    with ExitStack() as stack:
        calls = Calls(stack.enter_context(pytest.MonkeyPatch.context())) if given.target == "calls" else None
        target = calls or PARSERS[given.target]
        watched = Watched(
            target, given.inputs, given.report, lambda: dict(sorted(calls.answered.items())) if calls else {}
        )
        options = [
            *(f"-seed={given.seed}", f"-max_len={LARGEST}", f"-timeout={WATCHDOG_SECONDS}", "-rss_limit_mb=2048"),
            *(f"-artifact_prefix={given.findings}/{given.target}-", "-len_control=20", "-print_final_stats=1"),
            f"-dict={Path(__file__).parent / 'dictionary.txt'}",
        ]
        atheris.Setup(
            [sys.argv[0], *options, *given.corpus],
            watched,
            **(
                {"custom_mutator": lambda data, largest, seed: mutate(data, largest, seed, atheris.Mutate)}
                if calls
                else {}
            ),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
