"""docs/cost.md: what a million calls cost, from what they use, how long they take, and what AWS asks for it.

    python scripts/cost.py

Calls, units and bytes are those of scripts/usage.py, which a test counts; processor time and init come from the benchmark
(benchmarks/results.json); prices and what only AWS itself could tell stand in scripts/prices.json, to be changed there.
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import template
from usage import MIB, USAGE

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/cost.md"
MILLION = 1_000_000
MEMORY_SIZES = (512, 1024, 1769)
ARCHITECTURES = ("arm64", "x86_64")

STORES = ("store_4kib_multipart", "store_4mib_multipart", "store_ticket")
READS = ("get_url", "get_4kib_json", "get_4mib_bytes")
UPDATES = ("update_4kib", "complete")
OPERATIONS = (*STORES, *READS, *UPDATES)

S3_PRICES = {"PutObject": "s3_put", "GetObject": "s3_get", "HeadObject": "s3_get"}
PARTS = ("API Gateway", "Lambda", "DynamoDB", "S3", "logs and traces", "events")


@cache
def _settings() -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((ROOT / "scripts/prices.json").read_text(encoding="utf-8"))
    return settings


def price(name: str) -> float:
    """Dollars for one."""
    entry = _settings()["prices"][name]
    return float(entry["usd"]) / float(entry["per"])


def _assumed(name: str) -> Any:
    return _settings()["assumptions"][name]


@cache
def _measured() -> dict[tuple[str, str], float]:
    results = json.loads((ROOT / "benchmarks/results.json").read_text(encoding="utf-8"))
    return {(row["operation"], row["metric"]): row["median"] for row in results if row["variant"] == "okd-dms"}


def milliseconds(operation: str, memory: int) -> float:
    """What Lambda bills for a warm call: processor time at this size's share of a processor, and waiting for AWS."""
    usage = USAGE[operation]
    waiting = sum(_assumed("waiting_ms")[call] for call in usage.calls)
    moving = 1000 * (usage.to_s3 + usage.from_s3) / MIB / _assumed("s3_mib_per_second")
    return waiting + moving + _measured()[operation, "cpu"] / _share(memory)


def _share(memory: int) -> float:
    """Of one processor, which is all that a call can use."""
    return min(1.0, memory / float(_assumed("mb_of_a_processor")))


def _init_milliseconds(operation: str) -> float:
    return _measured()[operation if (operation, "init") in _measured() else "store_ticket", "init"]


def dollars(operation: str, memory: int = 1024, architecture: str = "arm64") -> dict[str, float]:
    """Of a million calls, by service."""
    usage, by_event = USAGE[operation], operation.startswith("complete")
    calls = Counter(usage.calls)
    billed = milliseconds(operation, memory) + _assumed("cold_share") * _init_milliseconds(operation)
    gb_seconds = billed / 1000 * memory / 1024
    logged = _assumed("log_bytes") / 1e9 * price("log_gb")
    each = {
        "API Gateway": 0.0 if by_event else price("api_call"),
        "Lambda": price("lambda_call") + gb_seconds * price(f"lambda_{architecture}"),
        "DynamoDB": usage.write_units * price("write_unit") + usage.read_units * price("read_unit"),
        "S3": sum(number * price(S3_PRICES[call]) for call, number in calls.items() if call in S3_PRICES),
        "logs and traces": logged + _assumed("traced_share") * price("trace"),
        "events": price("event") if by_event else 0.0,
    }
    return {part: MILLION * value for part, value in each.items()}


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _by_service() -> Iterator[str]:
    yield _row(["a million of", *PARTS, "together"])
    yield _row(["---", *["--:"] * (len(PARTS) + 1)])
    for operation in OPERATIONS:
        parts = dollars(operation)
        cells = [f"{parts[part]:.2f}" if parts[part] else "–" for part in PARTS]
        yield _row([f"`{operation}`", *cells, f"**{sum(parts.values()):.2f}**"])


def _by_size() -> Iterator[str]:
    choices = [(memory, architecture) for architecture in ARCHITECTURES for memory in MEMORY_SIZES]
    yield _row(["a million of", *(f"{memory} MB {architecture}" for memory, architecture in choices)])
    yield _row(["---", *["--:"] * len(choices)])
    for operation in OPERATIONS:
        yield _row([f"`{operation}`", *(f"{dollars(operation, *choice)['Lambda']:.2f}" for choice in choices)])


