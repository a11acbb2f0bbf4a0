"""A school may say whose documents it takes; the rest is refused when it is delivered, and nowhere else."""

import json

import pytest

import template
from changes import correct, replace, retitle
from messages import PDF, announcing, put, result, with_content
from moto_store import Part, Store

UUID = "0B5A1F6E-52c5-4f0c-9d0e-0c7a51e8a6d4"


def accept(monkeypatch: pytest.MonkeyPatch, organisations: str) -> None:
    monkeypatch.setitem(template.load()["Parameters"]["AcceptedOrganisations"], "Default", organisations)


@pytest.mark.parametrize(
    ("accepted", "organisation", "taken"),
    [
        *(("", organisation, True) for organisation in ("25LX", "111222333", UUID)),
        *((" , ", organisation, True) for organisation in ("25LX", "111222333")),
        *(("25LX", organisation, taken) for organisation, taken in (("25LX", True), ("25LX01", True), ("25LY", False))),
        *(
            ("25LX01", organisation, taken)
            for organisation, taken in (("25LX01", True), ("25LX", False), ("25LX02", False))
        ),
        *(("111222333, 25LX", organisation, True) for organisation in ("25LX", "111222333")),
        ("111222333", "123456782", False),
        *((accepted, given, True) for accepted in (UUID, UUID.upper(), UUID.lower()) for given in (UUID, UUID.lower())),
        (UUID, f"1{UUID[1:]}", False),
        (f"25LX,{UUID}", "99ZZ", False),
    ],
)
def test_the_list_decides_whose_documents_are_taken(
    store: Store, monkeypatch: pytest.MonkeyPatch, accepted: str, organisation: str, taken: bool
) -> None:
    accept(monkeypatch, accepted)
    answer = store.post_json(with_content(result(bronorganisatie=organisation)))
    assert (answer.status == 200) == taken
    if not taken:
        assert answer.faults() == {"document.bronorganisatie": "not_accepted"}
        assert store.is_empty()


def test_every_carrier_is_held_to_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(monkeypatch, "99ZZ")
    parts = [Part("metadata", json.dumps(result()).encode()), Part("file", PDF, "a.pdf")]
    for answer in (
        store.post_json(with_content(result())),
        store.post_json(announcing(result())),
        store.post_multipart(parts),
    ):
        assert answer.faults() == {"document.bronorganisatie": "not_accepted"}
        assert store.calls == []


def test_it_is_one_fault_among_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(monkeypatch, "99ZZ")
    answer = store.post_json(with_content(result(titel="")))
    assert answer.faults() == {"document.bronorganisatie": "not_accepted", "document.titel": "length"}


@pytest.mark.parametrize("value", [None, 1, [], {}])
def test_what_is_no_organisation_is_refused_for_that_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    accept(monkeypatch, "99ZZ")
    for message in (put(result(), "document.bronorganisatie", value), result() | {"document": value}, [value]):
        answer = store.post_json(with_content(message) if isinstance(message, dict) else message)
        assert "not_accepted" not in answer.faults().values()


def test_a_document_that_is_there_is_read_changed_and_deleted_though_its_source_is_no_longer_accepted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = store.post_json(with_content(result(identificatie="a"))).json()["documentId"]
    accept(monkeypatch, "99ZZ")
    assert store.get(document_id).status == 200
    assert retitle(store, document_id, "Anders").status == 200
    assert replace(store, document_id).status == 204
    moved = correct(store, document_id, {"document": {"bronorganisatie": "99ZZ"}})
    assert moved.faults() == {"document.bronorganisatie": "immutable"}
    assert store.call("DELETE", "/documents/{documentId}", documentId=document_id).status == 204
