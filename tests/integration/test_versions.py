"""Earlier versions stay readable, whole and in every representation."""

import base64

import pytest

from changes import (
    NEW,
    alter,
    announce,
    complete,
    content_of,
    correct,
    delete,
    digest,
    page,
    replace,
    stored,
    with_versions,
)
from interference import contended
from messages import PDF, result
from moto_store import Answer, Store


def version(store: Store, document_id: str, number: str, method: str = "GET", **headers: str) -> Answer:
    return store.call(
        method, "/documents/{documentId}", documentId=document_id, headers=headers, query={"versie": number}
    )


def test_every_version_is_read_in_both_representations(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id, NEW, "text/plain")
    correct(store, document_id, {"document": {"titel": "Anders", "bestandsnaam": "anders.txt"}})
    expected = [
        (1, PDF, "application/pdf", "Beoordelingsformulier Mediabeheer", "beoordeling-100245.pdf"),
        (2, NEW, "text/plain", "Beoordelingsformulier Mediabeheer", "beoordeling-100245.pdf"),
        (3, NEW, "text/plain", "Anders", "anders.txt"),
    ]
    for number, content, media_type, title, filename in expected:
        details = version(store, document_id, str(number))
        binary = version(store, document_id, str(number), Accept=media_type)
        body = details.json()
        assert (body["versie"], body["document"]["titel"]) == (number, title)
        assert base64.b64decode(body["inhoud"]) == binary.body == content
        assert body["document"]["integriteit"]["waarde"] == digest(content)
        assert filename in binary.headers["Content-Disposition"]
        assert binary.headers["Content-Type"] == media_type
        assert details.headers["ETag"] == binary.headers["ETag"] == f'"{number}-opgeslagen"'


def test_an_earlier_version_offers_its_own_bytes_by_url(store: Store) -> None:
    document_id = with_versions(store, 1)
    replace(store, document_id)
    urls = [version(store, document_id, number).json()["inhoudUrl"].partition("?")[0] for number in ("1", "2")]
    assert urls[0] != urls[1]


def test_an_earlier_version_is_validated_by_its_own_tag(store: Store) -> None:
    document_id = with_versions(store, 2)
    assert version(store, document_id, "1", If_None_Match="").status == 200
    unchanged = store.get(document_id, headers={"If-None-Match": '"1-opgeslagen"'}, query={"versie": "1"})
    assert unchanged.status == 304


def test_a_head_of_a_version_has_its_headers_and_no_body(store: Store) -> None:
    document_id = with_versions(store, 2)
    answer = version(store, document_id, "1", method="HEAD")
    assert (answer.status, answer.headers["ETag"], answer.body) == (200, '"1-opgeslagen"', b"")


def test_a_version_is_found_by_the_senders_reference_too(store: Store) -> None:
    document_id = stored(store, result(identificatie="a-1"))
    replace(store, document_id)
    query = {"identificatie": "a-1", "bronorganisatie": "25LX", "versie": "1"}
    assert base64.b64decode(store.call("GET", "/documents", query=query).json()["inhoud"]) == PDF


def test_what_is_no_version_number_is_malformed(store: Store) -> None:
    document_id = with_versions(store, 2)
    wrong = ["0", "-1", "1.0", "1e0", "+1", " 1", "", "x", "٣", "1" * 30, "head", "0x1", "²", "9" * 5000]
    assert [number for number in wrong if version(store, document_id, number).status != 400] == []


@pytest.mark.parametrize("number", ["3", "9999999999"])
def test_a_version_that_does_not_exist_is_not_found(store: Store, number: str) -> None:
    document_id = with_versions(store, 2)
    version(store, document_id, number).problem(404, "document-not-found")


def test_the_version_that_is_being_announced_does_not_exist_yet(store: Store) -> None:
    document_id = with_versions(store, 1)
    announce(store, document_id)
    version(store, document_id, "2").problem(404, "document-not-found")
    complete(store, document_id)
    assert content_of(store, document_id, 2) == NEW


def test_a_read_of_any_version_takes_two_calls_to_aws(store: Store) -> None:
    document_id = with_versions(store, 3)
    for number in ("1", "3"):
        version(store, document_id, number)
        assert store.calls == ["TransactGetItems", "GetObject"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_version_is_readable_while_the_document_is_being_written(store: Store, number: int) -> None:
    document_id = with_versions(store, 2)
    with contended("TransactGetItems"):
        answer = version(store, document_id, str(number))
    assert (answer.status, answer.json()["document"]["titel"]) == (200, str(number))


def test_an_unknown_a_deleted_and_anothers_document_have_no_versions(store: Store) -> None:
    deleted, anothers = stored(store), stored(store)
    delete(store, deleted)
    alter(store, anothers, sender="another-component")
    for document_id in ("2d0b6c4e-5a5c-4a0e-8f0e-000000000000", deleted, anothers):
        page(store, document_id).problem(404, "document-not-found")
        version(store, document_id, "1").problem(404, "document-not-found")
