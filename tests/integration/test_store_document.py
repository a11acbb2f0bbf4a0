"""A delivery with its content: what the sender is answered, what is kept, and what came into force."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages import PDF, result, sitting, with_content, without
from moto_store import BUCKET, Answer, Part, Store
from okd_dms import vault
from okd_dms.compact import unpack

SHA256 = hashlib.sha256(PDF).hexdigest()
NAMELESS = without(without(result(), "document.bestandsnaam"), "document.formaat")


def deliver(store: Store, carrier: str, message: dict[str, Any], content: bytes = PDF) -> Answer:
    """Hand over a document by this carrier; `file first` and `metadata first` are the two orders of the parts."""
    if carrier == "inhoud":
        return store.post_json(with_content(message, content))
    parts = [
        Part("metadata", json.dumps(message).encode(), content_type="application/json"),
        Part("file", content, "carrier.bin", "application/x-carrier"),
    ]
    return store.post_multipart(parts if carrier == "metadata first" else parts[::-1])


CARRIERS = ["metadata first", "file first", "inhoud"]


@pytest.mark.parametrize("message", [result(), sitting()], ids=["result", "sitting"])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_document_of_either_flow_is_stored_by_every_carrier(
    store: Store, carrier: str, message: dict[str, Any]
) -> None:
    answer = deliver(store, carrier, message)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    receipt = answer.json()
    assert receipt == {
        "documentId": receipt["documentId"],
        "versie": 1,
        "status": "opgeslagen",
        "document": {
            "bestandsnaam": "beoordeling-100245.pdf",
            "formaat": "application/pdf",
            "bestandsomvang": len(PDF),
            "integriteit": {"algoritme": "sha_256", "waarde": SHA256},
        },
    }
    assert answer.headers["Location"] == f"documents/{receipt['documentId']}"
    assert answer.headers["ETag"] == '"1-opgeslagen"'
    assert store.get(receipt["documentId"], headers={"Accept": "application/pdf"}).body == PDF


def test_the_message_in_force_is_kept_with_its_sender_and_the_moment(store: Store) -> None:
    deliver(store, "inhoud", result())
    (item,) = store.items()
    kept = unpack(item["message"].value)
    assert kept["student"] == result()["student"]
    assert kept["document"]["integriteit"]["waarde"] == SHA256
    assert "inhoud" not in kept
    assert (item["sender"], item["item"], item["version"], item["status"]) == ("-", "head", 1, "opgeslagen")
    age = datetime.now(UTC) - datetime.fromisoformat(item["registeredAt"])
    assert 0 <= age.total_seconds() < 60


def test_the_bytes_are_kept_under_the_key_that_the_item_names(store: Store) -> None:
    deliver(store, "metadata first", result())
    (item,), (key,) = store.items(), store.objects()
    assert key == item["objectKey"]
    kept = store.s3.get_object(Bucket=BUCKET, Key=key)
    assert kept["Body"].read() == PDF
    assert kept["ContentType"] == "application/pdf"
    assert kept["Metadata"] == {}


def test_s3_is_told_the_checksum_so_that_it_takes_no_other_bytes(store: Store) -> None:
    """That it then refuses them moto can't show."""
    sent: dict[str, str] = {}
    events = vault.client().meta.events
    events.register("before-call.s3.PutObject", lambda params, **_: sent.update(params["headers"]), unique_id="sent")
    deliver(store, "metadata first", result())
    events.unregister("before-call.s3.PutObject", unique_id="sent")
    assert sent["x-amz-checksum-sha256"] == base64.b64encode(bytes.fromhex(SHA256)).decode()


@pytest.mark.parametrize("carrier", CARRIERS[:2])
def test_the_metadata_beats_what_the_carrier_says_of_name_and_type(store: Store, carrier: str) -> None:
    assert deliver(store, carrier, result()).json()["document"]["bestandsnaam"] == "beoordeling-100245.pdf"
    in_force = deliver(store, carrier, NAMELESS).json()["document"]
    assert (in_force["bestandsnaam"], in_force["formaat"]) == ("carrier.bin", "application/x-carrier")


