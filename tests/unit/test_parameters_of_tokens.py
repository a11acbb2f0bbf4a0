"""What an operator may fill in for the issuer, and what a stack that asks for none pays for it."""

import re
import subprocess
import sys

import pytest

import template
from issuer import providers
from moto_store import ROOT

URL = "http://localhost:4566/eu-central-1_Ab1/.well-known/jwks.json"


def fits(parameter: str, value: str) -> bool:
    return re.search(template.load()["Parameters"][parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize("name", providers())
def test_what_each_provider_needs_can_be_filled_in(name: str) -> None:
    given = {p: value for p, value in providers()[name].parameters.items() if p.startswith("OAuth")}
    assert [parameter for parameter, value in given.items() if not fits(parameter, value)] == []


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("OAuthIssuer", "http://login.example.nl"),
        ("OAuthIssuer", "login.example.nl"),
        ("OAuthIssuer", "https://login.example.nl /"),
        ("OAuthJwksUrl", "http://login.example.nl/keys"),
        ("OAuthJwksUrl", "http://localhost.example.nl/keys"),
        ("OAuthJwksUrl", "http://localhost@login.example.nl/keys"),
        ("OAuthJwksUrl", "file:///keys"),
        ("OAuthAudience", "a b"),
        ("OAuthAllowedClients", "a, b"),
        ("OAuthAllowedClients", "a,,b"),
        ("OAuthAllowedClients", ","),
        ("OAuthComponents", "client"),
        ("OAuthComponents", "client="),
        ("OAuthComponents", "=component"),
        ("OAuthComponents", "a=b, c=d"),
        ("OAuthComponents", "a=b,"),
    ],
)
def test_what_could_not_work_is_refused_before_anything_is_made(parameter: str, value: str) -> None:
    assert not fits(parameter, value)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("OAuthJwksUrl", URL),
        ("OAuthAllowedClients", "https://app.example.nl/?a=b,3f6c1e52-9b0a"),
        ("OAuthComponents", "https://app.example.nl/?a=b=roosters,3f6c1e52-9b0a=examineren,old=-"),
    ],
)
def test_ids_of_any_form_can_be_filled_in(parameter: str, value: str) -> None:
    assert fits(parameter, value)


@pytest.mark.parametrize("rule", ["OAuth2HasIssuer"])
def test_without_an_issuer_and_who_it_speaks_to_nothing_is_deployed(rule: str) -> None:
    written = template.load()["Rules"][rule]
    assert written["RuleCondition"] == {"Fn::Equals": [{"Ref": "AuthMode"}, "oauth2"]}
    needed = [str(assertion["Assert"]) for assertion in written["Assertions"]]
    assert all(name in needed[0] for name in ("'OAuthIssuer'", "'OAuthJwksUrl'", "Fn::And"))
    assert all(name in needed[1] for name in ("'OAuthAudience'", "'OAuthAllowedClients'", "Fn::Or"))


@pytest.mark.parametrize(("mode", "loaded"), [("none", False), ("oauth2", True)])
def test_cryptography_is_loaded_only_where_tokens_are_verified(mode: str, loaded: bool) -> None:
    program = """
import sys
from okd_dms import access, api, identity
from okd_dms.errors import DmsError
assert not {"jwt", "cryptography"} & sys.modules.keys()
try:
    identity.caller(["Bearer a.b.c"])
except DmsError:
    pass
print({"jwt", "cryptography"} <= sys.modules.keys())
"""
    environment = {"AUTH_MODE": mode, "PYTHONPATH": str(ROOT / "layers/dms"), "PATH": ""}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(loaded)
