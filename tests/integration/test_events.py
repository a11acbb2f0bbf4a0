"""Every sample event through the real handlers: what `sam local invoke` is given works, and means what it says."""

import base64
from types import SimpleNamespace
from typing import Any

import pytest

import events
import template
from exam_papers import RESULT, REVISED, SITTING_IN_JSON
from moto_store import BUCKET, TABLE, Answer, Store, handler
from sample_events import ANNOUNCED, EXPECTED, FILES, STORED

NOT_OF_THE_API = {
    "complete_upload": "CompleteUploadFunction",
    "complete_upload-stray": "CompleteUploadFunction",
    "reconcile": "ReconcileFunction",
}
"""Events that EventBridge sends, and that nobody gets an answer to."""


def invoke(store: Store, name: str) -> Answer:
    return store.invoke(FILES[name])


def prepare(store: Store, name: str | None) -> None:
    """Hand over an event that must come before another, after those that must come before it."""
    if name:
        prepare(store, EXPECTED[name][1])
        assert invoke(store, name).status == EXPECTED[name][0]


def hand_over(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in template.environment(NOT_OF_THE_API[name], Table=TABLE, Bucket=BUCKET).items():
        monkeypatch.setenv(key, value)
    handler(NOT_OF_THE_API[name])(FILES[name], SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000))


def announced_document(store: Store) -> dict[str, Any]:
    return dict(invoke(store, "get_document-announced").json())


def test_the_files_are_what_the_papers_make() -> None:
    assert {name: events.text(event) for name, event in events.samples().items()} == {
        path.name: path.read_text(encoding="utf-8") for path in events.FOLDER.iterdir()
    }


def test_every_file_has_an_expected_outcome() -> None:
    assert FILES.keys() == EXPECTED.keys() | NOT_OF_THE_API.keys()


def test_every_route_of_the_template_has_an_event() -> None:
    covered = {(event["httpMethod"], event["resource"]) for event in FILES.values() if "resource" in event}
    assert template.operations() <= covered


@pytest.mark.parametrize("name", EXPECTED)
def test_an_event_reaches_the_function_that_its_file_names(name: str) -> None:
    event = FILES[name]
    function = template.function_for(event["httpMethod"], event["resource"])
    assert template.functions()[function]["CodeUri"] == f"functions/{name.partition('-')[0]}"


@pytest.mark.parametrize(("name", "status", "before"), [(name, *outcome) for name, outcome in EXPECTED.items()])
def test_an_event_is_answered_as_expected(store: Store, name: str, status: int, before: str | None) -> None:
    prepare(store, before)
    answer = invoke(store, name)
    assert answer.status == status
    assert (answer.headers.get("Content-Type") == "application/problem+json") == (status >= 400)


@pytest.mark.parametrize("name", [name for name, (status, before) in EXPECTED.items() if status >= 400 and not before])
def test_a_faulty_event_stores_nothing(store: Store, name: str) -> None:
    invoke(store, name)
    assert store.is_empty()


@pytest.mark.parametrize(
    ("stores", "reads"),
    [
        ("store_document-result-multipart", "get_document-bytes"),
        ("store_document-base-path", "get_document-base-path"),
        ("store_document-sitting-multipart", "get_document-sitting"),
    ],
)
def test_the_read_events_give_back_what_the_store_events_hand_over(store: Store, stores: str, reads: str) -> None:
    kept = invoke(store, stores).json()
    answer = invoke(store, reads)
    content = base64.b64decode(answer.json()["inhoud"]) if reads != "get_document-bytes" else answer.body
    assert content in base64.b64decode(FILES[stores]["body"])
    assert len(content) == kept["document"]["bestandsomvang"]


def test_the_update_events_make_versions_that_the_other_events_list_and_read(store: Store) -> None:
    prepare(store, "update_document-content")
    invoke(store, "update_document-correction")
    listed = invoke(store, "list_versions-all").json()["versies"]
    assert [(version["versie"], version["wijziging"]) for version in listed] == [
        (3, "metagegevens"),
        (2, "inhoud"),
        (1, "aanlevering"),
    ]
    assert [page["versies"][0]["versie"] for page in pages(store)] == [3, 1]
    assert invoke(store, "get_document-bytes").body == REVISED.pdf
    assert invoke(store, "get_document-version-bytes").body == RESULT.pdf


def pages(store: Store) -> list[Any]:
    """The first page of one version, and the one after version 2."""
    return [invoke(store, f"list_versions-{name}").json() for name in ("page", "next-page")]


def test_the_deletion_event_leaves_nothing_of_its_document(store: Store) -> None:
    prepare(store, "delete_document-sitting")
    (tombstone,) = store.items()
    assert (tombstone["documentId"], tombstone["status"]) == (events.id_of(SITTING_IN_JSON), "verwijderd")
    assert store.objects() == []


def test_the_faulty_event_is_told_every_fault(store: Store) -> None:
    faults = invoke(store, "store_document-faulty").json()["invalidParams"]
    assert {(fault["name"], fault["code"]) for fault in faults} == {
        ("document.bronorganisatie", "organisation"),
        ("document.creatiedatum", "date"),
        ("document.titl", "unknown"),
    }


def test_the_upload_event_completes_the_announced_document(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key's random part is not to be foretold, so the item is given that of the event."""
    invoke(store, ANNOUNCED)
    assert announced_document(store)["status"] == "wacht_op_inhoud"
    detail = FILES["complete_upload"]["detail"]["object"]
    (item,) = store.items()
    store.table.put_item(Item=item | {"objectKey": detail["key"]})
    pdf = events.PORTFOLIO.pdf
    assert detail["size"] == len(pdf)
    store.upload(detail["key"], pdf)
    hand_over("complete_upload", monkeypatch)
    assert store.items()[0]["status"] == "opgeslagen"
    assert invoke(store, "get_document-announced-bytes").status == 302


@pytest.mark.parametrize("name", ["complete_upload-stray", "reconcile"])
def test_an_event_that_concerns_no_document_changes_none(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    invoke(store, STORED)
    documents, objects = store.items(), store.objects()
    hand_over(name, monkeypatch)
    assert [item for item in store.items() if "status" in item] == documents
    assert store.objects() == objects
