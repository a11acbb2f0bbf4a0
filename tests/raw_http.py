"""Requests as no client library writes them: bytes over a socket, and the statuses that come back."""

import re
import socket
from urllib.parse import urlsplit

SECONDS = 60


def statuses(api: str, requests: bytes) -> list[int]:
    """The status of every answer on one connection, until the server closes it; none when it says nothing at all."""
    address = urlsplit(api)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), SECONDS) as connection:
        connection.sendall(requests)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while chunk := connection.recv(65_536):
                received += chunk
        except ConnectionResetError:
            pass  # what came before it counts
    return [int(status) for status in re.findall(rb"^HTTP/1\.[01] ([0-9]{3})\b", received, re.MULTILINE)]


def request(api: str, method: str, path: str, headers: list[bytes], body: bytes = b"") -> bytes:
    """A request with these header lines, as they are, besides Host."""
    address = urlsplit(api)
    head = [f"{method} {address.path}{path} HTTP/1.1".encode(), f"Host: {address.netloc}".encode(), *headers, b"", b""]
    return b"\r\n".join(head) + body
