"""A correction is refused as a whole, and names all that is wrong with it."""

import json
from typing import Any

import pytest

from changes import correct, patch, stored
from messages import result
from moto_store import Store


def details(store: Store, document_id: str) -> dict[str, Any]:
    return dict(store.get(document_id, query={"inhoud": "false"}).json())


@pytest.mark.parametrize("correction", [None, [], ["titel"], "titel", 1, True])
def test_a_patch_that_is_no_object_is_refused(store: Store, correction: Any) -> None:
    document_id = stored(store)
    assert correct(store, document_id, correction).faults() == {"": "type"}


@pytest.mark.parametrize(
    ("correction", "faults"),
    [
        ({"document": {"titel": None}}, {"document.titel": "required"}),
        ({"document": {"titel": ["a"]}}, {"document.titel": "type"}),
        ({"document": None}, {"document": "required"}),
        ({"document": []}, {"document": "type"}),
        ({"student": "Jansen"}, {"student": "type"}),
        ({"document": {"taal": "NL", "auteur": ""}}, {"document.taal": "pattern", "document.auteur": "length"}),
        ({"toets": {"code": None, "naam": None}}, {"toets": "required"}),
        ({"afnamemoment": {"einde": "2026-03-12T08:00:00+01:00"}}, {"afnamemoment.einde": "order"}),
        ({"document": {"creatiedatum": "2199-01-01"}}, {"document.creatiedatum": "future"}),
    ],
)
def test_what_a_correction_would_break_is_refused_by_name(
    store: Store, correction: dict[str, Any], faults: dict[str, str]
) -> None:
    document_id = stored(store)
    assert correct(store, document_id, correction).faults() == faults
    assert details(store, document_id)["versie"] == 1


@pytest.mark.parametrize("value", ["x", None])
@pytest.mark.parametrize("name", ["titel", "inhoud", "inhoudUrl", "document.title", "toets.resultat"])
def test_an_unknown_member_is_refused_by_name_even_to_remove_it(store: Store, name: str, value: str | None) -> None:
    document_id = stored(store)
    outer, _, inner = name.partition(".")
    correction = {outer: {inner: value}} if inner else {outer: value}
    assert correct(store, document_id, correction).faults() == {name: "unknown"}


IMMUTABLE = {
    "documentId": "2d0b6c4e-5a5c-4a0e-8f0e-000000000000",
    "document.bronorganisatie": "25LX",
    "document.identificatie": "a-2",
    "document.bestandsomvang": 1,
    "document.integriteit": {"algoritme": "sha_256", "waarde": "0" * 64},
    "versie": 7,
    "status": "opgeslagen",
    "registratiedatum": "2026-03-12T09:00:00Z",
}


@pytest.mark.parametrize("remove", [False, True])
@pytest.mark.parametrize("name", IMMUTABLE)
def test_what_cannot_change_is_refused_by_name(store: Store, name: str, *, remove: bool) -> None:
    document_id = stored(store, result(identificatie="a-1"))
    outer, _, inner = name.partition(".")
    value = None if remove else IMMUTABLE[name]
    answer = correct(store, document_id, {outer: {inner: value}} if inner else {outer: value})
    assert answer.faults()[name] == "immutable"
    assert details(store, document_id)["versie"] == 1


def test_all_that_cannot_change_and_all_that_is_wrong_is_named_at_once(store: Store) -> None:
    document_id = stored(store)
    correction = {"documentId": document_id, "document": {"bronorganisatie": "1", "titel": ""}, "onbekend": 1}
    faults = correct(store, document_id, correction).problem(422, "invalid-message")["invalidParams"]
    assert {(fault["name"], fault["code"]) for fault in faults} >= {
        ("documentId", "immutable"),
        ("document.bronorganisatie", "immutable"),
        ("document.titel", "length"),
        ("onbekend", "unknown"),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"document": {"titel": "a", "titel": "b"}}',
        b'{"document": {"titel": "\xff"}}',
        b'{"document": {"titel": "\\ud800"}}',
        b'{"document": {"bestandsomvang": NaN}}',
        b'{"document":' * 100 + b"1" + b"}" * 100,
        b"[" * 60_000,
    ],
    ids=["empty", "half", "twice", "no utf-8", "surrogate", "NaN", "deep", "very deep"],
)
def test_a_patch_that_means_more_than_one_thing_or_nothing_is_malformed(store: Store, body: bytes) -> None:
    document_id = stored(store)
    correct(store, document_id, body).problem(400, "malformed-request")


def test_a_patch_takes_64_kib_and_no_byte_more(store: Store) -> None:
    document_id = stored(store)
    body = json.dumps({"document": {"titel": "Anders"}}).encode()
    assert correct(store, document_id, body.ljust(65_536)).status == 200
    correct(store, document_id, body.ljust(65_537)).problem(413, "content-too-large")


def test_another_charset_is_malformed(store: Store) -> None:
    document_id = stored(store)
    content_type = "application/merge-patch+json; charset=iso-8859-1"
    patch(store, document_id, b"{}", content_type).problem(400, "malformed-request")
