"""The functions in containers beside the same functions deployed: two stacks, of which one is reached by containers."""

import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import docker  # type: ignore[import-untyped]
import pytest
from botocore import UNSIGNED
from botocore.config import Config

import docker_stack
from local_build import REGION, build
from local_stack import LocalStack
from sam_cli import SamLocal


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Only `make sam-local` runs these: they need its Docker."""
    return None if any("sam_local" in argument for argument in config.args) else True


@pytest.fixture(scope="session")
def docker_client() -> Iterator[Any]:
    if "DOCKER_HOST" not in os.environ:
        pytest.exit("run these by make sam-local", returncode=1)
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def deployed() -> Iterator[LocalStack]:
    """The stack that is called, as `make serve` has it."""
    with LocalStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def behind() -> Iterator[LocalStack]:
    """The stack whose table and bucket the containers use."""
    with LocalStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def endpoint(behind: LocalStack, docker_client: Any) -> Iterator[str]:
    """Its address for containers."""
    with docker_stack.within_reach(behind, docker_client) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def sam_local(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> SamLocal:
    home = tmp_path_factory.mktemp("sam")
    assert json.loads(docker_stack.ENV_VARS.read_text())["FallbackFunction"]["AWS_ENDPOINT_URL"] == endpoint
    return SamLocal(home, build(home), docker_stack.ENV_VARS)


@pytest.fixture(scope="session")
def warm_functions(sam_local: SamLocal) -> Iterator[Any]:
    """A client of `sam local start-lambda`."""
    config = Config(signature_version=UNSIGNED, read_timeout=120, retries={"total_max_attempts": 1})
    with sam_local.start("lambda") as address:
        yield boto3.client("lambda", endpoint_url=address, region_name=REGION, config=config)


@pytest.fixture(scope="session")
def api(sam_local: SamLocal) -> Iterator[str]:
    """Where `sam local start-api` answers."""
    with sam_local.start("api") as address:
        yield address
