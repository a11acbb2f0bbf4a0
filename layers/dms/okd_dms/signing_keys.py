"""The issuer's public keys, by its JWK set (RFC 7517): fetched when they are needed, kept, and fetched no more often.

PyJWT's own client bounds neither the size of the set nor attempts that fail, so only its reading of keys is used.
"""

import json
import math
import os
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import jwt

from okd_dms.errors import DependencyFailed

ALGORITHMS = ("RS256", "PS256", "ES256")
LIFESPAN_SECONDS = 3600
"""How long a key counts that the issuer has withdrawn, at most."""
COOLDOWN_SECONDS = 30
"""Between two looks for a key that is not there: callers with invented ones cause no more fetches than that."""
RETRY_SECONDS = 5
"""Between two attempts while the issuer does not answer; its callers are told the same in Retry-After."""
MAX_BYTES = 256 * 1024
TIMEOUT_SECONDS = 3
"""Of connecting, of every read, and of all reads of the set together."""


class SigningKeys:
    """The keys of one issuer. `url` is https, or on the local stand-in for AWS."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = self._failed = -math.inf

    def find(self, kid: str) -> jwt.PyJWK | None:
        """The key of this id, or None when the issuer has none. Raises DependencyFailed when that can't be known."""
        age = time.monotonic() - self._fetched
        if age > LIFESPAN_SECONDS or (kid not in self._keys and age > COOLDOWN_SECONDS):
            self._refresh()
        return self._keys.get(kid)

    def _refresh(self) -> None:
        if time.monotonic() - self._failed <= RETRY_SECONDS:
            raise DependencyFailed("jwks", "WaitsToRetry")
        self._failed = time.monotonic()  # unless it succeeds
        try:
            keys = jwt.PyJWKSet.from_dict(json.loads(fetch(self._url))).keys
        except (OSError, HTTPException, ValueError, RecursionError, AttributeError, jwt.PyJWTError) as error:
            raise DependencyFailed("jwks", type(error).__name__) from error
        self._keys = {
            key.key_id: key
            for key in keys
            if key.key_id and key.public_key_use in ("sig", None) and key.algorithm_name in ALGORITHMS
        }
        self._fetched, self._failed = time.monotonic(), -math.inf


def fetch(url: str) -> bytes:
    """The set as the issuer sends it; no redirect is followed.

    Raises OSError, HTTPException and ValueError: also when the address is not https, unless it is that of the local
    stand-in for AWS.
    """
    address, stand_in = urlsplit(url), os.environ.get("AWS_ENDPOINT_URL")
    kind: type[HTTPConnection] = HTTPSConnection
    if address.scheme != "https":
        if not stand_in or not url.startswith(f"{stand_in}/"):
            raise ValueError("not https")
        kind = HTTPConnection
    deadline = time.monotonic() + TIMEOUT_SECONDS
    with closing(kind(address.netloc, timeout=TIMEOUT_SECONDS)) as connection:
        target = address._replace(scheme="", netloc="").geturl()
        connection.request("GET", target, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise HTTPException(f"status {answer.status}")
        body = b""
        while chunk := answer.read1(64 * 1024):
            body += chunk
            if len(body) > MAX_BYTES or time.monotonic() > deadline:
                raise HTTPException("too large or too slow")
    return body
