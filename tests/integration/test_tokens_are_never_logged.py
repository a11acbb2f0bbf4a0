"""No token, no part of one, and of its claims nothing but the client, in a log or in an answer."""

from collections.abc import Callable

import pytest

import outages
from issuer import Issuer
from moto_store import Store
from okd_dms import identity
from refused_tokens import REFUSED
from routes import OPERATIONS, ROUTES, plain

MARK = "Vertrouwelijk"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def closed(store: Store, issuer: Issuer) -> Store:
    store.parameters = issuer.parameters
    return store


def parts(token: str) -> list[str]:
    return [part for part in token.split(".") if len(part) > 8]


def test_a_token_that_is_taken_leaves_its_client_and_nothing_else(
    closed: Store, issuer: Issuer, log: Callable[[], str]
) -> None:
    closed.token = issuer.token(sub=MARK, name=MARK, email=MARK, scope=f"okd:examdocuments {MARK}")
    answered = [plain(route).make(closed, UNKNOWN).body.decode() for route in ROUTES]
    closed.token = issuer.token(sub=MARK, scope=MARK)
    answered += [plain(route).make(closed, UNKNOWN).body.decode() for route in ROUTES]
    written = "".join([log(), *answered])
    assert '"component":"examineren"' in written
    assert MARK not in written
    assert not [part for part in parts(closed.token)[1:] if part in written]


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_is_refused_leaves_a_reason_and_nothing_else(
    closed: Store, issuer: Issuer, log: Callable[[], str], name: str
) -> None:
    closed.token = REFUSED[name](issuer)
    answer = closed.get(UNKNOWN)
    written = log() + str(answer)
    assert answer.status == 401
    assert '"reason":"' in written
    assert not [part for part in parts(closed.token) if part in written]
    assert MARK not in written


@pytest.mark.parametrize("route", OPERATIONS, ids=" ".join)
def test_a_failure_leaves_nothing_of_the_token(
    closed: Store, issuer: Issuer, log: Callable[[], str], route: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed.token = issuer.token(sub=MARK)
    answers = []
    for operation in ("GetItem", "PutItem", "PutObject", "TransactWriteItems"):
        with outages.failing(operation, outages.refusal("ThrottlingException")):
            answers.append(plain(route).make(closed, UNKNOWN))

    def fail(authorization: list[str]) -> None:
        raise RuntimeError(authorization[0])

    monkeypatch.setattr(identity, "_bearer", fail)
    answers.append(plain(route).make(closed, UNKNOWN))
    assert answers[-1].status == 500
    written = log() + str(answers)
    assert "RuntimeError" in written
    assert not [part for part in parts(closed.token) if part in written]
