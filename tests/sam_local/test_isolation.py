"""No container reaches AWS, or anything else but the local stack, whatever is misconfigured."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

import events
import lambda_image
from sam_cli import SamLocal
from sample_events import FILES

# Amazon's addresses, the one that gives machines their credentials, and a name server that anyone may ask.
ELSEWHERE = ("52.94.5.1:443", "3.5.136.1:443", "169.254.169.254:80", "169.254.170.2:80", "9.9.9.9:53")
CONNECT = """
import socket, sys
for address in sys.argv[1:]:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        print("reached")
    except OSError:
        print("failed")
"""
NOWHERE = ["failed"] * len(ELSEWHERE)


def connect(client: Any, *addresses: str, **how: Any) -> list[str]:
    """Whether each address can be reached from a container of the functions' image, by its defaults."""
    command = ["python3.13", "-c", CONNECT, *addresses]
    name = f"{lambda_image.NAME}:{lambda_image.TAG}"
    output: bytes = client.containers.run(name, command, entrypoint="", remove=True, **how)
    return output.decode().split()


def test_a_container_reaches_the_stack_alone(docker_client: Any, endpoint: str) -> None:
    assert connect(docker_client, endpoint.removeprefix("http://"), *ELSEWHERE) == ["reached", *NOWHERE]


@pytest.mark.parametrize("how", [{}, {"dns": ["127.0.0.1"]}], ids=["this machine's name servers", "no name server"])
def test_a_container_knows_no_name_of_aws(docker_client: Any, how: dict[str, Any]) -> None:
    assert connect(docker_client, "dynamodb.eu-central-1.amazonaws.com:443", **how) == ["failed"]


def test_the_network_that_the_containers_are_in_leads_nowhere() -> None:
    """Each container has a veth of its own; there is no interface to anywhere else."""
    assert {name for _, name in socket.if_nameindex() if not name.startswith("veth")} == {"lo", "docker0"}


@pytest.fixture
def misled(sam_local: SamLocal, tmp_path: Path) -> SamLocal:
    """Functions that take AWS itself for their store."""
    told = json.loads(sam_local.env_vars.read_text())
    told["GetDocumentFunction"]["AWS_ENDPOINT_URL"] = ""
    env_vars = tmp_path / "env-vars.json"
    env_vars.write_text(json.dumps(told))
    return SamLocal(sam_local.home, sam_local.built, env_vars)


def test_a_function_without_an_endpoint_finds_no_aws(misled: SamLocal) -> None:
    name = "get_document-details"
    answer = misled.invoke("GetDocumentFunction", events.FOLDER / f"{name}.json")
    assert answer["statusCode"] == 503
    assert json.loads(answer["body"])["instance"] == FILES[name]["requestContext"]["requestId"]
