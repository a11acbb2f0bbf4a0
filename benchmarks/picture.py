"""The picture of the results: bars of the ratios to floor, with their spread, for light and dark pages alike."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from figures import FLOOR, Samples
from rounds import KEY_OPERATIONS

PICTURE = Path(__file__).parent / "results.svg"
METRICS = {
    "init": "init",
    "first_call": "first call",
    "warm_p50": "warm, median",
    "cpu": "processor time",
    "peak_memory": "peak memory",
}
OPERATIONS = dict(
    zip(KEY_OPERATIONS, ("announce a document, get an upload ticket", "read details, get a URL"), strict=True)
)
NAMES, COLUMN, BAR, LINE, GAP = 70, 158, 84, 22, 46
"""Pixels: of the names on the left, of a metric's column and of the longest bar in it, of a bar's line, above a row."""

STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.quiet { fill: #59636e } .head { font-weight: 600 }
.ours { fill: #1a7f64 } .peer { fill: #afb8c1 } .line { stroke: #cf222e } .spread { stroke: #1f2328 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .quiet { fill: #9198a1 }
.ours { fill: #3fb68b } .peer { fill: #656c76 } .line { stroke: #ff7b72 } .spread { stroke: #f0f6fc }
}
"""


def draw(samples: Samples, variants: list[str]) -> str:
    """The picture as SVG."""
    drawn = [name for name in variants if name != FLOOR]
    height = 40 + len(OPERATIONS) * (GAP + len(drawn) * LINE) + 12
    width = NAMES + len(METRICS) * COLUMN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' width="{width}" height="{height}">',
        "<title>okd-dms and two usual ways to build it, each as a multiple of a handler with boto3 alone</title>",
        f"<style>{STYLE}</style>",
        *_text(
            0, 16, "Multiples of what floor takes (boto3 and json alone, the red line); shorter is better.", "quiet"
        ),
    ]
    for row, (operation, title) in enumerate(OPERATIONS.items()):
        top = 40 + row * (GAP + len(drawn) * LINE)
        parts += _text(0, top, title, "head")
        for number, name in enumerate(drawn):
            parts += _text(0, top + GAP - 6 + number * LINE, name)
        for column, (metric, label) in enumerate(METRICS.items()):
            left = NAMES + column * COLUMN
            parts += _text(left, top + 20, label, "quiet")
            parts += _bars(samples, operation, metric, drawn, (left, top + GAP - 18))
    return "\n".join([*parts, "</svg>\n"])


def _bars(samples: Samples, operation: str, metric: str, names: list[str], at: tuple[int, int]) -> Iterator[str]:
    left, top = at
    longest = max(samples.ratio(row, name, metric).high for row in OPERATIONS for name in names)
    scale = BAR / max(longest, 1)
    for number, name in enumerate(names):
        ratio, y = samples.ratio(operation, name, metric), top + number * LINE
        kind = "ours" if number == 0 else "peer"
        yield f'<rect class="{kind}" x="{left}" y="{y}" width="{ratio.median * scale:.1f}" height="16" rx="2"/>'
        yield (
            f'<path class="spread" d="M{left + ratio.low * scale:.1f} {y + 8}H{left + ratio.high * scale:.1f}"'
            ' stroke-width="1.5"/>'
        )
        yield from _text(left + round(max(ratio.high, ratio.median, 1) * scale) + 5, y + 12, f"{ratio.median:.2f}")
    yield f'<path class="line" d="M{left + scale:.1f} {top - 2}V{top + len(names) * LINE - 4}" stroke-width="1.5"/>'


def _text(x: int, y: int, text: str, kind: str = "") -> Iterator[str]:
    yield f'<text x="{x}" y="{y}"{f' class="{kind}"' if kind else ""}>{escape(text)}</text>'
