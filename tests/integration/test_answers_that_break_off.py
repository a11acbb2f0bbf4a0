"""An answer of AWS that breaks off within its headers is no answer: it must not be read as one without a body."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

import template
from messages import result
from moto_store import BUCKET, TABLE
from okd_dms import aws, catalogue, vault
from okd_dms.document import delivered
from okd_dms.errors import DependencyFailed
from okd_dms.message import validate

CONTENT = {"bestandsomvang": 3, "integriteit": {"algoritme": "sha_256", "waarde": "0f" * 32}}
ID = "00000000-0000-4000-8000-000000000000"
DOCUMENT = delivered(validate(result(bestandsnaam="a.pdf", formaat="application/pdf", **CONTENT)), "-", None)


@pytest.fixture(autouse=True)
def breaking_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS hangs up after its first line."""
    for name, value in template.environment("ReconcileFunction", Table=TABLE, Bucket=BUCKET).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    caches = (aws.session, catalogue.client, vault.client)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        for cached in caches:
            cached.cache_clear()
        yield
        for cached in caches:
            cached.cache_clear()
        server.shutdown(socket.SHUT_RDWR)


def _answer(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            while b"\r\n\r\n" not in connection.recv(64 * 1024):
                pass
            connection.sendall(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: catalogue.find(ID),
        lambda: catalogue.earlier_versions(ID, 5, 10),
        lambda: catalogue.claims(ID, "direct/2026-03-12/x/y"),
        lambda: list(catalogue.unfinished("2026-03-12")),
        lambda: catalogue.read_note("sweep direct"),
        lambda: vault.holds(DOCUMENT),
        lambda: list(vault.keys("direct/2026-03-12/", after="")),
        lambda: vault.written("direct/2026-03-12/"),
    ],
    ids=["item", "versions", "claim", "unfinished", "note", "head", "list", "object versions"],
)
def test_it_is_a_failure_of_aws(ask: Callable[[], object]) -> None:
    with pytest.raises(DependencyFailed):
        ask()
