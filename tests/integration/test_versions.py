"""Earlier versions stay readable, and the list of them is complete whatever happens between its pages."""

import base64
from datetime import datetime
from typing import Any

import pytest

from changes import (
    NEW,
    VERSIONS,
    alter,
    announce,
    awaiting,
    complete,
    content_of,
    correct,
    delete,
    describing,
    digest,
    head_item,
    page,
    replace,
    retitle,
    stored,
)
from interference import contended, just_before
from messages import PDF, result
from moto_store import Answer, Store


def with_versions(store: Store, number: int) -> str:
    """A document with so many versions; the title of each is its number."""
    document_id = stored(store, result(titel="1"))
    for version in range(2, number + 1):
        assert retitle(store, document_id, str(version)).status == 200
    return document_id


def grown_to(store: Store, document_id: str, number: int) -> None:
    """Give the document so many versions that are like its first, written behind the store's back for speed."""
    head = head_item(store, document_id)
    with store.table.batch_writer() as batch:
        for version in range(1, number):
            batch.put_item({**head, "item": f"{version:010d}", "version": version})
        batch.put_item({**head, "version": number})


def listed(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [version["versie"] for version in answer.json()["versies"]]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


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


def test_each_version_is_listed_with_what_it_is_who_made_it_when_and_how(store: Store) -> None:
    document_id = stored(store)
    replace(store, document_id, NEW, "text/plain")
    retitle(store, document_id, "Anders")
    answer = page(store, document_id)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json().keys() == {"documentId", "versies", "volgende"}
    assert (answer.json()["documentId"], answer.json()["volgende"]) == (document_id, None)
    moments = [entry.pop("tijdstip") for entry in answer.json()["versies"]]
    assert [datetime.fromisoformat(moment) for moment in moments] == sorted(
        (datetime.fromisoformat(moment) for moment in moments), reverse=True
    )
    name = {"bestandsnaam": "beoordeling-100245.pdf"}
    told: list[tuple[int, str, dict[str, Any]]] = [
        (3, "metagegevens", describing(NEW, formaat="text/plain", **name)),
        (2, "inhoud", describing(NEW, formaat="text/plain", **name)),
        (1, "aanlevering", describing(PDF, formaat="application/pdf", **name)),
    ]
    entries = [{k: v for k, v in entry.items() if k != "tijdstip"} for entry in answer.json()["versies"]]
    assert entries == [
        {"versie": number, "status": "opgeslagen", "wijziging": change, "door": "-", "document": document}
        for number, change, document in told
    ]


def test_each_version_tells_its_own_author_and_moment(store: Store) -> None:
    document_id = with_versions(store, 1)
    alter(store, document_id, changedBy="examineren", changedAt="2026-03-12T09:00:00.000Z")
    retitle(store, document_id, "2")
    second, first = page(store, document_id).json()["versies"]
    assert (first["door"], first["tijdstip"]) == ("examineren", "2026-03-12T09:00:00.000Z")
    assert second["door"] == "-"
    assert second["tijdstip"] > first["tijdstip"]


def test_a_document_that_awaits_its_first_content_has_one_version(store: Store) -> None:
    (entry,) = page(store, awaiting(store)).json()["versies"]
    assert (entry["versie"], entry["status"]) == (1, "wacht_op_inhoud")


def test_a_head_of_the_list_has_no_body(store: Store) -> None:
    answer = store.call("HEAD", VERSIONS, documentId=with_versions(store, 2))
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, "application/json", b"")


