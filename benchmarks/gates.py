"""What the figures must be, and what they should be: every limit here is a ratio or a count, never a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from figures import FLOOR, Samples
from rounds import KEY_OPERATIONS
from stub_services import Received

OURS, UNCOMPILED = "okd-dms", "okd-dms without bytecode"
SMALLEST, LARGEST = "okd-dms at 1 KiB", "okd-dms at 5 GiB"
MOST_CALLS = {
    "store_ticket": 1,
    "store_4kib_multipart": 2,
    "store_4mib_multipart": 2,
    "store_3mib_json": 2,
    "get_url": 2,
    "get_4kib_json": 2,
    "get_4mib_bytes": 2,
    "update_4kib": 3,
}


@dataclass(frozen=True, slots=True)
class Gate:
    """One demand: `limit` must hold, `goal` should."""

    what: str
    measured: float
    limit: float
    goal: float

    @property
    def holds(self) -> bool:
        return self.measured <= self.limit

    @property
    def reached(self) -> bool:
        return self.measured <= self.goal


def gates(samples: Samples, calls: dict[tuple[str, str], list[Received]]) -> Iterator[Gate]:
    """Every demand on which these samples have something to say."""
    for operation in KEY_OPERATIONS:
        if (operation, OURS, "init") in samples.values:
            yield from _of_a_key_operation(samples, operation)
    if ("store_4mib_multipart", OURS, "peak_memory") in samples.values:
        large = samples.ratio("store_4mib_multipart", OURS, "peak_memory", to=(FLOOR, "idle_memory")).median
        yield Gate("peak memory of store_4mib_multipart, to idle floor", large, 2.0, 1.7)
    for operation, most in MOST_CALLS.items():
        if (operation, OURS) in calls:
            yield Gate(f"AWS calls of {operation}", len(calls[operation, OURS]), most, most)
    of_ours = [call for (_, variant), received in calls.items() if variant == OURS for call in received]
    touched = max((len(set(call.partitions)) for call in of_ours), default=0)
    yield Gate("partitions that a call touches, at most", touched, 1, 1)


def _of_a_key_operation(samples: Samples, operation: str) -> Iterator[Gate]:
    def ratio(metric: str, to: str = FLOOR, of: str = OURS) -> float:
        return samples.ratio(operation, of, metric, to=(to, metric)).median

    yield Gate(f"init of {operation}", ratio("init"), 1.20, 1.00)
    yield Gate(f"init of {operation}, to itself without bytecode", ratio("init", UNCOMPILED), 0.45, 0.40)
    yield Gate(f"first call of {operation}", ratio("first_call"), 0.30, 0.20)
    yield Gate(f"warm p50 of {operation}", ratio("warm_p50"), 1.10, 0.95)
    yield Gate(f"peak memory of {operation}", ratio("peak_memory"), 1.10, 1.00)
    for metric, what in (("cpu", "time"), ("peak_memory", "memory")):
        flat = ratio(metric, SMALLEST, LARGEST)
        yield Gate(f"{what} of {operation} for 5 GiB, to that for 1 KiB", flat, 1.05, 1.05)
