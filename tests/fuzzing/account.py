"""What a run of the fuzzer comes to: how many inputs, the slowest of them, and whether memory grew."""

import gc
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

SAMPLES = 30
GROWTH_OF_BLOCKS = 1.02
"""From the second third of a run to the last. Python counts its blocks exactly, so little is allowed."""
GROWTH_IN_MIB = 64
"""The same for the process as a whole, which the fuzzer's own corpus is part of."""


class Account:
    """Counts what goes through a target."""

    def __init__(self, target: Callable[[bytes], None], inputs: int) -> None:
        self.target, self.inputs = target, inputs
        self.seen, self.slowest = 0, (0.0, 0)
        self.memory: list[tuple[int, float]] = []
        self.began = time.monotonic()

    def take(self, data: bytes) -> bool:
        """Hand an input to the target; whether it was the last of the run."""
        began = time.process_time()
        self.target(data)
        self.slowest = max(self.slowest, (time.process_time() - began, len(data)))
        self.seen += 1
        if self.seen % max(1, self.inputs // SAMPLES) == 0:
            gc.collect()
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self.memory.append((sys.getallocatedblocks(), pages * resource.getpagesize() / 2**20))
        return self.seen == self.inputs

    def facts(self) -> dict[str, Any]:
        """The run in figures. The first third of it warms caches, and is held against nothing."""
        third = len(self.memory) // 3
        thirds = [self.memory[number * third :][:third] for number in range(3)]
        blocks, mib = ([round(median(each[kind] for each in part)) for part in thirds] for kind in (0, 1))
        return {
            "inputs": self.seen,
            "inputs per second": round(self.seen / (time.monotonic() - self.began)),
            "slowest input": {"CPU seconds": round(self.slowest[0], 3), "bytes": self.slowest[1]},
            "memory by thirds": {"blocks": blocks, "MiB": mib},
            "memory grew": blocks[2] > blocks[1] * GROWTH_OF_BLOCKS or mib[2] > mib[1] + GROWTH_IN_MIB,
        }
