"""The issuer's keys: kept, looked for anew at a bounded rate, and taken from a bounded answer over https alone."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from issuer import URL, Issuer, jwk
from okd_dms import signing_keys
from okd_dms.errors import DependencyFailed
from okd_dms.signing_keys import COOLDOWN_SECONDS, LIFESPAN_SECONDS, MAX_BYTES, RETRY_SECONDS, SigningKeys, fetch


class Clock:
    """The time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(signing_keys, "time", made)
    return made


@pytest.fixture
def keys(issuer: Issuer, clock: Clock) -> SigningKeys:
    assert issuer.reachable
    assert clock.now
    return SigningKeys(URL)


def test_keys_are_fetched_once_and_then_kept(issuer: Issuer, keys: SigningKeys) -> None:
    for _ in range(10):
        assert keys.find("rsa")
        assert keys.find("ec")
    assert issuer.fetches == 1


def test_a_key_that_the_issuer_has_withdrawn_counts_no_longer_than_the_keys_are_kept(
    issuer: Issuer, keys: SigningKeys, clock: Clock
) -> None:
    assert keys.find("rsa")
    issuer.keys = [jwk("ec")]
    clock.now += LIFESPAN_SECONDS
    assert keys.find("rsa")
    clock.now += 1
    assert keys.find("rsa") is None
    assert issuer.fetches == 2


def test_a_key_that_the_issuer_has_added_is_found(issuer: Issuer, keys: SigningKeys, clock: Clock) -> None:
    assert keys.find("rsa")
    issuer.keys.append(jwk("rsa2"))
    clock.now += COOLDOWN_SECONDS + 1
    assert keys.find("rsa2")
    assert issuer.fetches == 2


def test_invented_keys_cause_one_fetch_in_a_while_and_no_more(issuer: Issuer, keys: SigningKeys, clock: Clock) -> None:
    for number in range(600):
        assert keys.find(f"invented-{number}") is None
        clock.now += 1
    assert issuer.fetches == 1 + 600 // (COOLDOWN_SECONDS + 1)
    assert keys.find("rsa")


def test_an_issuer_that_does_not_answer_is_asked_again_in_a_while(
    issuer: Issuer, keys: SigningKeys, clock: Clock
) -> None:
    issuer.reachable = False
    for _ in range(100):
        with pytest.raises(DependencyFailed):
            keys.find("rsa")
    assert issuer.fetches == 1
    issuer.reachable = True
    clock.now += RETRY_SECONDS + 1
    assert keys.find("rsa")
    assert issuer.fetches == 2


def test_kept_keys_go_on_while_the_issuer_does_not_answer_to_invented_ones(
    issuer: Issuer, keys: SigningKeys, clock: Clock
) -> None:
    assert keys.find("rsa")
    clock.now += COOLDOWN_SECONDS + 1
    issuer.reachable = False
    for _ in range(10):
        with pytest.raises(DependencyFailed):
            keys.find("invented")
        assert keys.find("rsa")
    assert issuer.fetches == 2
    clock.now += LIFESPAN_SECONDS
    with pytest.raises(DependencyFailed):
        keys.find("rsa")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no json",
        b"[]",
        b"1",
        b"null",
        b'{"keys": 1}',
        b'{"keys": []}',
        b"{}",
        b"[" * 100_000,
        b"\xff",
        b'{"keys": [{}]}',
    ],
)
def test_an_answer_that_holds_no_keys_is_a_failure_of_the_issuer(
    monkeypatch: pytest.MonkeyPatch, keys: SigningKeys, answer: bytes
) -> None:
    monkeypatch.setattr(signing_keys, "fetch", lambda _: answer)
    with pytest.raises(DependencyFailed):
        keys.find("rsa")


def test_keys_of_another_kind_beside_ours_are_passed_over(issuer: Issuer, keys: SigningKeys) -> None:
    strange: list[Any] = [{"kty": "oct", "k": "c2VjcmV0", "kid": "oct"}, {"kty": "EC", "kid": "x"}, "key", None]
    nameless = {name: value for name, value in jwk("rsa2").items() if name != "kid"}
    of_no_use = [jwk("ec384"), jwk("rsa3", alg="RS512"), jwk("rsa4", use="enc"), nameless]
    issuer.keys = [*strange, *of_no_use, *issuer.keys]
    assert keys.find("rsa")
    assert [keys.find(name) for name in ("oct", "x", "ec384", "rsa3", "rsa4", "")] == [None] * 6


class Endpoint(BaseHTTPRequestHandler):
    """Answers what the path says."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()
        if self.path == "/slow":
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(0.05)
        self.wfile.write(
            {"/large": b" " * (MAX_BYTES + 1)}.get(self.path) or json.dumps({"keys": [jwk("rsa")]}).encode()
        )

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            """The other side had enough."""


@contextmanager
def serving() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with serving() as address:
        yield address


def test_plain_http_is_for_the_local_stand_in_alone(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert json.loads(fetch(f"{endpoint}/keys?tenant=1"))["keys"][0]["kid"] == "rsa"
    for elsewhere in ("", "http://localhost:1", endpoint[:-1]):
        monkeypatch.setenv("AWS_ENDPOINT_URL", elsewhere)
        with pytest.raises(ValueError, match="not https"):
            fetch(f"{endpoint}/keys")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for url in (f"{endpoint}/keys", "file:///etc/passwd", "ftp://127.0.0.1/keys", "keys", ""):
        with pytest.raises(ValueError, match="not https"):
            fetch(url)


def test_https_is_verified(endpoint: str) -> None:
    with pytest.raises(OSError, match="SSL"):
        fetch(endpoint.replace("http", "https", 1) + "/keys")


@pytest.mark.parametrize("path", ["/large", "/slow", "/moved", "/broken"])
def test_an_answer_without_bounds_and_a_redirect_are_no_keys(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setattr(signing_keys, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(DependencyFailed) as failed:
        SigningKeys(f"{endpoint}{path}").find("rsa")
    assert (failed.value.service, failed.value.code) == ("jwks", "HTTPException")


def test_an_issuer_that_is_not_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as gone:
        """Its port was free a moment ago."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", gone)
    with pytest.raises(DependencyFailed):
        SigningKeys(f"{gone}/keys").find("rsa")
