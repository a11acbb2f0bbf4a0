"""A token issuer on this machine: Cognito as MiniStack plays it, with a client for each of two components.

Its tokens name the issuer that Cognito has on AWS; the keys that they are verified by are on the local stand-in.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from local_build import REGION

RESOURCE_SERVER = "okd-dms"
"""What Cognito puts before each scope, and a slash."""
EXAMS, INTERNSHIPS, READ_ALL = "okd:examdocuments", "okd:bpvdocuments", "dms:readall"
SCOPES = {
    "examineren": (EXAMS,),
    "toetsafname": (EXAMS, INTERNSHIPS, READ_ALL),
}
"""The components, and the scopes that the client of each may ask for."""


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client, and the component that it calls for."""

    component: str
    id: str
    secret: str

    @property
    def credentials(self) -> str:
        """As curl -u takes them."""
        return f"{self.id}:{self.secret}"


@dataclass(frozen=True, slots=True)
class LocalIssuer:
    """A user pool with its clients, by the name of their component; `endpoint` is that of the local stand-in."""

    endpoint: str
    pool: str
    clients: dict[str, Client]

    @property
    def token_endpoint(self) -> str:
        return f"{self.endpoint}/oauth2/token"

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of a stack that takes its tokens."""
        return {
            "AuthMode": "oauth2",
            "OAuthIssuer": f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool}",
            "OAuthJwksUrl": f"{self.endpoint}/{self.pool}/.well-known/jwks.json",
            "OAuthAllowedClients": ",".join(client.id for client in self.clients.values()),
            "OAuthScopePrefix": RESOURCE_SERVER,
            "OAuthComponents": ",".join(f"{client.id}={component}" for component, client in self.clients.items()),
        }

    def how_to_get_a_token(self) -> str:
        """Lines for a shell, for each component."""
        lines = ['A token, for an hour, by one of these; then curl -H "Authorization: Bearer $TOKEN" ...']
        for component, client in self.clients.items():
            asked = f"-d grant_type=client_credentials -d scope={prefixed(EXAMS)}"
            found = """sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/'"""
            line = f"TOKEN=$(curl -s -u '{client.credentials}' {self.token_endpoint} {asked} | {found})"
            lines.append(f"  {line}  # {component}")
        return "\n".join(lines)

    def token(self, component: str, *scopes: str) -> str:
        """A token of this component's client, with these scopes."""
        client = self.clients[component]
        answer = httpx.post(
            self.token_endpoint,
            data={"grant_type": "client_credentials", "scope": " ".join(map(prefixed, scopes))},
            auth=(client.id, client.secret),
            trust_env=False,
        )
        return str(answer.raise_for_status().json()["access_token"])


def prefixed(scope: str) -> str:
    """A scope as this issuer knows it."""
    return f"{RESOURCE_SERVER}/{scope}"


def made(cognito: Any, endpoint: str) -> LocalIssuer:
    """A new issuer."""
    pool = cognito.create_user_pool(PoolName=RESOURCE_SERVER)["UserPool"]["Id"]
    every = sorted({scope for scopes in SCOPES.values() for scope in scopes})
    cognito.create_resource_server(
        UserPoolId=pool,
        Identifier=RESOURCE_SERVER,
        Name=RESOURCE_SERVER,
        Scopes=[{"ScopeName": scope, "ScopeDescription": scope} for scope in every],
    )
    clients = {}
    for component, scopes in SCOPES.items():
        client = cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName=component,
            GenerateSecret=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthScopes=[*map(prefixed, scopes)],
        )["UserPoolClient"]
        clients[component] = Client(component, client["ClientId"], client["ClientSecret"])
    return LocalIssuer(endpoint, pool, clients)
