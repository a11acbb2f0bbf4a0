"""The measuring: rounds in which every variant takes its turn at every operation, in a new process each time."""

import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from answers import WrongAnswer, announce_and_complete, compare, rehearse
from figures import Samples
from function_process import FunctionProcess
from operations import Operation
from stub_services import Received
from stubbed_aws import StubbedAws
from variants import Variant

MILLI, MIB = 1000, 1024**2
KEY_OPERATIONS = ("store_ticket", "get_url")
"""The two of which every user's wait is made: announce a document, and look at one."""


@dataclass(frozen=True)
class Contestants:
    """`measured` go through every operation. Of `started` only init is taken, and `sized` are called for a document of
    this many bytes, both at the key operations alone.
    """

    measured: list[Variant]
    started: list[Variant] = field(default_factory=list)
    sized: dict[int, Variant] = field(default_factory=dict)


class Turn:
    """One variant's process at one operation; its first call is made when it is set up.

    Raises WrongAnswer and FunctionFailed.
    """

    def __init__(self, operation: Operation, variant: Variant, process: FunctionProcess, event: bytes) -> None:
        self.variant, self._process, self._event = variant, process, event
        self._metrics = {**_start(process), "idle_memory": process.peak_memory() / MIB}
        self._answer, first_call = process.invoke(event)
        if (json.loads(self._answer) or {"statusCode": None})["statusCode"] != operation.status:
            raise WrongAnswer(f"{variant.name} answered {self._answer[:200]!r} to {operation.name}")
        self._metrics["first_call"] = first_call * MILLI
        self._metrics["cold"] = self._metrics["init"] + self._metrics["first_call"]
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
        for size, variant in self._contestants.sized.items():
            self._events[variant.name] = announce_and_complete(variant, self._aws, size)

    def turns(self, rounds: int) -> Iterator[str]:
        """Measure; gives what is measured before each turn. Who begins changes from round to round."""
        for number in range(rounds):
            for operation in self._operations:
                taking_part = self._taking_part(operation)
                first = number % len(taking_part)
                yield from self._turns_at(operation, taking_part[first:] + taking_part[:first])
                for variant in self._starting(operation):
                    yield f"{operation.name}: start of {variant.name}"
                    with variant.process(operation.function, self._aws) as process:
                        self.samples.add(operation.name, variant.name, _start(process))

    def count_turns(self, rounds: int) -> int:
        """How many turns that is."""
        return rounds * sum(
            len(self._taking_part(operation)) + 1 + len(self._starting(operation)) for operation in self._operations
        )

    def _taking_part(self, operation: Operation) -> list[Variant]:
        sized = self._contestants.sized.values() if operation.name in KEY_OPERATIONS else ()
        return [*self._contestants.measured, *sized]

    def _starting(self, operation: Operation) -> list[Variant]:
        return self._contestants.started if operation.name in KEY_OPERATIONS else []

    def _turns_at(self, operation: Operation, variants: list[Variant]) -> Iterator[str]:
        """Start the processes of one operation one by one, then call them in turn: a machine that is slow for a moment
        is slow for all. Those that wait for their turn use nothing but memory.
        """
        with ExitStack() as cleanup:
            turns = []
            for variant in variants:
                yield f"{operation.name}: start of {variant.name}"
                process = cleanup.enter_context(variant.process(operation.function, self._aws))
                turns.append(Turn(operation, variant, process, self._events[variant.name][operation.name]))
            yield f"{operation.name}: warm calls"
            self._aws.received()
            used = self._aws.cpu_seconds()
            for _ in range(operation.warm):
                for turn in turns:
                    turn.call()
            stub = (self._aws.cpu_seconds() - used) / operation.warm / len(turns) * MILLI
            received = self._aws.received()
            for turn in turns:
                calls = [call for call in received if call.name == turn.variant.store]
                self._note_calls(operation, turn.variant, calls)
                self.samples.add(operation.name, turn.variant.name, {**turn.metrics(), "stub": stub})

    def _note_calls(self, operation: Operation, variant: Variant, received: list[Received]) -> None:
        """Raises WrongAnswer when a call asked AWS for more or less than the others."""
        calls = len(received) / operation.warm
        if calls != operation.calls:
            raise WrongAnswer(f"{variant.name}: {operation.name} makes {calls} calls of AWS, not {operation.calls}")
        self.calls[operation.name, variant.name] = received[: operation.calls]
