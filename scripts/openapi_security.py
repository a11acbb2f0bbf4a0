"""Who may call what, as OpenAPI tells it: alternatives in `security` are any-of, as the scopes are here."""

from okd_dms.caller import CHANGE, DELIVER, READ, READ_ALL
from openapi_schemas import Schema

SECURITY_SCHEME = "clientCredentials"

_OPENS = {
    READ_ALL: "Read what any component delivered; change nothing.",
    **dict.fromkeys(CHANGE, "Read and change what the component delivered, of the kind that the scope covers."),
    **dict.fromkeys(DELIVER, "Deliver documents of exams; read and change what the component delivered."),
}


def schemes() -> Schema:
    """The one way to authenticate; a stack with AuthMode=none asks for no token."""
    flow = {"tokenUrl": "https://login.example.nl/oauth2/token", "scopes": {scope: _OPENS[scope] for scope in READ}}
    description = (
        "An access token of the issuer that the stack is configured with, whose address tokenUrl stands in for. The"
        " provider may put a prefix before a scope. With AuthMode=none no token is asked for."
    )
    return {SECURITY_SCHEME: {"type": "oauth2", "description": description, "flows": {"clientCredentials": flow}}}
