"""The Authorization header and the tokens in it: what is taken was signed by the issuer, and says who calls."""

import base64
import json
import os
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from okd_dms import identity, tokens
from okd_dms.caller import NOBODY, Caller
from okd_dms.errors import Unauthorized

SETTINGS = {
    "AUTH_MODE": "oauth2",
    "OAUTH_ISSUER": "https://issuer.example",
    "OAUTH_AUDIENCE": "okd-dms",
    "OAUTH_JWKS_URL": "https://issuer.example/keys",
    "OAUTH_ALLOWED_CLIENTS": "",
    "OAUTH_COMPONENTS": "client-1=examens",
    "OAUTH_SCOPE_PREFIX": "",
}
KEY_ID = "key-1"


class _Keys:
    """The issuer's one key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = jwt.PyJWK.from_dict(
            jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": KEY_ID, "alg": "ES256"}
        )

    def find(self, kid: object) -> jwt.PyJWK | None:
        return self._key if kid == KEY_ID else None


class _Bearer:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        for name, value in SETTINGS.items():
            patch.setitem(os.environ, name, value)
        self.key = ec.generate_private_key(ec.SECP256R1())
        keys = _Keys(self.key)
        patch.setattr(tokens, "keys", lambda _: keys)

    def caller(self, *authorization: str) -> Caller | None:
        try:
            return identity.caller([*authorization])
        except Unauthorized:
            return None


class Authorization(_Bearer):
    """The header as it comes, one line each: nothing that the issuer has not signed lets anyone in."""

    def __call__(self, data: bytes) -> None:
        """Every header that is ASCII, as `Request.headers` sees to."""
        lines = data.decode("latin-1").split("\n")
        if all(line.isascii() for line in lines):
            assert self.caller(*lines) is None, "let in without a signature"


class Claims(_Bearer):
    """A token's header and claims, on a line each, signed as they are: what is taken is what RFC 7519 and 9068 say."""

    def __call__(self, data: bytes) -> None:
        """Every token, as if the issuer itself had made it."""
        header, _, payload = data.partition(b"\n")
        signed = _encoded(header) + b"." + _encoded(payload)
        r, s = decode_dss_signature(self.key.sign(signed, ec.ECDSA(hashes.SHA256())))
        token = signed + b"." + _encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        caller = self.caller(f"Bearer {token.decode()}")
        if caller is not None:
            _check(json.loads(header), json.loads(payload), caller)


def _encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def _check(header: Any, claims: Any, caller: Caller) -> None:
    """Whether these claims let this caller in, told by other code than the store's."""
    assert (header["alg"], header["kid"]) == ("ES256", KEY_ID)
    assert "crit" not in header
    assert claims["iss"] == SETTINGS["OAUTH_ISSUER"]
    audience = claims["aud"]
    assert SETTINGS["OAUTH_AUDIENCE"] in ([audience] if isinstance(audience, str) else audience)
    assert int(claims["exp"]) > time.time() - 60
    assert int(claims.get("nbf") or 0) < time.time() + 60
    assert "cnf" not in claims
    client = next(claims[name] for name in ("azp", "appid", "client_id", "sub") if claims.get(name) is not None)
    assert caller.component == ("examens" if client == "client-1" else client)
    assert caller.component not in ("", NOBODY)
    said = json.dumps([claims.get(name) for name in ("scope", "scp", "roles")], ensure_ascii=False)
    assert all(json.dumps(scope, ensure_ascii=False)[1:-1] in said for scope in caller.scopes)
