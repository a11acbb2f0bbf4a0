"""Paths and methods that the API does not have: 404, and 405 with what the path does know."""

import pytest

import template
from moto_store import Store, proxy_event

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
KNOWN: dict[str, set[str]] = {}
for known_method, known_path in template.operations():
    KNOWN.setdefault(known_path, set()).add(known_method)
UNKNOWN_METHODS = [(method, path) for path, methods in sorted(KNOWN.items()) for method in sorted(METHODS - methods)]


@pytest.mark.parametrize(("method", "path"), UNKNOWN_METHODS)
def test_an_unknown_method_of_a_known_path_is_told_the_known_ones(store: Store, method: str, path: str) -> None:
    answer = store.call(method, path, documentId="00000000-0000-4000-8000-000000000000")
    if method != "HEAD":
        answer.problem(405, "method-not-allowed")
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(", ")) == KNOWN[path]


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("path", ["/", "/{proxy+}"])
def test_an_unknown_path_is_not_found_by_any_method(store: Store, method: str, path: str) -> None:
    answer = store.call(method, path)
    assert answer.status == 404
    assert "Allow" not in answer.headers
    if method == "HEAD":
        assert answer.body == b""
    else:
        answer.problem(404, "route-not-found")


def test_what_the_path_holds_is_not_repeated(store: Store) -> None:
    event = proxy_event("GET", "/{proxy+}", None, None, None, {"proxy": "students/1234567"})
    answer = store.invoke(event | {"path": "/students/1234567"})
    assert b"1234567" not in answer.body.replace(answer.json()["instance"].encode(), b"")


def test_the_base_path_of_a_custom_domain_makes_no_difference(store: Store) -> None:
    event = proxy_event("PUT", "/documents", None, None, None, {})
    assert store.invoke(event | {"path": "/okd/v1/documents"}).status == 405
