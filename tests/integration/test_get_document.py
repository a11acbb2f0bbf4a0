"""A document's details as JSON: by its id, and by its sender's own reference."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from messages import PDF, result, sitting, with_content
from moto_store import BUCKET, Store

MEMBERS_OF_OURS = {"documentId", "versie", "status", "registratiedatum", "inhoud", "inhoudUrl", "inhoudUrlVerlooptOp"}


def stored(store: Store, message: dict[str, Any] | None = None) -> str:
    """The id of a document that was stored just now."""
    return str(store.post_json(with_content(message or result())).json()["documentId"])


@pytest.mark.parametrize("message", [result(identificatie="EX-1", bewaartermijn="3Y"), sitting()])
def test_the_message_in_force_comes_back_with_what_we_added(store: Store, message: dict[str, Any]) -> None:
    document_id = stored(store, message)
    answer = store.get(document_id)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    details = answer.json()
    assert details["documentId"] == document_id
    assert (details["versie"], details["status"]) == (1, "opgeslagen")
    integrity = {"algoritme": "sha_256", "waarde": hashlib.sha256(PDF).hexdigest()}
    in_force = message | {"document": message["document"] | {"bestandsomvang": len(PDF), "integriteit": integrity}}
    assert {name: value for name, value in details.items() if name not in MEMBERS_OF_OURS} == in_force
    assert base64.b64decode(details["inhoud"], validate=True) == PDF
    age = datetime.now(UTC) - datetime.fromisoformat(details["registratiedatum"])
    assert timedelta() <= age < timedelta(minutes=1)


def test_the_url_of_the_content_names_object_file_and_type_for_its_receiver(store: Store) -> None:
    details = store.get(stored(store, result(bestandsnaam='Zoë "1".pdf'))).json()
    url = urlsplit(details["inhoudUrl"])
    (key,) = store.objects()
    assert (url.scheme, url.path) == ("https", f"/{key}")
    assert url.netloc.startswith(f"{BUCKET}.s3.")
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert query["response-content-type"] == "application/pdf"
    assert query["response-content-disposition"].endswith("filename*=UTF-8''Zo%C3%AB%20%221%22.pdf")
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"


def test_the_url_expires_when_the_details_say_so(store: Store) -> None:
    details = store.get(stored(store)).json()
    query = parse_qs(urlsplit(details["inhoudUrl"]).query)
    signed = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    expires = signed + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    said = datetime.fromisoformat(details["inhoudUrlVerlooptOp"])
    assert abs(said - expires) <= timedelta(seconds=2)
    assert abs(said - datetime.now(UTC) - timedelta(seconds=900)) < timedelta(minutes=1)


def test_the_url_does_not_outlive_the_credentials_that_sign_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    document_id = stored(store)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", soon.isoformat())
    details = store.get(document_id).json()
    assert abs(datetime.fromisoformat(details["inhoudUrlVerlooptOp"]) - soon) < timedelta(milliseconds=1)
    (seconds,) = parse_qs(urlsplit(details["inhoudUrl"]).query)["X-Amz-Expires"]
    assert int(seconds) <= 100


def test_the_content_is_left_out_when_the_caller_says_so(store: Store) -> None:
    document_id = stored(store)
    everything = store.get(document_id, query={"inhoud": "true"}).json()
    details = store.get(document_id, query={"inhoud": "false"}).json()
    assert everything.keys() - details.keys() == {"inhoud"}
    assert details["inhoudUrl"]


@pytest.mark.parametrize("query", [{"inhoud": "no"}, {"inhoud": ""}, {"inhoud": "FALSE"}, {"content": "false"}])
def test_a_query_parameter_that_is_not_understood_is_refused(store: Store, query: dict[str, str]) -> None:
    document_id = stored(store)
    store.get(document_id, query=query).problem(400, "malformed-request")
    store.get(document_id, query={**query, "inhoud": "x"}).problem(400, "malformed-request")


def test_a_query_parameter_that_says_two_things_is_refused(store: Store) -> None:
    query = [("inhoud", "true"), ("inhoud", "false")]
    store.get(stored(store), query=query).problem(400, "malformed-request")


@pytest.mark.parametrize(
    "document_id",
    [
        *("EX-1", "5ab399b8c4994da8af6db55e66251f31", "5ab399b8-c499-4da8-af6d-b55e66251f31x", "documenttypes", "*"),
        *("%00", "５ab399b8-c499-4da8-af6d-b55e66251f31", "5ab399b8-c499-4da8-af6d-b55e66251f31\n", "..", "head"),
    ],
)
def test_what_is_no_uuid_is_malformed(store: Store, document_id: str) -> None:
    store.get(document_id).problem(400, "malformed-request")
    assert store.head(document_id).status == 400
    assert store.calls == []


def test_a_uuid_is_found_in_any_case(store: Store) -> None:
    document_id = stored(store)
    assert store.get(document_id.upper(), query={"inhoud": "false"}).json()["documentId"] == document_id


def test_an_unknown_document_is_not_found(store: Store) -> None:
    stored(store)
    store.get("00000000-0000-4000-8000-000000000000").problem(404, "document-not-found")


def test_another_senders_document_looks_exactly_like_one_that_is_not_there(store: Store) -> None:
    document_id = stored(store, result(identificatie="EX-1"))
    query = {"bronorganisatie": "25LX", "identificatie": "EX-1"}
    (item,) = store.items()
    store.table.put_item(Item=item | {"sender": "another component"})
    for how in ({}, {"headers": {"Accept": "application/pdf"}}, {"headers": {"If-None-Match": "*"}}):
        theirs, calls = store.get(document_id, **how), list(store.calls)
        unknown = store.get("00000000-0000-4000-8000-000000000000", **how)
        assert calls == store.calls
        assert theirs.problem(404, "document-not-found") | {"instance": ""} == unknown.json() | {"instance": ""}
        assert theirs.headers == unknown.headers
    store.call("GET", "/documents", query=query).problem(404, "document-not-found")
    assert store.head(document_id).status == 404