@pytest.mark.parametrize("member", ["bestandsnaam", "formaat", "bestandsomvang", "integriteit"])
def test_null_leaves_it_to_the_carrier_and_the_content(store: Store, member: str) -> None:
    in_force = deliver(store, "metadata first", result(**{member: None})).json()["document"]
    expected = {
        "bestandsnaam": "carrier.bin",
        "formaat": "application/x-carrier",
        "bestandsomvang": len(PDF),
        "integriteit": {"algoritme": "sha_256", "waarde": SHA256},
    }
    assert in_force[member] == expected[member]


def test_what_the_metadata_says_of_the_content_must_be_true(store: Store) -> None:
    integrity = {"algoritme": "sha_256", "waarde": SHA256.upper()}
    answer = deliver(store, "inhoud", result(bestandsomvang=len(PDF), integriteit=integrity))
    assert answer.json()["document"]["integriteit"]["waarde"] == SHA256


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_false_size_or_checksum_is_refused(store: Store, carrier: str) -> None:
    false = {"algoritme": "sha_256", "waarde": "0" * 64}
    answer = deliver(store, carrier, result(bestandsomvang=len(PDF) + 1, integriteit=false))
    assert answer.faults() == {
        "document.bestandsomvang": "mismatch",
        "document.integriteit.waarde": "mismatch",
    }
    assert store.is_empty()


@pytest.mark.parametrize("integrity", [{"algoritme": "sha_256"}, {"algoritme": "sha_256", "waarde": None}])
def test_a_checksum_that_is_missing_is_not_a_false_one(store: Store, integrity: dict[str, Any]) -> None:
    problem = store.post_json(with_content(result(integriteit=integrity))).problem(422, "invalid-message")
    assert [(fault["name"], fault["code"]) for fault in problem["invalidParams"]] == [
        ("document.integriteit.waarde", "required")
    ]


@pytest.mark.parametrize(("carrier", "member"), [("metadata first", "file"), ("inhoud", "inhoud")])
@pytest.mark.parametrize("size", [None, 0], ids=["no size", "size 0"])
def test_empty_content_is_refused_and_that_is_all_that_is_wrong(
    store: Store, carrier: str, member: str, size: int | None
) -> None:
    faults = deliver(store, carrier, result(bestandsomvang=size), b"").faults()
    assert faults == {member: "empty"} | ({} if size is None else {"document.bestandsomvang": "range"})
    assert store.is_empty()


def test_a_name_that_neither_metadata_nor_carrier_gives_is_asked_for(store: Store) -> None:
    assert store.post_json(with_content(NAMELESS)).faults() == {
        "document.bestandsnaam": "required",
        "document.formaat": "required",
    }
    assert store.is_empty()


def test_all_faults_of_message_and_content_are_reported_at_once(store: Store) -> None:
    message = result(titel="", bestandsomvang=1, taal="Nederlands", titl="x") | {"afnamemoment": {}}
    assert deliver(store, "file first", message).faults() == {
        "afnamemoment": "required",
        "document.bestandsomvang": "mismatch",
        "document.taal": "pattern",
        "document.titel": "length",
        "document.titl": "unknown",
    }
    assert store.is_empty()


@pytest.mark.parametrize("begins", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_moment_at_the_edge_of_the_calendar_is_no_failure_of_ours(store: Store, begins: str) -> None:
    answer = deliver(store, "inhoud", result() | {"afnamemoment": {"aanvang": begins}})
    assert answer.status in (200, 422)
    assert store.is_empty() == (answer.status == 422)


@settings(max_examples=25)
@given(
    st.binary(min_size=1, max_size=2000),
    st.text(min_size=1, max_size=200),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=255),
    st.sampled_from(CARRIERS),
)
def test_any_bytes_and_any_text_are_read_back_as_they_were_handed_over(
    store: Store, content: bytes, title: str, filename: str, carrier: str
) -> None:
    if filename in (".", ".."):
        return
    content = b"%PDF-" + content
    kept = deliver(store, carrier, result(titel=title, bestandsnaam=filename), content).json()
    details = store.get(kept["documentId"]).json()
    assert details["document"]["titel"] == title
    assert details["document"]["bestandsnaam"] == filename
    assert base64.b64decode(details["inhoud"], validate=True) == content
    assert store.get(kept["documentId"], headers={"Accept": "application/octet-stream"}).body == content
