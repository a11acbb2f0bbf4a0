"""The tables that a run prints."""

from collections.abc import Iterator

from rich.table import Table

from figures import FLOOR, UNITS, Samples, Spread
from gates import OURS, Gate
from operations import Operation
from rounds import KEY_OPERATIONS
from stub_services import Received
from usage import USAGE


def of_an_operation(samples: Samples, operation: Operation, variants: list[str]) -> Table:
    """Per variant and metric the median, its ratio to floor, and that ratio's quartiles."""
    table = Table(title=f"{operation.name}: median, ratio to floor (quartiles)", title_justify="left")
    table.add_column()
    for metric, unit in UNITS.items():
        table.add_column(f"{metric}, {unit}", justify="right")
    for name in variants:
        medians = [samples.of(operation.name, name, metric).median for metric in UNITS]
        ratios = [samples.ratio(operation.name, name, metric) for metric in UNITS]
        table.add_row(name, *(f"{median:.1f}  {_ratio(ratio)}" for median, ratio in zip(medians, ratios, strict=True)))
    return table


def of_starts(samples: Samples, operation: str, variants: list[str]) -> Table:
    """What init is made of: the interpreter and the runtime, bytecode or its absence, the processor's part."""
    empty = samples.of(operation, "empty", "init").median
    table = Table(title=f"{operation}: init, looked at closely", title_justify="left")
    for column in ("", "init, ms", "to floor", "beyond an empty handler, to floor", "processor, to floor"):
        table.add_column(column, justify="right" if column else "left")
    beyond_floor = samples.of(operation, FLOOR, "init").median - empty
    for name in variants:
        init = samples.of(operation, name, "init").median
        ratio, processor = samples.ratio(operation, name, "init"), samples.ratio(operation, name, "init_cpu")
        beyond = f"{(init - empty) / beyond_floor:.2f}"
        table.add_row(name, f"{init:.0f}", _ratio(ratio), beyond, _ratio(processor))
    return table


def of_calls(samples: Samples, operations: list[Operation], calls: dict[tuple[str, str], list[Received]]) -> Table:
    """What one call of each operation asks of AWS, and how much of its time is the stub's."""
    table = Table(title="AWS calls of one call, DynamoDB's units, and bytes of their bodies", title_justify="left")
    for column in (
        "",
        "AWS calls",
        "write units",
        "read units",
        "sent",
        "received",
        "sent by floor",
        "received by floor",
        "stub's share of warm p50",
    ):
        table.add_column(column, justify="left" if column in ("", "AWS calls") else "right")
    for operation in operations:
        ours, floor, usage = calls[operation.name, OURS], calls[operation.name, FLOOR], USAGE[operation.name]
        share = samples.of(operation.name, OURS, "stub").median / samples.of(operation.name, OURS, "warm_p50").median
        table.add_row(
            operation.name,
            ", ".join(call.action for call in ours),
            str(usage.write_units),
            f"{usage.read_units:g}",
            *(f"{figure:,}" for figure in (*_bytes(ours), *_bytes(floor))),
            f"{share:.1%}",
        )
    return table


def of_cross_check(ours: Samples, theirs: Samples, operations: list[str]) -> Table:
    """Ratios to floor, measured here and in AWS's own emulator."""
    table = Table(title="ratio to floor here, and in the Runtime Interface Emulator", title_justify="left")
    for column in ("", "init and first call", "emulator", "warm p50", "emulator"):
        table.add_column(column, justify="right" if column else "left")
    for operation in operations:
        cold, warm = theirs.ratio(operation, OURS, "cold"), theirs.ratio(operation, OURS, "warm")
        table.add_row(
            operation,
            _ratio(ours.ratio(operation, OURS, "cold")),
            _ratio(cold),
            _ratio(ours.ratio(operation, OURS, "warm_p50")),
            _ratio(warm),
        )
    return table


def of_gates(gates: list[Gate]) -> Table:
    """Each demand, and whether it is met."""
    table = Table(title="gates", title_justify="left")
    for column in ("", "measured", "gate", "", "goal", ""):
        table.add_column(column, justify="right" if column else "left")
    for gate in gates:
        holds = "holds" if gate.holds else "[bold red]FAILS[/]"
        reached = "reached" if gate.reached else "[yellow]not yet[/]"
        table.add_row(gate.what, f"{gate.measured:.2f}", f"≤ {gate.limit:.2f}", holds, f"≤ {gate.goal:.2f}", reached)
    return table


def everything(
    samples: Samples,
    operations: list[Operation],
    variants: list[str],
    started: list[str],
    calls: dict[tuple[str, str], list[Received]],
) -> Iterator[Table]:
    """All tables but that of the gates."""
    for operation in operations:
        yield of_an_operation(samples, operation, variants)
        if operation.name in KEY_OPERATIONS and started:
            yield of_starts(samples, operation.name, [*variants, *started])
    yield of_calls(samples, operations, calls)


def calls(received: dict[tuple[str, str], list[Received]], variants: list[str]) -> list[dict[str, object]]:
    """What one call of each operation asks of AWS, for who computes the cost of it."""
    return [
        {
            "operation": operation,
            "variant": variant,
            "aws_calls": [f"{call.service}:{call.action}" for call in asked],
            "sent_bytes": _bytes(asked)[0],
            "received_bytes": _bytes(asked)[1],
        }
        for (operation, variant), asked in received.items()
        if variant in variants
    ]


def _ratio(ratio: Spread) -> str:
    return f"[bold]{ratio.median:.2f}[/] ({ratio.low:.2f}-{ratio.high:.2f})"


def _bytes(calls: list[Received]) -> tuple[int, int]:
    return sum(call.sent_bytes for call in calls), sum(call.answered_bytes for call in calls)
