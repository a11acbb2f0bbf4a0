"""Who a valid token stands for: one client, under a stable name, with the scopes that it was granted."""

from typing import Any

import pytest

from issuer import ALL, CLIENT, EXAMS, Issuer, caller, configure, providers, refusal
from okd_dms import identity


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_known_in_any_case(configured: Issuer, scheme: str) -> None:
    assert identity.caller([f"{scheme} {configured.token()}"]).component == "examineren"


@pytest.mark.parametrize("scheme", ["Basic", "DPoP", "Token", "", "Bearer Bearer", "Bearerx", "B\u0435arer"])
def test_another_scheme_is_refused(configured: Issuer, scheme: str) -> None:
    refusal(f"{scheme} {configured.token()}")


def test_two_headers_are_refused_even_when_they_are_equal(configured: Issuer) -> None:
    header = f"Bearer {configured.token()}"
    assert 'error="invalid_request"' in refusal(header, header).headers["WWW-Authenticate"]
    refusal("", header)


def test_a_call_without_a_token_is_told_no_error(configured: Issuer) -> None:
    assert refusal().headers["WWW-Authenticate"] == 'Bearer realm="okd-dms"'
    assert configured.fetches == 0


@pytest.mark.parametrize("client", ["azp", "appid", "client_id", "sub"])
def test_the_client_is_the_first_claim_that_names_one(configured: Issuer, client: str) -> None:
    order = ["azp", "appid", "client_id", "sub"]
    claims: dict[str, Any] = {name: name if order.index(name) >= order.index(client) else None for name in order}
    assert caller(configured.token(**claims)).component == client


def test_a_component_keeps_its_name_when_its_client_is_renewed(
    configured: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTH_COMPONENTS", "client-1=examineren,client-2=examineren,https://a?b=c=roosters")
    assert {caller(configured.token(azp=f"client-{number}")).component for number in (1, 2)} == {"examineren"}
    assert caller(configured.token(azp="https://a?b=c")).component == "roosters"
    assert caller(configured.token(azp="client-3")).component == "client-3"


def test_no_client_takes_the_name_of_a_component_that_is_another(
    configured: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTH_COMPONENTS", "client-1=examineren,roosters=roosters")
    refusal(f"Bearer {configured.token(azp='examineren')}")
    assert caller(configured.token(azp="roosters")).component == "roosters"


def test_clients_that_are_not_listed_are_refused_and_without_a_list_none_is(
    configured: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert caller(configured.token(azp="another")).component == "another"
    monkeypatch.setenv("OAUTH_ALLOWED_CLIENTS", "examineren,roosters")
    assert caller(configured.token()).component == "examineren"
    for client in ("another", "examineren,roosters", "exam"):
        refusal(f"Bearer {configured.token(azp=client)}")
    refusal(f"Bearer {configured.token(azp='another', client_id='examineren', sub='examineren')}")


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": None},
        {"token_use": "id"},
        {"client_id": None},
        {"client_id": "not-listed"},
        {"client_id": ""},
        {"aud": "anything"},
        {"azp": "not-listed"},
    ],
    ids=str,
)
def test_without_an_audience_only_an_access_token_of_a_listed_client_counts(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any]
) -> None:
    assert issuer.reachable
    cognito = providers()["Cognito"]
    configure(monkeypatch, cognito.parameters)
    assert caller(cognito.token()).component == CLIENT
    refusal(f"Bearer {cognito.token(**claims)}")
    monkeypatch.setenv("OAUTH_ALLOWED_CLIENTS", "")
    refusal(f"Bearer {cognito.token()}")
    refusal(f"Bearer {cognito.token(**claims)}")


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": f"{EXAMS} {ALL}"}, {EXAMS, ALL}),
        ({"scope": [EXAMS]}, {EXAMS}),
        ({"scope": None, "scp": EXAMS}, {EXAMS}),
        ({"scope": None, "scp": [EXAMS, ALL]}, {EXAMS, ALL}),
        ({"scope": "", "scp": "x", "roles": [EXAMS]}, {"x", EXAMS}),
        ({"scope": None, "roles": [EXAMS, 1, None, [ALL]]}, {EXAMS}),
        ({"scope": None, "roles": {EXAMS: True}}, set()),
        ({"scope": None, "groups": [EXAMS], "permissions": [EXAMS]}, set()),
        ({"scope": f"{EXAMS},{ALL}"}, {f"{EXAMS},{ALL}"}),
        ({"scope": EXAMS.upper()}, {EXAMS.upper()}),
        ({"scope": f"x/{EXAMS}"}, {f"x/{EXAMS}"}),
    ],
    ids=str,
)
def test_scopes_are_those_of_scope_scp_and_roles(configured: Issuer, claims: dict[str, Any], scopes: set[str]) -> None:
    assert caller(configured.token(**claims)).scopes - {""} == scopes


def test_with_a_prefix_only_scopes_behind_it_count(configured: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTH_SCOPE_PREFIX", "okd-dms")
    given = f"{ALL} okd-dms/{EXAMS} other/{ALL} okd-dms{ALL} okd-dms/okd-dms/{ALL}"
    assert caller(configured.token(scope=given)).scopes == {EXAMS, f"okd-dms/{ALL}"}