def _usage() -> Iterator[str]:
    yield _row(["one call of", "requests to AWS", "write units", "read units", "content to and from S3", "billed ms"])
    yield _row(["---", "---", "--:", "--:", "--:", "--:"])
    for operation, usage in USAGE.items():
        moved = usage.to_s3 + usage.from_s3
        timed = f"{milliseconds(operation, 1024):.0f}" if (operation, "cpu") in _measured() else "–"
        content = f"{moved // 1024:,} KiB" if moved else "–"
        units = [str(usage.write_units or "–"), f"{usage.read_units:g}" if usage.read_units else "–"]
        yield _row([f"`{operation}`", ", ".join(usage.calls), *units, content, timed])


def _alarms() -> int:
    return len(template.resources("AWS::CloudWatch::Alarm"))


def _gateway_metrics() -> int:
    """Detailed metrics: each method has its count, latencies and errors for itself."""
    return 5 * sum(1 for method, _ in template.routes() if method != "ANY")


def standing() -> dict[str, float]:
    """Dollars a month of a stack that nobody calls, or of what grows with what is kept."""
    runs = 24 * 30
    run = price("lambda_call") + 0.5 * 0.5 * price("lambda_arm64") + 4 * price("s3_put") + 20 * price("read_unit")
    return {
        f"{_alarms()} alarms": _alarms() * price("alarm_month"),
        "the key": price("key_month"),
        "the reconciler, hourly": runs * run,
    }


def _standing() -> Iterator[str]:
    yield _row(["a month", "dollars"])
    yield _row(["---", "--:"])
    for what, cost in standing().items():
        yield _row([what, f"{cost:.2f}"])
    yield _row([f"detailed metrics of {_gateway_metrics()} methods' figures, at most", f"{_most_metrics():.2f}"])
    content = _assumed("average_content_kib")
    kept = MILLION * content / MIB * price("s3_gb_month")
    yield _row([f"a million documents of {content} KiB in S3", f"{kept:.2f}"])
    items = MILLION * 1.4 / MIB
    yield _row(["their items and index entries, 1.4 KiB each, backed up", f"{items * _table_gb():.2f}"])


def _most_metrics() -> float:
    return _gateway_metrics() * price("metric_month")


def _table_gb() -> float:
    return price("table_gb_month") + price("backup_gb_month")


def _prices() -> Iterator[str]:
    yield _row(["price", "dollars", "source"])
    yield _row(["---", "--:", "---"])
    for entry in _settings()["prices"].values():
        per = f"{entry['per']:,} × " if entry["per"] != 1 else ""
        yield _row([f"{per}{entry['what']}", f"{entry['usd']:.10f}".rstrip("0").rstrip("."), entry["source"]])


def _assumptions() -> Iterator[str]:
    waiting = ", ".join(f"{call} {ms} ms" for call, ms in _assumed("waiting_ms").items())
    yield f"- Waiting for AWS: {waiting}; content moves at {_assumed('s3_mib_per_second')} MiB a second."
    yield f"- A function has a whole processor from {_assumed('mb_of_a_processor')} MB on, and less in proportion below."
    yield f"- {_assumed('cold_share'):.0%} of the calls start a process, whose init is billed like a call."
    yield f"- A call logs {_assumed('log_bytes'):,} bytes in all, and {_assumed('traced_share'):.0%} of the calls are traced."
    yield "- Both architectures take the same time. Free tiers, discounts, taxes and traffic to the internet are left out."


def page() -> str:
    """The page's text."""
    text = (ROOT / "scripts/cost.md").read_text(encoding="utf-8")
    tables = {
        "by service": _by_service(),
        "by size": _by_size(),
        "usage": _usage(),
        "standing": _standing(),
        "prices": _prices(),
        "assumptions": _assumptions(),
    }
    settings = _settings()
    text = text.replace("{region}", settings["region"]).replace("{as_of}", settings["as_of"])
    for name, rows in tables.items():
        text = text.replace(f"{{{name}}}", "\n".join(rows))
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
