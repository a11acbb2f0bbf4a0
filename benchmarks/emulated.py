"""The cross-check: the same functions in AWS's own Runtime Interface Emulator.

Its times hold its own work too, so only the ratios are compared: of a cold call, which is init and first call together,
and of a warm one.
"""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack

from answers import rehearse
from figures import Samples
from operations import Operation
from runtime_emulator import RuntimeEmulator
from stubbed_aws import StubbedAws
from variants import Variant

WARM = 20


def rounds(variants: list[Variant], operations: list[Operation], number: int) -> Iterator[Samples]:
    """The samples so far, after each round: `cold` and `warm`, in milliseconds."""
    samples = Samples()
    with StubbedAws() as aws:
        events = {variant.name: rehearse(variant, aws)[1] for variant in variants}
        for _ in range(number):
            for operation in operations:
                _turns_at(
                    samples, operation, variants, {name: event[operation.name] for name, event in events.items()}, aws
                )
            yield samples


def _turns_at(
    samples: Samples, operation: Operation, variants: list[Variant], events: dict[str, bytes], aws: StubbedAws
) -> None:
    with ExitStack() as cleanup:
        emulators = []
        for variant in variants:
            code, layer, handler = variant.code(operation.function)
            emulator = cleanup.enter_context(
                RuntimeEmulator(code, layer, handler, variables=variant.variables(aws), timeout=28, memory=1024)
            )
            emulators.append((variant, emulator, json.loads(events[variant.name])))
        cold = {variant.name: _took(emulator, event) for variant, emulator, event in emulators}
        warm: dict[str, list[float]] = {variant.name: [] for variant in variants}
        for _ in range(WARM):
            for variant, emulator, event in emulators:
                warm[variant.name].append(_took(emulator, event))
        for name, values in warm.items():
            samples.add(operation.name, name, {"cold": cold[name], "warm": statistics.median(values)})


def _took(emulator: RuntimeEmulator, event: object) -> float:
    started = time.perf_counter()
    emulator.invoke(event)
    return (time.perf_counter() - started) * 1000