def test_an_unknown_a_deleted_and_anothers_document_have_no_versions(store: Store) -> None:
    deleted, anothers = stored(store), stored(store)
    delete(store, deleted)
    alter(store, anothers, sender="another-component")
    for document_id in ("2d0b6c4e-5a5c-4a0e-8f0e-000000000000", deleted, anothers):
        page(store, document_id).problem(404, "document-not-found")
        version(store, document_id, "1").problem(404, "document-not-found")


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_lose_and_repeat_nothing_while_versions_are_added(store: Store, limit: int) -> None:
    document_id = with_versions(store, 7)
    seen, following, query = [], "", {"limit": str(limit)}
    while following is not None:
        answer = page(store, document_id, **query)
        seen += listed(answer)
        following = answer.json()["volgende"]
        query = {"limit": str(limit), "cursor": following}
        retitle(store, document_id, f"added after {seen[-1]}")
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_a_version_that_is_added_within_a_page_loses_and_repeats_nothing(store: Store) -> None:
    document_id = with_versions(store, 3)
    with just_before("Query", lambda: retitle(store, document_id, "4")):
        assert listed(page(store, document_id)) == [3, 2, 1]


@pytest.mark.parametrize(("versions", "pages"), [(1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [2, 2, 1])])
def test_the_last_page_names_no_next_one(store: Store, versions: int, pages: list[int]) -> None:
    document_id = with_versions(store, versions)
    answer = page(store, document_id, limit="2")
    sizes = [len(listed(answer))]
    while answer.json()["volgende"]:
        answer = page(store, document_id, limit="2", cursor=answer.json()["volgende"])
        sizes.append(len(listed(answer)))
    assert sizes == pages


def test_pages_of_more_than_a_query_can_bring_lose_nothing(store: Store) -> None:
    long = "😀" * 195
    message = result(titel=long, auteur=long, type=f"x-{long}", identificatie=long, bestandsnaam="😀" * 255) | {
        "toets": {"code": long, "naam": long, "resultaat": long},
        "opleiding": {"code": long, "naam": long},
        "student": {"studentnummer": long},
        "verbintenis": {"volgnummer": long},
    }
    document_id = stored(store, message)
    grown_to(store, document_id, 130)
    answer = page(store, document_id, limit="100")
    seen = listed(answer)
    while answer.json()["volgende"]:
        answer = page(store, document_id, limit="100", cursor=answer.json()["volgende"])
        seen += listed(answer)
    assert seen == list(range(130, 0, -1))


def test_a_cursor_that_is_none_of_ours_is_malformed(store: Store) -> None:
    document_id = with_versions(store, 3)
    assert page(store, document_id, cursor=cursor("3")).status == 200
    numbers = ["", "0", "1", "-3", "+3", " 3", "3.0", "1_0", "03", "4", "99999999999", "head", "٣"]
    tampered = ["x", "!!!", "é", "=", "Mw", "Mx==", " Mw==", "Mw==\n", "Mw==Mw==", "9" * 6000, *map(cursor, numbers)]
    answers = {text: page(store, document_id, cursor=text) for text in tampered}
    assert [text for text, answer in answers.items() if answer.status != 400] == []


def test_a_limit_out_of_bounds_is_malformed(store: Store) -> None:
    document_id = with_versions(store, 1)
    wrong = ["0", "-1", "101", "x", "", "1.5", "٣", "9" * 5000]
    assert [limit for limit in wrong if page(store, document_id, limit=limit).status != 400] == []


def test_a_page_of_a_document_that_is_deleted_meanwhile_is_not_found(store: Store) -> None:
    document_id = with_versions(store, 3)
    following = page(store, document_id, limit="1").json()["volgende"]
    with just_before("Query", lambda: delete(store, document_id)):
        page(store, document_id, cursor=following).problem(404, "document-not-found")


def test_an_unknown_query_parameter_is_malformed(store: Store) -> None:
    page(store, with_versions(store, 1), versie="1").problem(400, "malformed-request")


def test_a_list_takes_two_calls_to_aws_for_2_and_for_200_versions(store: Store) -> None:
    document_id = with_versions(store, 2)
    answer = page(store, document_id)
    assert (listed(answer), store.calls) == ([2, 1], ["GetItem", "Query"])
    grown_to(store, document_id, 200)
    answer = page(store, document_id)
    assert (listed(answer), store.calls) == (list(range(200, 150, -1)), ["GetItem", "Query"])
    answer = page(store, document_id, cursor=answer.json()["volgende"], limit="100")
    assert (listed(answer), store.calls) == (list(range(150, 50, -1)), ["GetItem", "Query"])
