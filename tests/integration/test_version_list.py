"""The list of versions is the history of a document, and complete whatever happens between its pages."""

import base64
from datetime import datetime
from typing import Any

import pytest

from changes import (
    NEW,
    VERSIONS,
    alter,
    awaiting,
    delete,
    describing,
    head_item,
    page,
    replace,
    retitle,
    stored,
    with_versions,
)
from interference import just_before
from messages import PDF, result
from moto_store import Answer, Store


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
