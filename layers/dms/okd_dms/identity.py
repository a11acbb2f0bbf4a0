"""Who calls: decided in one place, before anything else happens.

The bearer token (RFC 6750) says it while AuthMode is oauth2; while it is none, everyone is the same caller.
"""

import os
import re
from typing import Any

from okd_dms.caller import EVERYONE, NOBODY, Caller
from okd_dms.errors import Unauthorized

_CLIENT_CLAIMS = ("azp", "appid", "client_id", "sub")
"""Where providers put the client's id: OpenID Connect and Entra ID v2, Entra ID v1, RFC 9068 and Cognito, all."""
_MAX_TOKEN = 8 * 1024
"""In characters; API Gateway takes 10,240 bytes of headers in all."""


def caller(authorization: list[str]) -> Caller:
    """The caller that these Authorization headers prove. Raises Unauthorized, and DependencyFailed when none can be.

    No variable but AUTH_MODE=none lets everyone in, and no failure does.
    """
    mode = os.environ.get("AUTH_MODE")
    if mode == "none":
        return EVERYONE
    token = _bearer(authorization)
    if mode != "oauth2":
        raise Unauthorized(reason="AuthMode")
    from okd_dms import tokens  # noqa: PLC0415 - cryptography takes its time to load, and AuthMode=none needs none of it

    claims = tokens.verified(token)
    return Caller(_component(claims), _scopes(claims))


def _bearer(authorization: list[str]) -> str:
    """The token of the one Authorization header; one in the query or the body (RFC 6750, 2.2 and 2.3) is not read."""
    if not authorization:
        raise Unauthorized
    if len(authorization) > 1:
        raise Unauthorized("Send the header Authorization once.", error="invalid_request", reason="headers")
    if len(authorization[0]) > _MAX_TOKEN:
        raise Unauthorized(error="invalid_token", reason="size")
    found = re.fullmatch(r" *bearer +([\w-]+\.[\w-]+\.[\w-]+) *", authorization[0], re.ASCII | re.IGNORECASE)
    if not found:
        raise Unauthorized(
            "Send the header Authorization as: Bearer, a space, and the access token.",
            error="invalid_request",
            reason="scheme",
        )
    return found[1]


def _component(claims: dict[str, Any]) -> str:
    """The stable name of the client: that of OAUTH_COMPONENTS (client=name, separated by commas), else its id.

    A name stands for the clients that are mapped to it and for no other, whatever ids the issuer hands out.
    """
    client = next((claims[name] for name in _CLIENT_CLAIMS if claims.get(name) is not None), None)
    if not isinstance(client, str) or not re.fullmatch("[!-~]{1,255}", client):
        raise Unauthorized(error="invalid_token", reason="client")
    allowed = os.environ["OAUTH_ALLOWED_CLIENTS"]
    if allowed and client not in allowed.split(","):
        raise Unauthorized(error="invalid_token", reason="client not listed")
    mapped = os.environ["OAUTH_COMPONENTS"]
    names = dict(pair.rsplit("=", 1) for pair in mapped.split(",")) if mapped else {}
    if client in names:
        return names[client]
    if client == NOBODY or client in names.values():
        raise Unauthorized(error="invalid_token", reason="name of another component")
    return client


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """The scopes of `scope` and `scp` (RFC 8693, Entra ID) and of `roles` (Entra ID), without the provider's prefix."""
    granted: set[str] = set()
    for given in (claims.get("scope"), claims.get("scp"), claims.get("roles")):
        if isinstance(given, str):
            granted |= set(given.split(" "))
        elif isinstance(given, list):
            granted |= {scope for scope in given if isinstance(scope, str)}
    prefix = os.environ["OAUTH_SCOPE_PREFIX"]
    if prefix:
        granted = {scope.removeprefix(f"{prefix}/") for scope in granted if scope.startswith(f"{prefix}/")}
    return frozenset(granted)
