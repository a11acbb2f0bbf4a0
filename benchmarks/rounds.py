"""The measuring: rounds in which every variant takes its turn at every operation, in a process of its own each time."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from answers import WrongAnswer, compare, rehearse
from aws_stub import Received
from figures import Samples
from operations import Operation
from stubbed_aws import StubbedAws
from variants import Variant

MILLI, MIB = 1000, 1024**2


@dataclass(frozen=True)
class Contestants:
    """`measured` go through every operation; of `started` only init is taken, of functions that `init_of` names."""

    measured: list[Variant]
    started: list[Variant]
    init_of: tuple[str, ...] = ("store_ticket", "get_url")


class Benchmark:
    """All variants before one stub; `samples` grows round by round."""

    def __init__(self, aws: StubbedAws, operations: list[Operation], contestants: Contestants) -> None:
        self.samples = Samples()
        self.calls: dict[tuple[str, str], list[Received]] = {}
        """By operation and variant: what one call of it asked of AWS."""
        self._aws, self._operations, self._contestants = aws, operations, contestants
        self._events: dict[str, dict[str, bytes]] = {}

    def rehearse(self) -> Iterator[str]:
        """See that every variant answers rightly and as the others do. Gives the name of each before its turn.

        Raises WrongAnswer and FunctionFailed.
        """
        answers = {}
        for variant in self._contestants.measured:
            yield variant.name
            answers[variant.name], self._events[variant.name] = rehearse(variant, self._aws)
        compare(answers)

    def turns(self, rounds: int) -> Iterator[str]:
        """Measure; gives what is measured before each turn. Who begins changes from round to round."""
        measured, started = self._contestants.measured, self._contestants.started
        for number in range(rounds):
            for operation in self._operations:
                first = number % len(measured)
                for variant in measured[first:] + measured[:first]:
                    yield f"{operation.name} {variant.name}"
                    self.samples.add(operation.name, variant.name, self._measure(operation, variant))
                if operation.name in self._contestants.init_of:
                    for variant in started:
                        yield f"{operation.name} {variant.name}"
                        with variant.process(operation.function, self._aws) as process:
                            self.samples.add(operation.name, variant.name, {"init": process.init * MILLI})

    def count_turns(self, rounds: int) -> int:
        """How many turns that is."""
        inits = sum(operation.name in self._contestants.init_of for operation in self._operations)
        return rounds * (
            len(self._operations) * len(self._contestants.measured) + inits * len(self._contestants.started)
        )

    def _measure(self, operation: Operation, variant: Variant) -> dict[str, float]:
        event = self._events[variant.name][operation.name]
        with variant.process(operation.function, self._aws) as process:
            idle = process.peak_memory()
            answer, first_call = process.invoke(event)
            self._aws.received()
            used = process.cpu_seconds()
            took = []
            for _ in range(operation.warm):
                again, seconds = process.invoke(event)
                took.append(seconds)
            used = process.cpu_seconds() - used
            peak = process.peak_memory()
        received = self._aws.received()
        self._note_calls(operation, variant, received)
        if abs(len(again) - len(answer)) > len(answer) // 10:
            raise WrongAnswer(f"{variant.name}: {operation.name} answered {again[:200]!r} while it was timed")
        return {
            "init": process.init * MILLI,
            "first_call": first_call * MILLI,
            "warm_p50": statistics.median(took) * MILLI,
            "cpu": used / operation.warm * MILLI,
            "peak_memory": peak / MIB,
            "idle_memory": idle / MIB,
            "stub": sum(call.seconds for call in received) / operation.warm * MILLI,
        }

    def _note_calls(self, operation: Operation, variant: Variant, received: list[Received]) -> None:
        """Raises WrongAnswer when a call asked AWS for more or less than the others."""
        calls = len(received) / operation.warm
        if calls != operation.calls:
            raise WrongAnswer(f"{variant.name}: {operation.name} makes {calls} calls of AWS, not {operation.calls}")
        self.calls[operation.name, variant.name] = received[: operation.calls]
