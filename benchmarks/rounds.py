"""The measuring: rounds in which every variant takes its turn at every operation, in a new process each time."""

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from answers import WrongAnswer, compare, rehearse
from aws_stub import Received
from figures import Samples
from function_process import FunctionProcess
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


class Turn:
    """One variant's process at one operation; its first call is made when it is set up. Raises FunctionFailed."""

    def __init__(self, variant: Variant, process: FunctionProcess, event: bytes) -> None:
        self.variant, self._process, self._event = variant, process, event
        self._metrics = {**_start(process), "idle_memory": process.peak_memory() / MIB}
        self._answer, first_call = process.invoke(event)
        self._metrics["first_call"] = first_call * MILLI
        self._used = process.cpu_seconds()
        self._metrics["first_call_cpu"] = self._used * MILLI - self._metrics["init_cpu"]
        self._took: list[float] = []

    def call(self) -> None:
        """A warm call, answered like the first one. Raises WrongAnswer and FunctionFailed."""
        answer, seconds = self._process.invoke(self._event)
        if abs(len(answer) - len(self._answer)) > 16:  # moments and random keys differ, but not by much
            raise WrongAnswer(f"{self.variant.name} answered {answer[:200]!r} while it was timed")
        self._took.append(seconds)

    def metrics(self) -> dict[str, float]:
        """What was measured: milliseconds, and MiB."""
        return {
            **self._metrics,
            "warm_p50": statistics.median(self._took) * MILLI,
            "cpu": (self._process.cpu_seconds() - self._used) / len(self._took) * MILLI,
            "peak_memory": self._process.peak_memory() / MIB,
        }


def _start(process: FunctionProcess) -> dict[str, float]:
    return {"init": process.init * MILLI, "init_cpu": process.cpu_seconds() * MILLI}


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
        for number in range(rounds):
            measured = self._contestants.measured
            first = number % len(measured)
            for operation in self._operations:
                yield from self._turns_at(operation, measured[first:] + measured[:first])
                if operation.name in self._contestants.init_of:
                    for variant in self._contestants.started:
                        yield f"{operation.name}: start of {variant.name}"
                        with variant.process(operation.function, self._aws) as process:
                            self.samples.add(operation.name, variant.name, _start(process))

    def count_turns(self, rounds: int) -> int:
        """How many turns that is."""
        inits = sum(operation.name in self._contestants.init_of for operation in self._operations)
        turns = len(self._operations) * (len(self._contestants.measured) + 1)
        return rounds * (turns + inits * len(self._contestants.started))

    def _turns_at(self, operation: Operation, variants: list[Variant]) -> Iterator[str]:
        """Start the processes of one operation one by one, then call them in turn: a machine that is slow for a moment
        is slow for all. Those that wait for their turn use nothing but memory.
        """
        with ExitStack() as cleanup:
            turns = []
            for variant in variants:
                yield f"{operation.name}: start of {variant.name}"
                process = cleanup.enter_context(variant.process(operation.function, self._aws))
                turns.append(Turn(variant, process, self._events[variant.name][operation.name]))
            yield f"{operation.name}: warm calls"
            self._aws.received()
            for _ in range(operation.warm):
                for turn in turns:
                    turn.call()
            received = self._aws.received()
            for turn in turns:
                calls = [call for call in received if call.name == turn.variant.name]
                self._note_calls(operation, turn.variant, calls)
                stub = sum(call.seconds for call in calls) / operation.warm * MILLI
                self.samples.add(operation.name, turn.variant.name, {**turn.metrics(), "stub": stub})

    def _note_calls(self, operation: Operation, variant: Variant, received: list[Received]) -> None:
        """Raises WrongAnswer when a call asked AWS for more or less than the others."""
        calls = len(received) / operation.warm
        if calls != operation.calls:
            raise WrongAnswer(f"{variant.name}: {operation.name} makes {calls} calls of AWS, not {operation.calls}")
        self.calls[operation.name, variant.name] = received[: operation.calls]
