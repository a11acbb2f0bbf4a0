"""Counts what calls use of AWS: moto keeps the table, and somebody looks at it before and after every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import boto3

import dynamodb_units
import template
from moto_store import TABLE
from okd_dms import catalogue, vault
from usage import Usage

INDEXES = template.table_definition()["GlobalSecondaryIndexes"]

type Table = dict[tuple[str, str], dict[str, Any]]


@cache
def _looker() -> Any:
    return boto3.client("dynamodb")


def _table() -> Table:
    items = _looker().scan(TableName=TABLE)["Items"]
    return {(item["documentId"]["S"], item["item"]["S"]): item for item in items}


@dataclass
class Meter:
    """What was used since the `with` block began."""

    used: Usage = field(default_factory=lambda: Usage(()))
    _before: Table = field(default_factory=dict)

    def to_dynamodb(self, **_: Any) -> None:
        self._before = _table()

    def from_dynamodb(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        reads, writes = 0.0, 0
        match model.name:
            case "GetItem":
                reads = dynamodb_units.read([dynamodb_units.size(parsed.get("Item", {}))])
            case "TransactGetItems":
                found = [dynamodb_units.size(answer.get("Item", {})) for answer in parsed["Responses"]]
                reads = dynamodb_units.read(found, transactional=True)
            case "Query":
                reads = dynamodb_units.query([dynamodb_units.size(item) for item in parsed["Items"]])
            case _:
                writes = self._written(transactional=model.name == "TransactWriteItems")
        self._add(model.name, read_units=reads, write_units=writes)

    def _written(self, *, transactional: bool) -> int:
        before, after = self._before, _table()
        changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        assert changed, "a write that changes nothing is not what is measured here"
        return sum(
            dynamodb_units.write(before.get(key), after.get(key), INDEXES, transactional=transactional)
            for key in changed
        )

    def to_s3(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        body = params["body"]
        self._add(model.name, to_s3=len(body) if isinstance(body, bytes) else body.seek(0, 2) if body else 0)
        if body and not isinstance(body, bytes):
            body.seek(0)

    def from_s3(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        if model.name == "GetObject":
            self.used = replace(self.used, from_s3=self.used.from_s3 + parsed["ContentLength"])

    def _add(self, call: str, read_units: float = 0, write_units: int = 0, to_s3: int = 0) -> None:
        self.used = replace(
            self.used,
            calls=(*self.used.calls, call),
            read_units=self.used.read_units + read_units,
            write_units=self.used.write_units + write_units,
            to_s3=self.used.to_s3 + to_s3,
        )


@contextmanager
def metering() -> Iterator[Meter]:
    """Count what the two modules that call AWS use."""
    meter = Meter()
    hooks: list[tuple[Any, str, Any]] = [
        (catalogue.client(), "before-call.dynamodb.*", meter.to_dynamodb),
        (catalogue.client(), "after-call.dynamodb.*", meter.from_dynamodb),
        (vault.client(), "before-call.s3.*", meter.to_s3),
        (vault.client(), "after-call.s3.*", meter.from_s3),
    ]
    for client, event, hook in hooks:
        client.meta.events.register(event, hook, unique_id=event)
    try:
        yield meter
    finally:
        for client, event, _hook in hooks:
            client.meta.events.unregister(event, unique_id=event)
