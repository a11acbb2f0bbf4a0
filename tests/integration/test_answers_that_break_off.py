"""An answer of AWS that breaks off is no answer: it must not be read as one that says less."""

import base64
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

import template
from messages import result
from moto_store import BUCKET, TABLE
from okd_dms import aws, catalogue, vault
from okd_dms.document import Document, delivered
from okd_dms.errors import DependencyFailed
from okd_dms.message import validate

ID = "00000000-0000-4000-8000-000000000000"


def announced(sha256: str) -> Document:
    integrity = {"algoritme": "sha_256", "waarde": sha256}
    described = {"bestandsnaam": "a.pdf", "formaat": "application/pdf", "bestandsomvang": 123, "integriteit": integrity}
    return delivered(validate(result(**described)), "-", None)


DOCUMENT, OTHER = announced("0f" * 32), announced("0e" * 32)


DYNAMODB = b'{"Item": {"note": {"S": "direct"}}, "Items": [{"documentId": {"S": "x"}}]}'
LIST = b"<ListBucketResult><Contents><Key>direct/2026-03-12/x/y</Key></Contents></ListBucketResult>"
OBJECT_VERSIONS = b"<ListVersionsResult><Version><Key>a</Key><VersionId>1</VersionId></Version></ListVersionsResult>"


@dataclass
class Aws:
    """Answers every request alike, and hangs up after so many bytes of its answer; in the end it may get through."""

    headers: bytes = b""
    body: bytes = b""
    sent: int = 0
    broken: int = sys.maxsize

    def answer_with(self, body: bytes, *, without_body: bool = False) -> None:
        self.headers = (
            b"HTTP/1.1 200 OK\r\nServer: AmazonS3\r\nContent-Type: application/octet-stream\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        self.body = b"" if without_body else body

    @property
    def answer(self) -> bytes:
        return self.headers + self.body

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                while b"\r\n\r\n" not in connection.recv(64 * 1024):
                    pass
                connection.sendall(self.answer[: self.sent] if self.broken > 0 else self.answer)
                self.broken -= 1


@pytest.fixture
def breaking_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """AWS hangs up before its answer is whole."""
    for name, value in template.environment("ReconcileFunction", Table=TABLE, Bucket=BUCKET).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    caches = (aws.session, catalogue.client, vault.client)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        answering = Aws()
        threading.Thread(target=answering.serve, args=(server,), daemon=True).start()
        for cached in caches:
            cached.cache_clear()
        yield answering
        for cached in caches:
            cached.cache_clear()
        server.shutdown(socket.SHUT_RDWR)


ASKED: dict[str, tuple[Callable[[], object], bytes]] = {
    "item": (lambda: catalogue.find(ID), DYNAMODB),
    "versions": (lambda: catalogue.earlier_versions(ID, 5, 10), DYNAMODB),
    "claim": (lambda: catalogue.claims(ID, "direct/2026-03-12/x/y"), DYNAMODB),
    "unfinished": (lambda: list(catalogue.unfinished("2026-03-12")), DYNAMODB),
    "note": (lambda: catalogue.read_note("sweep direct"), DYNAMODB),
    "head": (lambda: vault.holds(DOCUMENT), b"%PDF"),
    "content": (lambda: vault.read(DOCUMENT), b"%PDF"),
    "beginning": (lambda: vault.beginning(DOCUMENT), b"%PDF"),
    "list": (lambda: list(vault.keys("direct/2026-03-12/", after="")), LIST),
    "object versions": (lambda: vault.written("direct/2026-03-12/"), OBJECT_VERSIONS),
}


@pytest.mark.parametrize("asked", ASKED)
def test_it_is_a_failure_of_aws_wherever_it_breaks_off(breaking_off: Aws, asked: str) -> None:
    """A HEAD is whole when it has said the size, as far as anybody can tell."""
    ask, body = ASKED[asked]
    breaking_off.answer_with(body, without_body=asked == "head")
    said = len(breaking_off.headers) - len("\r\n\r\n") - len(str(len(body)))
    for sent in range(said if asked == "head" else len(breaking_off.answer)):
        breaking_off.sent = sent
        with pytest.raises(DependencyFailed):
            ask()


@pytest.mark.parametrize("asked", ["unfinished", "note", "beginning", "list", "object versions"])
def test_a_whole_answer_is_taken(breaking_off: Aws, asked: str) -> None:
    ask, body = ASKED[asked]
    breaking_off.answer_with(body)
    breaking_off.sent = len(breaking_off.answer)
    assert ask()


def test_a_head_that_breaks_off_does_not_make_an_upload_unfit(breaking_off: Aws) -> None:
    """Nobody can tell it from a whole one: what does not fit is looked at twice."""
    checksum = base64.b64encode(bytes.fromhex(DOCUMENT.sha256))
    breaking_off.headers = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 123\r\nContent-Type: application/pdf\r\n"
        b"x-amz-checksum-sha256: %b\r\nServer: AmazonS3\r\n\r\n" % checksum
    )
    failed = 0
    for sent in range(len(breaking_off.headers)):
        breaking_off.sent, breaking_off.broken = sent, 1
        try:
            assert vault.holds(DOCUMENT), breaking_off.answer[:sent]
        except DependencyFailed:
            failed += 1
    assert failed < sent / 2
    breaking_off.broken = 0
    assert not vault.holds(OTHER)


@pytest.mark.parametrize("status", ["404 Not Found", "503 Slow Down"])
@pytest.mark.parametrize("asked", ["content", "beginning", "list", "object versions"])
def test_an_error_that_breaks_off_is_one_too(breaking_off: Aws, asked: str, status: str) -> None:
    """S3 sends the body of an error in chunks."""
    ask, _ = ASKED[asked]
    body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    breaking_off.headers = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode()
    breaking_off.body = body + b"\r\n0\r\n\r\n"
    for sent in range(0, len(breaking_off.answer), 3):
        breaking_off.sent = sent
        with pytest.raises(DependencyFailed):
            ask()
