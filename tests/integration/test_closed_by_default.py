"""Who calls is decided before anything else: the API is closed unless its deployer has opened it."""

import pytest

import template
from messages import result, with_content
from moto_store import Store, proxy_event
from okd_dms import identity
from okd_dms.strict_json import dumps

BODY = dumps(with_content(result())).encode()
ROUTES = [
    (method, path)
    for given, path in template.routes()
    for method in ([given] if given != "ANY" else ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_is_closed_unless_it_is_opened_in_so_many_words(store: Store, method: str, path: str) -> None:
    parameters = {"documentId": "00000000-0000-4000-8000-000000000000"} if "{documentId}" in path else {}
    headers = {"Content-Type": "application/json", "Authorization": "Bearer x"}
    for mode in ("oauth2", "", "None", "NONE", "none "):
        store.parameters["AuthMode"] = mode
        answer = store.invoke(proxy_event(method, path, BODY, headers, None, parameters))
        assert answer.status == 401
        if method != "HEAD":
            answer.problem(401, "unauthorized")
        assert store.calls == []
    assert store.is_empty()


def test_an_unset_mode_is_closed_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        template, "environment", lambda *_, **__: {"TABLE_NAME": "documents", "BUCKET_NAME": "contents"}
    )
    monkeypatch.delenv("AUTH_MODE", raising=False)
    store.post_json(BODY).problem(401, "unauthorized")
    assert store.is_empty()


def test_a_malformed_call_is_told_no_more_than_a_good_one(store: Store) -> None:
    store.parameters["AuthMode"] = "oauth2"
    for body in (b"{", b""):
        store.post_json(body).problem(401, "unauthorized")
    store.get("no uuid").problem(401, "unauthorized")


def test_without_authorization_everyone_is_the_same_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MODE", "none")
    assert identity.caller([]).component == identity.caller(["Bearer x"]).component == "-"
