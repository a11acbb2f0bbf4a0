"""Tokens that prove nothing, by what is wrong with them; each is one change away from a token that is taken."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from issuer import ALL, Issuer, jwk, key
from okd_dms.tokens import LEEWAY_SECONDS

HOUR = 3600


def b64(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hmac_with_the_public_key(issuer: Issuer) -> str:
    """The classic confusion: the public key taken for an HMAC secret (RFC 8725, 2.1). PyJWT won't make one."""
    public = key("rsa").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{b64({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{b64(issuer.claims())}"
    return f"{signing_input}.{b64(hmac.digest(public, signing_input.encode(), hashlib.sha256))}"


def forged(issuer: Issuer, **header: Any) -> str:
    """The true signature of a true token, under another header."""
    head, body, signature = issuer.token().split(".")
    true = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{b64(true | header)}.{body}.{signature}"


def with_other_claims(issuer: Issuer, **claims: Any) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{b64(issuer.claims(**claims))}.{signature}"


def publish(issuer: Issuer, name: str, **members: Any) -> Issuer:
    issuer.keys.append(jwk(name, **members))
    return issuer


def signed_by_hmac(issuer: Issuer) -> str:
    """A set that holds a secret is the issuer's fault, and opens nothing."""
    issuer.keys.append({"kty": "oct", "kid": "secret", "k": b64(b"s" * 32), "alg": "HS256", "use": "sig"})
    return jwt.encode(issuer.claims(), b"s" * 32, "HS256", {"kid": "secret"})


def listed(issuer: Issuer) -> str:
    return signed_raw(json.dumps(issuer.claims() | {"iss": [issuer.parameters["OAuthIssuer"]]}).encode())


def signed_raw(payload: bytes) -> str:
    """What the issuer's own key signed, that is no set of claims."""
    return jwt.PyJWS().encode(payload, key("rsa"), "RS256", {"kid": "rsa"})


REFUSED: dict[str, Callable[[Issuer], str]] = {
    "alg none": lambda i: jwt.encode(i.claims(), "", "none", {"kid": "rsa"}) + "x",
    "alg none, no signature": lambda i: jwt.encode(i.claims(), "", "none", {"kid": "rsa"}),
    "alg None": lambda i: forged(i, alg="None"),
    "no alg": lambda i: forged(i, alg=None),
    "alg a list": lambda i: forged(i, alg=["RS256"]),
    "HS256 with the public key": hmac_with_the_public_key,
    "HS256 with a key in the set": signed_by_hmac,
    "RS384": lambda i: i.token(alg="RS384"),
    "RS512": lambda i: i.token(alg="RS512"),
    "PS256 with a key for RS256": lambda i: i.token(alg="PS256"),
    "RS256 with a key for PS256": lambda i: i.token(by="pss"),
    "ES256 that names an RSA key": lambda i: i.token("ec", "ES256", {"kid": "rsa"}),
    "RS256 that names an EC key": lambda i: i.token(header={"kid": "ec"}),
    "ES384": lambda i: publish(i, "ec384").token("ec384", "ES384"),
    "a small RSA key": lambda i: publish(i, "rsa-small").token("rsa-small"),
    "a key for encryption": lambda i: publish(i, "rsa2", use="enc").token("rsa2"),
    "no kid": lambda i: i.token(header={"kid": None}),
    "empty kid": lambda i: i.token(header={"kid": ""}),
    "kid a number": lambda i: forged(i, kid=1),
    "kid a path": lambda i: i.token(header={"kid": "../../dev/null"}),
    "unknown kid": lambda i: i.token(by="stranger"),
    "kid of another key": lambda i: i.token(by="stranger", header={"kid": "rsa"}),
    "its own key in the header": lambda i: i.token("stranger", header={"kid": "rsa", "jwk": jwk("stranger")}),
    "jku elsewhere": lambda i: i.token("stranger", header={"jku": "https://evil.example.org/keys"}),
    "x5u elsewhere": lambda i: i.token("stranger", header={"x5u": "https://evil.example.org/cert"}),
    "x5c of its own": lambda i: i.token("stranger", header={"kid": "rsa", "x5c": ["MIIB"]}),
    "crit": lambda i: i.token(header={"crit": ["exp"], "exp": 1}),
    "b64 false": lambda i: forged(i, b64=False, crit=["b64"]),
    "typ of another kind": lambda i: i.token(header={"typ": "logout+jwt"}),
    "encrypted": lambda _: f"{b64({'alg': 'RSA-OAEP', 'enc': 'A256GCM'})}.a.b.c.d",
    "other issuer": lambda i: i.token(iss="https://login.example.org/"),
    "issuer without its slash": lambda i: i.token(iss="https://login.example.nl"),
    "issuer in a list": listed,
    "no issuer": lambda i: i.token(iss=None),
    "other audience": lambda i: i.token(aud="https://another.example.nl"),
    "audience that begins alike": lambda i: i.token(aud="https://dms.example.nl.evil.example.org"),
    "audience that is a part": lambda i: i.token(aud="https://dms"),
    "no audience": lambda i: i.token(aud=None),
    "no audience, as Cognito": lambda i: i.token(aud=None, token_use="access", client_id="examineren"),
    "empty audience": lambda i: i.token(aud=[]),
    "audience an object": lambda i: i.token(aud={"https://dms.example.nl": 1}),
    "expired": lambda i: i.token(exp=int(time.time()) - LEEWAY_SECONDS - 5),
    "no exp": lambda i: i.token(exp=None),
    "exp no number": lambda i: i.token(exp="tomorrow"),
    "exp infinite": lambda i: i.token(exp=float("inf")),
    "exp not a number": lambda i: i.token(exp=float("nan")),
    "not yet": lambda i: i.token(nbf=int(time.time()) + LEEWAY_SECONDS + 5),
    "nbf no number": lambda i: i.token(nbf="yesterday"),
    "made in the future": lambda i: i.token(iat=int(time.time()) + HOUR),
    "id token of Cognito": lambda i: i.token(token_use="id"),
    "id token of Keycloak": lambda i: i.token(typ="ID"),
    "refresh token of Keycloak": lambda i: i.token(typ="Refresh"),
    "bound to a key": lambda i: i.token(cnf={"jkt": "x"}),
    "no client": lambda i: i.token(azp=None, sub=None),
    "empty client": lambda i: i.token(azp=""),
    "client a list": lambda i: i.token(azp=["examineren"]),
    "client with a space": lambda i: i.token(azp="examineren 2"),
    "client with a line break": lambda i: i.token(azp="examineren\n"),
    "client outside ASCII": lambda i: i.token(azp="examineren\u0430"),
    "client too long": lambda i: i.token(azp="x" * 256),
    "client that is nobody": lambda i: i.token(azp="-"),
    "claims changed": lambda i: with_other_claims(i, azp="another"),
    "scope changed": lambda i: with_other_claims(i, scope=ALL),
    "claims no object": lambda _: signed_raw(b"[]"),
    "claims no JSON": lambda _: signed_raw(b"{"),
    "claims deep": lambda _: signed_raw(b'{"a":' * 900 + b"1" + b"}" * 900),
    "header deep": lambda _: f"{b64(b'[' * 4000)}.e30.x",
    "header no object": lambda _: f"{b64(b'1')}.e30.x",
    "no signature": lambda i: i.token().rpartition(".")[0] + ".",
    "signature cut off": lambda i: i.token()[:-2],
    "signature of another token": lambda i: i.token().rpartition(".")[0] + "." + i.token(jti="2").rpartition(".")[2],
    "padded": lambda i: i.token() + "==",
    "two parts": lambda i: i.token().rpartition(".")[0],
    "four parts": lambda i: i.token() + ".x",
    "too large": lambda i: i.token(filler="x" * 8192),
    "garbage": lambda _: "Vertrouwelijk",
    "nothing": lambda _: "",
    "two tokens": lambda i: f"{i.token()}, Bearer {i.token()}",
    "a space inside": lambda i: i.token().replace(".", " .", 1),
    "a line break behind it": lambda i: i.token() + "\n",
}
