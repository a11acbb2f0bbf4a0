"""The local stack within reach of `sam local`: its containers can't call the loopback on which the stack listens.

    python scripts/docker_stack.py

keeps it up until Ctrl-C, as `make serve` does. Meanwhile there is a file for `sam local --env-vars`, which tells the
functions the addresses and names that they need; samconfig.toml names it.
"""

import errno
import json
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_network
from typing import Any
from weakref import WeakSet

import docker  # type: ignore[import-untyped]

import template
from local_build import ROOT, SetUpError
from local_stack import END_SIGNALS, STACK_NAME, LocalStack

ENV_VARS = ROOT / ".aws-sam/env-vars.json"
CHUNK_BYTES = 64 * 1024


@contextmanager
def within_reach(stack: LocalStack, client: Any) -> Iterator[str]:
    """Let the containers of this Docker reach the stack, by the address that this gives.

    On Linux that is the one which the machine has on Docker's bridge, and which no other machine routes to. Docker
    Desktop has its bridge elsewhere, and hands its containers' calls of host.docker.internal to our loopback by itself.
    """
    with ExitStack() as cleanup:
        host = _address_on_bridge(client)
        try:
            server = cleanup.enter_context(socket.create_server((host, stack.port)))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            host = "host.docker.internal"
        else:
            threading.Thread(target=_forward, args=(server, stack.port), daemon=True).start()
            cleanup.callback(server.shutdown, socket.SHUT_RDWR)
        endpoint = f"http://{host}:{stack.port}"
        ENV_VARS.write_text(json.dumps(variables(stack, endpoint), indent=2) + "\n")
        cleanup.callback(ENV_VARS.unlink, missing_ok=True)
        yield endpoint


def variables(stack: LocalStack, endpoint: str) -> dict[str, dict[str, str]]:
    """What every function is told by its deployment, but for the endpoint, by logical id."""
    cloudformation, functions = stack.client("cloudformation"), stack.client("lambda")
    told = {}
    for name in template.functions():
        found = cloudformation.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=name)
        physical = found["StackResourceDetail"]["PhysicalResourceId"]
        deployed = functions.get_function_configuration(FunctionName=physical)["Environment"]["Variables"]
        told[name] = deployed | {"AWS_ENDPOINT_URL": endpoint}
    return told


def _address_on_bridge(client: Any) -> str:
    """A bridge that was made in this run of the daemon does not say its address: by default it is the first one."""
    ranges = client.networks.get("bridge").attrs["IPAM"]["Config"]
    (bridge,) = (one for one in ranges if ip_network(one["Subnet"]).version == 4)
    return str(bridge.get("Gateway") or next(ip_network(bridge["Subnet"]).hosts()))


def _forward(server: socket.socket, port: int) -> None:
    callers = WeakSet[socket.socket]()
    with suppress(OSError):  # the end: it was shut down
        while True:
            caller, _ = server.accept()
            callers.add(caller)
            threading.Thread(target=_connect, args=(caller, port), daemon=True).start()
    for caller in list(callers):  # a warm function keeps its connection open, for which the stack would wait
        with suppress(OSError):
            caller.shutdown(socket.SHUT_RDWR)


def _connect(caller: socket.socket, port: int) -> None:
    with caller, suppress(OSError), socket.create_connection(("127.0.0.1", port)) as stack:
        answers = threading.Thread(target=_copy, args=(stack, caller), daemon=True)
        answers.start()
        _copy(caller, stack)
        answers.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK_BYTES):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def progress(line: str) -> None:
    """Tell of a long step."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    for number in END_SIGNALS:
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        client = docker.from_env()
    except docker.errors.DockerException:
        print("No Docker answers. Start it, or install it; make serve and make demo need none.", file=sys.stderr)
        return 1
    try:
        with LocalStack(progress=progress) as stack, within_reach(stack, client):
            print(f"API {stack.api}", flush=True)
            stack.stay()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
