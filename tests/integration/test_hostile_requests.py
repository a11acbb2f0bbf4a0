"""Requests that are wrong before their body is read: headers, media types, and what the gateway says of the body."""

from typing import Any

import pytest

from messages import PDF, result, with_content
from moto_store import Part, Store, multipart, proxy_event
from okd_dms.strict_json import dumps

BODY = dumps(with_content(result())).encode()
JSON = {"Content-Type": "application/json"}


def event(**changes: Any) -> dict[str, Any]:
    return proxy_event("POST", "/documents", BODY, JSON, None, {}) | changes


@pytest.mark.parametrize(
    "content_type",
    [
        *("application/xml", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "json"),
        *("application/pdf", "application/json-patch+json", "application/merge-patch+json", "*/*", "", ";", "\x00"),
        "application/json, application/json",
    ],
)
def test_a_content_type_that_is_not_taken_is_refused(store: Store, content_type: str) -> None:
    answer = store.call("POST", "/documents", body=BODY, headers={"Content-Type": content_type})
    problem = answer.problem(415, "unsupported-media-type")
    assert "multipart/form-data" in problem["detail"]
    assert store.is_empty()


def test_a_body_without_content_type_is_refused(store: Store) -> None:
    for body in (BODY, b"", None):
        store.call("POST", "/documents", body=body).problem(415, "unsupported-media-type")
    assert store.is_empty()


@pytest.mark.parametrize("body", [b"", None])
def test_no_body_at_all_is_refused(store: Store, body: bytes | None) -> None:
    for content_type in ("application/json", "multipart/form-data; boundary=x"):
        answer = store.call("POST", "/documents", body=body, headers={"Content-Type": content_type})
        answer.problem(400, "malformed-request")
    assert store.is_empty()


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, identity", "x"])
def test_a_compressed_body_is_refused(store: Store, coding: str) -> None:
    answer = store.call("POST", "/documents", body=BODY, headers=JSON | {"Content-Encoding": coding})
    answer.problem(415, "unsupported-media-type")
    assert store.is_empty()


def test_a_body_that_says_it_is_not_compressed_is_taken(store: Store) -> None:
    answer = store.call("POST", "/documents", body=BODY, headers=JSON | {"Content-Encoding": "identity"})
    assert answer.status == 200


@pytest.mark.parametrize("name", ["Content-Type", "Content-Encoding", "Idempotency-Key"])
def test_a_header_that_says_two_things_is_refused(store: Store, name: str) -> None:
    given = {"Content-Encoding": "identity", "Idempotency-Key": "a"} | JSON
    headers = [*given.items(), (name.lower(), given[name])]
    store.call("POST", "/documents", body=BODY, headers=headers).problem(400, "malformed-request")
    assert store.is_empty()


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_has_1_to_255_characters(store: Store, key: str) -> None:
    store.post_json(BODY, Idempotency_Key=key).problem(400, "malformed-request")
    assert store.is_empty()
    assert store.post_json(BODY, Idempotency_Key="x" * 255).status == 200


@pytest.mark.parametrize("body", ["not base64!", "QQ", "QQ==QQ==", "é", "-_-_"])
def test_an_event_whose_base64_is_broken_is_refused(store: Store, body: str) -> None:
    store.invoke(event(body=body)).problem(400, "malformed-request")
    encoded = event()["body"]
    store.invoke(event(body=f"{encoded[:8]}!{encoded[8:]}")).problem(400, "malformed-request")
    assert store.is_empty()


def test_a_body_that_the_gateway_did_not_encode_is_taken_as_it_is(store: Store) -> None:
    assert store.invoke(event(body=BODY.decode(), isBase64Encoded=False)).status == 200


def test_a_body_of_text_that_is_no_unicode_is_refused(store: Store) -> None:
    store.invoke(event(body='{"titel": "\ud83d"}', isBase64Encoded=False)).problem(400, "malformed-request")
    assert store.is_empty()


def test_headers_may_come_once_each_in_any_case(store: Store) -> None:
    lower = event(headers={"content-type": "application/json"}, multiValueHeaders=None)
    assert store.invoke(lower).status == 200


def test_the_base_path_of_a_custom_domain_makes_no_difference(store: Store) -> None:
    kept = store.invoke(event(path="/ooapi/documents")).json()
    read = proxy_event("GET", "/documents/{documentId}", None, None, None, {"documentId": kept["documentId"]})
    assert store.invoke(read | {"path": f"/okd/v1/documents/{kept['documentId']}"}).status == 200


def test_every_refusal_names_its_own_request(store: Store) -> None:
    wrong = event(body="{}", isBase64Encoded=False)
    assert store.invoke(wrong).problem(422, "invalid-message")["instance"] == wrong["requestContext"]["requestId"]


def test_no_answer_is_cached_by_others_or_sniffed(store: Store) -> None:
    body, content_type = multipart([Part("metadata", b"{}"), Part("file", PDF, "a.pdf")])
    for answer in (
        store.post_json(BODY),
        store.call("POST", "/documents", body=body, headers={"Content-Type": content_type}),
        store.get("no uuid"),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private")
