"""Fixtures of every test."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

import template
from issuer import configured, issuer  # noqa: F401 - fixtures
from moto_store import BUCKET, TABLE, Store
from okd_dms import catalogue, vault


@cache
def aws() -> tuple[Any, Any]:
    """The tests' own clients, made once as the modules' are: making one takes longer than most tests."""
    return boto3.resource("dynamodb"), boto3.client("s3")


@contextmanager
def empty_store() -> Iterator[Store]:
    """A store of its own, for as long as the context lasts."""
    with mock_aws():
        dynamodb, s3 = aws()
        table = dynamodb.create_table(TableName=TABLE, **template.table_definition())
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        made = Store(table, s3)
        clients = (catalogue.client(), vault.client())
        for client in clients:
            client.meta.events.register(
                "before-call.*.*", lambda model, **_: made.calls.append(model.name), unique_id="count"
            )
        try:
            yield made
        finally:
            for client in clients:
                client.meta.events.unregister("before-call.*.*", unique_id="count")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with empty_store() as made:
        yield made
