"""Which tokens are taken, of which provider, and which are not: a token proves a caller, or nothing."""

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from issuer import CLIENT, EXAMS, PARAMETERS, Issuer, caller, configure, providers, refusal
from okd_dms import tokens
from okd_dms.caller import ALL_DOCUMENTS, EXAM_DOCUMENTS, Caller
from okd_dms.errors import DependencyFailed
from refused_tokens import HOUR, REFUSED, b64, with_other_claims

PROVIDERS = providers()


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_token_of_each_provider_proves_its_client(issuer: Issuer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert issuer.fetches == 0
    configure(monkeypatch, PROVIDERS[name].parameters)
    proved = caller(PROVIDERS[name].token())
    assert proved.component == CLIENT
    assert EXAM_DOCUMENTS in proved.scopes
    assert ALL_DOCUMENTS not in proved.scopes


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.example.org/"},
        {"iss": None},
        {"aud": "https://another-api.example.nl"},
        {"aud": ["https://another-api.example.nl"]},
        {"exp": -HOUR},
        {"exp": None},
        {"nbf": HOUR},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_or_not_for_now_is_refused_of_each_provider(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, name: str, claims: dict[str, Any]
) -> None:
    assert issuer.reachable
    configure(monkeypatch, PROVIDERS[name].parameters)
    now = int(time.time())
    moments = {claim: now + offset for claim, offset in claims.items() if isinstance(offset, int)}
    refusal(f"Bearer {PROVIDERS[name].token(**claims | moments)}")


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_token_of_one_provider_is_not_one_of_another(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert issuer.reachable
    configure(monkeypatch, PROVIDERS[name].parameters)
    for other in PROVIDERS.values():
        if other.parameters != PROVIDERS[name].parameters:
            refusal(f"Bearer {other.token()}")


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_proves_nothing_is_refused(configured: Issuer, name: str) -> None:
    token = REFUSED[name](configured)
    refused = refusal(f"Bearer {token}")
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"].startswith('Bearer realm="okd-dms", error="invalid_')
    assert not token or token not in str(refused.__dict__)


def test_the_tokens_that_are_refused_differ_from_one_that_is_taken(configured: Issuer) -> None:
    """Else they could be refused for another reason than the one that they are here for."""
    assert caller(configured.token()) == Caller("examineren", frozenset({EXAMS}))
    assert caller(configured.token("ec", "ES256")).component == "examineren"
    assert caller(configured.token(header={"jku": "https://evil.example.org/keys"})).component == "examineren"
    assert caller(configured.token(exp=int(time.time()) - tokens.LEEWAY_SECONDS + 10)).component == "examineren"
    assert caller(configured.token(nbf=int(time.time()) + tokens.LEEWAY_SECONDS - 10)).component == "examineren"
    assert caller(configured.token(aud=["x", "https://dms.example.nl"])).component == "examineren"
    assert caller(configured.token(filler="x" * 5000)).component == "examineren"
    assert caller(with_other_claims(configured)).component == "examineren"


def test_an_expired_token_is_told_apart(configured: Issuer) -> None:
    assert "expired" in refusal(f"Bearer {REFUSED['expired'](configured)}").detail


@given(st.text() | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}"))
@example("\ud800.a.b")
@example("e30.e30.e30")
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        configure(patch, PARAMETERS)
        refusal(f"Bearer {text}")
        refusal(text)


@given(
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), st.none() | st.text() | st.integers())
)
def test_no_header_opens_a_door(header: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        configure(patch, PARAMETERS)
        patch.setattr(tokens.keys(PARAMETERS["OAuthJwksUrl"]), "find", lambda _: None)
        refusal(f"Bearer {b64({'alg': 'RS256', 'kid': 'rsa'} | header)}.{b64({})}.{b64(b'x')}")


def test_keys_that_cannot_be_had_open_nothing(configured: Issuer) -> None:
    configured.reachable = False
    with pytest.raises(DependencyFailed) as failed:
        caller(configured.token())
    assert failed.value.status == 503
    assert failed.value.headers["Retry-After"] == "5"
