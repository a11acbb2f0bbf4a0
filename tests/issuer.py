"""A token issuer whose keys are made here, and the tokens that the providers in use make, as they make them."""

import json
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import template
from okd_dms import identity, signing_keys, tokens
from okd_dms.caller import Caller
from okd_dms.errors import Unauthorized

EXAMS, ALL, ADMINISTRATION = "okd:examdocuments", "okd:alldocuments", "dms:readall"
URL = "https://login.example.nl/keys"

type Claims = dict[str, Any]
type Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key(name: str) -> Key:
    """A private key, the same for every test: making one takes a while."""
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP384R1() if name == "ec384" else ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if name == "rsa-small" else 2048)


def jwk(name: str, **members: Any) -> dict[str, Any]:
    """The public half, as an issuer publishes it; its id is its name."""
    algorithm: Any = jwt.algorithms.ECAlgorithm if name.startswith("ec") else jwt.algorithms.RSAAlgorithm
    public: dict[str, Any] = algorithm.to_jwk(key(name).public_key(), as_dict=True)
    return public | {"kid": name, "use": "sig"} | members


@dataclass(slots=True)
class Issuer:
    """Signs what it is told, and publishes `keys`; `fetches` counts how often they were asked for."""

    parameters: dict[str, str]
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk("rsa"), jwk("ec"), jwk("pss", alg="PS256")])
    reachable: bool = True
    fetches: int = 0

    def fetch(self, url: str) -> bytes:
        assert url == URL
        self.fetches += 1
        if not self.reachable:
            raise ConnectionRefusedError
        return json.dumps({"keys": self.keys}).encode()

    def claims(self, **claims: Any) -> Claims:
        """Those of a client that may deliver documents of exams; None leaves one out."""
        now = int(time.time())
        made = {
            "iss": self.parameters["OAuthIssuer"],
            "aud": self.parameters["OAuthAudience"],
            "azp": "examineren",
            "sub": "service-account",
            "scope": EXAMS,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        } | claims
        return {name: value for name, value in made.items() if value is not None}

    def token(self, by: str = "rsa", alg: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
        return signed(self.claims(**claims), by, alg, header)


def signed(claims: Claims, by: str = "rsa", alg: str = "RS256", header: dict[str, Any] | None = None) -> str:
    """These claims under this key; a header parameter of None is left out."""
    given = {"kid": by} | (header or {})
    kept = {name: value for name, value in given.items() if value is not None or name == "typ"}
    with warnings.catch_warnings(action="ignore", category=jwt.InsecureKeyLengthWarning):
        return jwt.encode(claims, key(by), alg, kept)


PARAMETERS = {
    "AuthMode": "oauth2",
    "OAuthIssuer": "https://login.example.nl/",
    "OAuthJwksUrl": URL,
    "OAuthAudience": "https://dms.example.nl",
    "OAuthAllowedClients": "",
    "OAuthScopePrefix": "",
    "OAuthComponents": "",
}


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """The issuer that the stack under test is configured with."""
    made = Issuer(dict(PARAMETERS))
    monkeypatch.setattr(signing_keys, "fetch", made.fetch)
    tokens.keys.cache_clear()
    yield made
    tokens.keys.cache_clear()


@pytest.fixture
def configured(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """The same, with its parameters in the environment."""
    configure(monkeypatch, PARAMETERS)
    return issuer


def caller(token: str) -> Caller:
    """Whom the token proves."""
    return identity.caller([f"Bearer {token}"])


def refusal(*authorization: str) -> Unauthorized:
    """How these Authorization headers are refused."""
    with pytest.raises(Unauthorized) as refused:
        identity.caller([*authorization])
    return refused.value


def configure(monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str]) -> None:
    """The variables that the template gives a function of a stack with these parameters."""
    for name, value in template.environment("FallbackFunction", **parameters).items():
        monkeypatch.setenv(name, value)


TENANT, DMS, CLIENT = "8f2c0d4e-5a1b-4c3d-9e7f-1a2b3c4d5e6f", "d1a5f00d-0001-4000-8000-00000000d315", "3f6c1e52-9b0a"


def _now(**claims: Any) -> Claims:
    now = int(time.time())
    return {"iat": now, "exp": now + 3600, **claims}


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: how the stack is configured for it, and a token as it makes them for a client of the exam flows."""

    parameters: dict[str, str]
    claims: Claims
    by: str = "rsa"
    alg: str = "RS256"
    header: dict[str, Any] = field(default_factory=dict)
    client: str = CLIENT

    def token(self, **claims: Any) -> str:
        made = {name: value for name, value in (self.claims | claims).items() if value is not None}
        return signed(made, self.by, self.alg, self.header)


def providers() -> dict[str, Provider]:
    """By name; the times in the claims are those of now."""
    entra_v1, entra_v2 = f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"
    cognito, keycloak = (
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1",
        "https://sso.example.nl/realms/s",
    )
    surf, resource = "https://connect.surfconext.nl", "https://dms.example.nl"
    v1 = _now(iss=entra_v1, aud=f"api://{DMS}", nbf=int(time.time()), tid=TENANT, ver="1.0", appid=CLIENT, appidacr="1")
    v2 = _now(iss=entra_v2, aud=DMS, nbf=int(time.time()), tid=TENANT, ver="2.0", azp=CLIENT, azpacr="1")
    entra_v1_claims = v1 | {"oid": "0e7b", "sub": "0e7b", "idp": entra_v1, "roles": [EXAMS], "uti": "x", "aio": "y"}
    entra_v2_claims = v2 | {"oid": "0e7b", "sub": "0e7b", "roles": [EXAMS, "other"], "uti": "x"}
    of_cognito = _now(
        iss=cognito, sub=CLIENT, client_id=CLIENT, token_use="access", version=2, auth_time=int(time.time())
    )
    of_cognito |= {"scope": f"okd-dms/{EXAMS} okd-dms/other", "jti": "5b1c"}
    of_keycloak = _now(iss=keycloak, aud=["account", resource], azp=CLIENT, sub="9c2e", typ="Bearer", acr="1", jti="a1")
    of_keycloak |= {"scope": f"email {EXAMS} profile", "client_id": CLIENT, "clientHost": "192.0.2.1"}
    of_surf = _now(iss=surf, aud=[resource], sub=CLIENT, client_id=CLIENT, scope=f"openid {EXAMS}", jti="b2")

    def to(issuer: str, audience: str, **more: str) -> dict[str, str]:
        return PARAMETERS | {"OAuthIssuer": issuer, "OAuthAudience": audience} | more

    for_cognito = to(cognito, "", OAuthAllowedClients=f"other,{CLIENT}", OAuthScopePrefix="okd-dms")
    return {
        "Entra ID v1": Provider(to(entra_v1, f"api://{DMS}"), entra_v1_claims, header={"x5t": "rsa"}),
        "Entra ID v2": Provider(to(entra_v2, DMS), entra_v2_claims),
        "Entra ID v2, scp": Provider(to(entra_v2, DMS), entra_v2_claims | {"roles": ["other"], "scp": f"a {EXAMS}"}),
        "Cognito": Provider(for_cognito, of_cognito, header={"typ": None}),
        "Keycloak": Provider(to(keycloak, resource), of_keycloak),
        "Keycloak, one audience": Provider(to(keycloak, resource), of_keycloak | {"aud": resource}),
        "Keycloak, ES256": Provider(to(keycloak, resource), of_keycloak, "ec", "ES256"),
        "Keycloak, PS256": Provider(to(keycloak, resource), of_keycloak, "pss", "PS256"),
        "SURFconext": Provider(to(surf, resource), of_surf),
        "SURFconext, at+jwt": Provider(to(surf, resource), of_surf, header={"typ": "at+jwt"}),
        "sub alone": Provider(to(surf, resource), {k: v for k, v in of_surf.items() if k != "client_id"}),
        "scp a list": Provider(to(surf, resource), of_surf | {"scope": None, "scp": ["openid", EXAMS]}),
    }
