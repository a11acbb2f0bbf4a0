"""From samples to figures: medians, quartiles, and ratios to `floor` taken within a round.

A machine that is slower for a minute is slower for all variants of that round, so a ratio within the round holds where
a time does not.
"""

import statistics
from dataclasses import dataclass, field

FLOOR = "floor"
UNITS = {"init": "ms", "first_call": "ms", "warm_p50": "ms", "cpu": "ms", "peak_memory": "MiB"}
"""Every metric, and its unit in the results."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and the quartiles on either side of it."""

    low: float
    median: float
    high: float


def spread(values: list[float]) -> Spread:
    """Of at least one value; the quartiles include the ends, so that few values do not reach beyond them."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(low, statistics.median(values), high)


@dataclass(slots=True)
class Samples:
    """One value a round for each operation, variant and metric, in the order of the rounds."""

    values: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)

    def add(self, operation: str, variant: str, metrics: dict[str, float]) -> None:
        """What one round measured."""
        for metric, value in metrics.items():
            self.values.setdefault((operation, variant, metric), []).append(value)

    def of(self, operation: str, variant: str, metric: str) -> Spread:
        """Of the values themselves."""
        return spread(self.values[operation, variant, metric])

    def ratio(self, operation: str, variant: str, metric: str, to: tuple[str, str] | None = None) -> Spread:
        """Of what each round gave, to what it gave for another variant and its metric: else floor, and the same."""
        other = to or (FLOOR, metric)
        mine, theirs = self.values[operation, variant, metric], self.values[operation, *other]
        return spread([one / another for one, another in zip(mine, theirs, strict=True)])

    def rows(self, variants: list[str]) -> list[dict[str, str | int | float]]:
        """The results as benchmarks/results.json holds them."""
        return [
            {
                "operation": operation,
                "variant": variant,
                "metric": metric,
                "median": round(self.of(operation, variant, metric).median, 3),
                "low": round(self.of(operation, variant, metric).low, 3),
                "high": round(self.of(operation, variant, metric).high, 3),
                "unit": UNITS[metric],
                "ratio_to_floor": round(self.ratio(operation, variant, metric).median, 3),
                "rounds": len(values),
            }
            for (operation, variant, metric), values in self.values.items()
            if variant in variants and metric in UNITS
        ]
