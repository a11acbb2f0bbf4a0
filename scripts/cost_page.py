"""docs/cost.md: the tables of scripts/cost.py, and what an operator can do about them.

python scripts/cost_page.py
"""

from collections.abc import Iterator

import cost
from cost import PARTS, ROOT
from usage import USAGE

PAGE, TEXT = ROOT / "docs/cost.md", ROOT / "scripts/cost_page.md"
MEMORY_SIZES = (512, 1024, 1769)
ARCHITECTURES = ("arm64", "x86_64")
OPERATIONS = (
    *("store_4kib_multipart", "store_4mib_multipart", "store_ticket", "complete"),
    *("get_url", "get_4kib_json", "get_4mib_bytes", "update_4kib"),
)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _by_service() -> Iterator[str]:
    yield _row(["a million of", *PARTS, "together"])
    yield _row(["---", *["--:"] * (len(PARTS) + 1)])
    for operation in OPERATIONS:
        parts = cost.dollars(operation)
        cells = [f"{parts[part]:.2f}" if parts[part] else "–" for part in PARTS]
        yield _row([f"`{operation}`", *cells, f"**{sum(parts.values()):.2f}**"])


def _by_size() -> Iterator[str]:
    choices = [(memory, architecture) for architecture in ARCHITECTURES for memory in MEMORY_SIZES]
    yield _row(["a million of", *(f"{memory} MB {architecture}" for memory, architecture in choices)])
    yield _row(["---", *["--:"] * len(choices)])
    for operation in OPERATIONS:
        yield _row([f"`{operation}`", *(f"{cost.dollars(operation, *choice)['Lambda']:.2f}" for choice in choices)])


def _usage() -> Iterator[str]:
    yield _row(["one call of", "requests to AWS", "write units", "read units", "content to and from S3", "billed ms"])
    yield _row(["---", "---", "--:", "--:", "--:", "--:"])
    for operation, usage in USAGE.items():
        moved = usage.to_s3 + usage.from_s3
        timed = f"{cost.milliseconds(operation, 1024):.0f}" if (operation, "cpu") in cost.measured() else "–"
        content = f"{moved // 1024:,} KiB" if moved else "–"
        units = [str(usage.write_units or "–"), f"{usage.read_units:g}" if usage.read_units else "–"]
        yield _row([f"`{operation}`", ", ".join(usage.calls), *units, content, timed])


def _dollars(named: dict[str, float]) -> Iterator[str]:
    yield _row(["what", "dollars"])
    yield _row(["---", "--:"])
    for what, dollars in named.items():
        yield _row([what, f"{dollars:.2f}"])


def _prices() -> Iterator[str]:
    yield _row(["price", "dollars", "source"])
    yield _row(["---", "--:", "---"])
    for entry in cost.settings()["prices"].values():
        per = f"{entry['per']:,} × " if entry["per"] != 1 else ""
        yield _row([f"{per}{entry['what']}", f"{entry['usd']:.10f}".rstrip("0").rstrip("."), entry["source"]])


def _assumptions() -> Iterator[str]:
    taken = cost.settings()["assumptions"]
    waiting = ", ".join(f"{call} {ms} ms" for call, ms in taken["waiting_ms"].items())
    yield f"- Waiting for AWS: {waiting}; content moves at {taken['s3_mib_per_second']} MiB a second."
    yield f"- A function has a whole processor from {taken['mb_of_a_processor']} MB on, and less in proportion below."
    yield f"- {taken['cold_share']:.0%} of the calls start a process, whose init is billed like a call."
    yield f"- A call logs {taken['log_bytes']:,} bytes in all; {taken['traced_share']:.0%} of the calls are traced."
    yield "- Both architectures take the same time. Free tiers, discounts, taxes and traffic out of AWS are left out."


def page() -> str:
    """The page's text."""
    settings = cost.settings()
    parts = {
        "region": [settings["region"]],
        "as_of": [settings["as_of"]],
        "by service": _by_service(),
        "by size": _by_size(),
        "standing": _dollars(cost.standing()),
        "growing": _dollars(cost.growing()),
        "usage": _usage(),
        "assumptions": _assumptions(),
        "prices": _prices(),
    }
    text = TEXT.read_text(encoding="utf-8")
    for name, lines in parts.items():
        text = text.replace(f"{{{name}}}", "\n".join(lines))
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
