"""Access tokens: JSON Web Tokens (RFC 7519) of the configured issuer, verified by PyJWT as RFC 8725 advises."""

import functools
import os
from typing import Any

import jwt

from okd_dms.errors import Unauthorized
from okd_dms.signing_keys import ALGORITHMS, SigningKeys

LEEWAY_SECONDS = 30
"""What the issuer's clock and ours may differ."""
_TYPES = {"jwt", "at+jwt", "application/at+jwt"}
"""Header `typ` of access tokens (RFC 9068, 2.1); Cognito leaves it out."""


@functools.cache
def keys(url: str) -> SigningKeys:
    """The issuer's keys, kept for the life of the process."""
    return SigningKeys(url)


def verified(token: str) -> dict[str, Any]:
    """The claims of a token that this issuer made, for this API, and that holds now.

    Raises Unauthorized for every other, and DependencyFailed when the issuer's keys can't be had.
    """
    try:
        claims = _decoded(token)
    except jwt.ExpiredSignatureError:
        raise Unauthorized(
            "The token has expired. Request a new one and repeat the call.", error="invalid_token", reason="expired"
        ) from None
    except jwt.PyJWTError as error:
        raise _refused(type(error).__name__) from None
    _check_is_access_token(claims)
    return claims


def _decoded(token: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)  # refuses critical headers (RFC 7515, 4.1.11) that it does not know
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise _refused("typ")
    key = keys(os.environ["OAUTH_JWKS_URL"]).find(header.get("kid", ""))
    if key is None:
        raise _refused("kid")
    return jwt.decode(  # a PyJWK verifies by its own algorithm alone
        token,
        key,
        algorithms=ALGORITHMS,
        issuer=os.environ["OAUTH_ISSUER"],
        audience=os.environ["OAUTH_AUDIENCE"] or None,  # without one, a token that names any is refused
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp"], "enforce_minimum_key_length": True},
    )


def _check_is_access_token(claims: dict[str, Any]) -> None:
    """Cognito's access tokens name no audience: then the client must be a listed one.

    Refused: what says that it is no access token (`token_use` of Cognito, `typ` of Keycloak), and what is bound to a
    key that a bearer does not prove (`cnf`, RFC 7800).
    """
    if claims.get("token_use", "access") != "access" or claims.get("typ", "Bearer") != "Bearer" or "cnf" in claims:
        raise _refused("kind of token")
    if not os.environ["OAUTH_AUDIENCE"]:
        listed = os.environ["OAUTH_ALLOWED_CLIENTS"]
        if "token_use" not in claims or not listed or claims.get("client_id") not in listed.split(","):
            raise _refused("no audience")


def _refused(reason: str) -> Unauthorized:
    return Unauthorized(error="invalid_token", reason=reason)
