"""The demo with tokens: how a client gets one, and who is turned away."""

import json
from dataclasses import replace

from curl import Curl
from local_issuer import EXAMS, INTERNSHIPS, LocalIssuer, prefixed

AS_JSON = "-H 'Content-Type: application/json'"


def with_token(curl: Curl, issuer: LocalIssuer, component: str, scope: str) -> Curl:
    """The same with a token in every call to the API, got by the client credentials of this component."""
    print(f"\nA token for {component}, with the scope {scope}")
    known = {"TOKEN_ENDPOINT": issuer.token_endpoint, "CLIENT": issuer.clients[component].credentials}
    client = replace(curl, variables=curl.variables | known)
    asked = f"-d grant_type=client_credentials -d scope={prefixed(scope)}"
    answer = json.loads(client(f'-si -u "$CLIENT" $TOKEN_ENDPOINT {asked}', 200))
    print(f"    200  a {answer['token_type']} token for {answer['expires_in']} seconds, from here on $TOKEN")
    return replace(curl, variables=curl.variables | {"TOKEN": answer["access_token"]})


def turned_away(curl: Curl, issuer: LocalIssuer, document_id: str) -> None:
    """Calls without a token, without the scope, and for the document of another: each is refused."""
    print("\nWithout a token nobody comes in")
    _refused(curl, f"-si $API/documents/{document_id}", 401)
    _refused(curl, "-si $API/somewhere/else", 401)
    internships = with_token(curl, issuer, "toetsafname", INTERNSHIPS)
    _refused(internships, f"-si $API/documents {AS_JSON} -d @.demo/sitting-in-json.json", 403)
    another = with_token(curl, issuer, "toetsafname", EXAMS)
    print("    and a document of another component is like one that is not there")
    _refused(another, f"-si $API/documents/{document_id}", 404)
    _refused(another, f"-si -X DELETE $API/documents/{document_id}", 404)


def _refused(curl: Curl, arguments: str, status: int) -> None:
    problem = json.loads(curl(arguments, status))
    print(f"    {status}  {problem['title']}: {problem['detail']}")
