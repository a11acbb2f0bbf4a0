"""From samples to figures: medians, quartiles, and ratios to `floor` taken within a round.

A machine that is slower for a minute is slower for all variants of that round, so a ratio within the round holds where
a time does not.
"""

import statistics
from collections import defaultdict
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

    values: dict[tuple[str, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, operation: str, variant: str, metrics: dict[str, float]) -> None:
        """What one round measured."""
        for metric, value in metrics.items():
            self.values[operation, variant, metric].append(value)

    def of(self, operation: str, variant: str, metric: str) -> Spread:
        """Of the values themselves."""
        return spread(self.values[operation, variant, metric])

    def ratios(self, operation: str, variant: str, metric: str, to: str = FLOOR) -> list[float]:
        """Of each round, to what another variant took in the same round."""
        mine, theirs = self.values[operation, variant, metric], self.values[operation, to, metric]
        return [one / other for one, other in zip(mine, theirs, strict=True)]

    def ratio(self, operation: str, variant: str, metric: str, to: str = FLOOR) -> Spread:
        """The spread of those ratios."""
        return spread(self.ratios(operation, variant, metric, to))

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
