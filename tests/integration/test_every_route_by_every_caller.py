"""Every route of the template by everyone who may not call it: refused alike, before anything else happens."""

import time
from collections.abc import Callable

import pytest

from issuer import ADMINISTRATION, EXAMS, Issuer
from moto_store import Store
from okd_dms.caller import CHANGE, DELIVER, READ
from refused_tokens import REFUSED
from routes import FALLING_BACK, OPERATIONS, ROUTES, WRITING, Call, plain, seen

UNKNOWN = "00000000-0000-4000-8000-000000000000"

type Headers = list[tuple[str, str]]

STRANGERS: dict[str, Callable[[Issuer], Headers]] = {
    "no token": lambda _: [],
    "expired token": lambda i: bearer(i.token(exp=int(time.time()) - 3600)),
    "another issuer's token": lambda i: bearer(i.token(iss="https://login.example.org/")),
    "token for another API": lambda i: bearer(i.token(aud="https://another.example.nl")),
    "token under a stranger's key": lambda i: bearer(i.token("stranger", header={"kid": "rsa"})),
    "unsigned token": lambda i: bearer(REFUSED["alg none"](i)),
    "garbage": lambda _: bearer("garbage"),
    "token under another scheme": lambda i: [("Authorization", f"Token {i.token()}")],
    "token twice": lambda i: bearer(i.token()) * 2,
    "token in two spellings of the header": lambda i: [*bearer(i.token()), ("authorization", f"Bearer {i.token()}")],
    "token elsewhere": lambda i: [("Proxy-Authorization", f"Bearer {i.token()}"), ("X-Api-Key", i.token())],
    "token as a cookie": lambda i: [("Cookie", f"access_token={i.token()}")],
}
WITHOUT_SCOPE = ["", "openid profile", "okd:studentinfo", "okd:destroyednotification", "okd:exam", f"x{EXAMS}"]


def bearer(token: str) -> Headers:
    return [("Authorization", f"Bearer {token}")]


@pytest.fixture
def closed(store: Store, issuer: Issuer) -> Store:
    store.parameters = issuer.parameters
    return store


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_stranger_is_told_nothing_whatever_the_route(closed: Store, issuer: Issuer, route: tuple[str, str]) -> None:
    """One body for all routes of a method, so that not even their being there shows."""
    for name, headers in STRANGERS.items():
        for names in (UNKNOWN, "no uuid"):
            answer = plain(route).make(closed, names, headers(issuer))
            known = seen(closed, answer)
            unknown = seen(closed, Call(route[0], "/{proxy+}").make(closed, "x", headers(issuer)))
            assert known == unknown, name
            assert (answer.status, closed.calls) == (401, [])
            assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="okd-dms"')
    assert closed.is_empty()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_token_in_the_query_is_no_token(closed: Store, issuer: Issuer, route: tuple[str, str]) -> None:
    call = plain(route)
    carried = Call(call.method, call.path, call.body, call.headers, call.query | {"access_token": issuer.token()})
    assert carried.make(closed, UNKNOWN).status == 401


@pytest.mark.parametrize("scope", WITHOUT_SCOPE)
@pytest.mark.parametrize("route", OPERATIONS, ids=" ".join)
def test_a_caller_without_a_scope_is_told_which_before_anything_else(
    closed: Store, issuer: Issuer, route: tuple[str, str], scope: str
) -> None:
    closed.token = issuer.token(scope=scope)
    for names in (UNKNOWN, "no uuid"):
        answer = plain(route).make(closed, names)
        assert (answer.status, closed.calls) == (403, [])
        needed = " ".join(READ if route not in WRITING else DELIVER if route[0] == "POST" else CHANGE)
        assert answer.headers["WWW-Authenticate"].endswith(f'error="insufficient_scope", scope="{needed}"')
        if route[0] != "HEAD":
            assert EXAMS in answer.problem(403, "forbidden")["detail"]
    assert closed.is_empty()


@pytest.mark.parametrize("route", FALLING_BACK, ids=" ".join)
def test_what_is_not_there_is_not_there_for_any_valid_token(
    closed: Store, issuer: Issuer, route: tuple[str, str]
) -> None:
    closed.token = issuer.token(scope="openid")
    assert plain(route).make(closed, UNKNOWN).status in (404, 405)


@pytest.mark.parametrize("route", WRITING, ids=" ".join)
def test_the_administrative_scope_writes_nothing(closed: Store, issuer: Issuer, route: tuple[str, str]) -> None:
    closed.token = issuer.token(scope=ADMINISTRATION)
    assert plain(route).make(closed, UNKNOWN).status == 403
    assert closed.calls == []


@pytest.mark.parametrize("route", OPERATIONS, ids=" ".join)
def test_any_one_of_the_scopes_is_enough(closed: Store, issuer: Issuer, route: tuple[str, str]) -> None:
    for scope in DELIVER:
        closed.token = issuer.token(scope=scope)
        assert plain(route).make(closed, UNKNOWN).status in (200, 404)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nobody_comes_in_while_the_issuers_keys_cannot_be_had(
    closed: Store, issuer: Issuer, route: tuple[str, str]
) -> None:
    issuer.reachable = False
    closed.token = issuer.token()
    for _ in range(2):
        answer = plain(route).make(closed, UNKNOWN)
        assert (answer.status, closed.calls) == (503, [])
        assert answer.headers["Retry-After"] == "5"
    assert issuer.fetches == 1
