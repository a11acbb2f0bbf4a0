"""Content that follows: an announcement is answered with a ticket for exactly the announced bytes.

What S3 makes of the ticket's signature moto can't tell: that is shown on the local stack.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import outages
from messages import PDF, announcing, put, result, sitting, without
from moto_store import Store
from okd_dms.message import MAX_CONTENT_BYTES

ANNOUNCEMENT = announcing(result(identificatie="EX-2026-0417"))


def key_of(ticket: dict[str, str]) -> str:
    return urlsplit(ticket["url"]).path.lstrip("/")


@pytest.mark.parametrize("message", [result(), sitting()], ids=["result", "sitting"])
def test_an_announcement_is_recorded_and_answered_with_a_ticket_in_one_call(
    store: Store, message: dict[str, Any]
) -> None:
    answer = store.post_json(announcing(message))
    assert store.calls == ["PutItem"]
    assert answer.status == 202
    receipt = answer.json()
    ticket = receipt.pop("upload")
    assert receipt == {
        "documentId": receipt["documentId"],
        "versie": 1,
        "status": "wacht_op_inhoud",
        "document": {
            "bestandsnaam": "beoordeling-100245.pdf",
            "formaat": "application/pdf",
            "bestandsomvang": len(PDF),
            "integriteit": {"algoritme": "sha_256", "waarde": hashlib.sha256(PDF).hexdigest()},
        },
    }
    assert ticket.keys() == {"methode", "url", "headers", "verlooptOp"}
    assert answer.headers["Location"] == f"documents/{receipt['documentId']}"
    assert answer.headers["ETag"] == '"1-wacht_op_inhoud"'
    assert store.objects() == []


def test_a_ticket_is_signed_over_all_that_its_headers_say_and_over_the_length(store: Store) -> None:
    ticket = store.post_json(ANNOUNCEMENT).json()["upload"]
    assert ticket["methode"] == "PUT"
    assert ticket["headers"] == {
        "Content-Type": "application/pdf",
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(PDF).digest()).decode(),
        "If-None-Match": "*",
    }
    query = parse_qs(urlsplit(ticket["url"]).query)
    signed = query["X-Amz-SignedHeaders"][0].split(";")
    assert set(signed) == {"host", "content-length", *(name.lower() for name in ticket["headers"])}
    (item,) = store.items()
    assert key_of(ticket) == item["objectKey"]
    assert item["objectKey"].startswith(f"aangekondigd/{datetime.now(UTC):%Y-%m-%d}/{item['documentId']}/")


def test_a_ticket_expires_when_it_says_so_and_within_the_hour(store: Store) -> None:
    ticket = store.post_json(ANNOUNCEMENT).json()["upload"]
    query = parse_qs(urlsplit(ticket["url"]).query)
    signed = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    expires = signed + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    assert abs(datetime.fromisoformat(ticket["verlooptOp"]) - expires) <= timedelta(seconds=2)
    assert expires - signed <= timedelta(hours=1)


def test_a_ticket_does_not_outlive_the_credentials_that_sign_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", soon.isoformat())
    ticket = store.post_json(ANNOUNCEMENT).json()["upload"]
    assert abs(datetime.fromisoformat(ticket["verlooptOp"]) - soon) < timedelta(milliseconds=1)
    assert int(parse_qs(urlsplit(ticket["url"]).query)["X-Amz-Expires"][0]) <= 100


@pytest.mark.parametrize("size", [1, MAX_CONTENT_BYTES])
def test_from_one_byte_to_5_gib_can_be_announced(store: Store, size: int) -> None:
    assert store.post_json(put(ANNOUNCEMENT, "document.bestandsomvang", size)).status == 202


@pytest.mark.parametrize("size", [0, MAX_CONTENT_BYTES + 1])
def test_nothing_and_more_than_5_gib_can_not_be_announced(store: Store, size: int) -> None:
    answer = store.post_json(put(ANNOUNCEMENT, "document.bestandsomvang", size))
    assert answer.faults() == {"document.bestandsomvang": "range"}
    assert store.is_empty()


@pytest.mark.parametrize("member", ["bestandsomvang", "integriteit", "bestandsnaam", "formaat"])
def test_an_announcement_says_all_of_the_content(store: Store, member: str) -> None:
    answer = store.post_json(without(ANNOUNCEMENT, f"document.{member}"))
    assert answer.faults() == {f"document.{member}": "required"}
    assert store.is_empty()


def test_an_announcement_that_was_not_recorded_gives_no_ticket(store: Store) -> None:
    with outages.failing("PutItem", outages.refusal("ThrottlingException")):
        assert "upload" not in store.post_json(ANNOUNCEMENT).problem(503, "service-unavailable")
    assert store.is_empty()
