"""What a million calls cost: from what they use, how long they take, and what AWS asks for it.

Calls, units and bytes are those of scripts/usage.py, which a test counts; processor time and init are the benchmark's
(benchmarks/results.json); prices and what only AWS itself could tell stand in scripts/prices.json, to be changed there.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import template
from usage import MIB, USAGE

ROOT = Path(__file__).parents[1]
MILLION = 1_000_000

BY_URL = {"store_ticket": "s3_put", "get_url": "s3_get"}
"""What a client then asks of S3 itself, by the URL that it was given."""

S3_PRICES = {"PutObject": "s3_put", "GetObject": "s3_get", "HeadObject": "s3_get"}
PARTS = ("API Gateway", "Lambda", "DynamoDB", "S3", "logs and traces", "events")


@cache
def settings() -> dict[str, Any]:
    """Prices, and what is taken as given."""
    loaded: dict[str, Any] = json.loads((ROOT / "scripts/prices.json").read_text(encoding="utf-8"))
    return loaded


def price(name: str) -> float:
    """Dollars for one."""
    entry = settings()["prices"][name]
    return float(entry["usd"]) / float(entry["per"])


def assumed(name: str) -> Any:
    """What only an account on AWS could tell."""
    return settings()["assumptions"][name]


@cache
def measured() -> dict[tuple[str, str], float]:
    """(operation, metric) → milliseconds or MiB, as the benchmark found them."""
    results = json.loads((ROOT / "benchmarks/results.json").read_text(encoding="utf-8"))
    return {(row["operation"], row["metric"]): row["median"] for row in results if row["variant"] == "okd-dms"}


def milliseconds(operation: str, memory: int) -> float:
    """What Lambda bills for a warm call: processor time at this size's share of a processor, and waiting for AWS."""
    usage = USAGE[operation]
    waiting = float(sum(assumed("waiting_ms")[call] for call in usage.calls))
    moving = 1000 * (usage.to_s3 + usage.from_s3) / MIB / float(assumed("s3_mib_per_second"))
    return waiting + moving + measured()[operation, "cpu"] / _share(memory)


def _share(memory: int) -> float:
    """Of one processor, which is all that a call can use."""
    return min(1.0, memory / float(assumed("mb_of_a_processor")))


def _init_milliseconds(operation: str) -> float:
    return measured().get((operation, "init"), measured()["store_ticket", "init"])


def dollars(operation: str, memory: int = 1024, architecture: str = "arm64") -> dict[str, float]:
    """Of a million calls, by service."""
    usage, by_event = USAGE[operation], operation.startswith("complete")
    calls = Counter(usage.calls)
    billed = milliseconds(operation, memory) + assumed("cold_share") * _init_milliseconds(operation)
    gb_seconds = billed / 1000 * memory / 1024
    logged = assumed("log_bytes") / 1e9 * price("log_gb")
    each = {
        "API Gateway": 0.0 if by_event else price("api_call"),
        "Lambda": price("lambda_call") + gb_seconds * price(f"lambda_{architecture}"),
        "DynamoDB": usage.write_units * price("write_unit") + usage.read_units * price("read_unit"),
        "S3": sum(number * price(S3_PRICES[call]) for call, number in calls.items() if call in S3_PRICES)
        + (price(BY_URL[operation]) if operation in BY_URL else 0.0),
        "logs and traces": logged + assumed("traced_share") * price("trace"),
        "events": price("event") if by_event else 0.0,
    }
    return {part: MILLION * value for part, value in each.items()}


def alarms() -> int:
    """How many the template has."""
    return len(template.resources("AWS::CloudWatch::Alarm"))


def gateway_metrics() -> int:
    """Detailed metrics: each method has its count, latencies and errors for itself."""
    return 5 * sum(1 for method, _ in template.routes() if method != "ANY")


def standing() -> dict[str, float]:
    """Dollars a month of a stack, whoever calls it; a run of the reconciler takes half a second."""
    runs = 24 * 30
    run = price("lambda_call") + 0.5 * 0.5 * price("lambda_arm64") + 10 * (price("s3_put") + price("read_unit"))
    return {
        f"{alarms()} alarms": alarms() * price("alarm_month"),
        "the key": price("key_month"),
        "the reconciler, hourly": runs * run,
        f"{gateway_metrics()} detailed metrics of API Gateway, in a month in which all have values every hour": (
            gateway_metrics() * price("metric_month")
        ),
    }


def growing() -> dict[str, float]:
    """Dollars a month of what is kept of a million documents."""
    content, item = assumed("content_kib"), assumed("item_kib")
    gigabytes = MILLION / MIB
    of_table = price("table_gb_month") + price("backup_gb_month")
    return {
        f"a million documents of {content} KiB in S3": gigabytes * content * price("s3_gb_month"),
        f"their items and index entries, {item} KiB each, with continuous backup": gigabytes * item * of_table,
    }
