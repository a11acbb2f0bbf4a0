"""PATCH that announces new content: a ticket, and the old version whole until the new one is there and verified."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from changes import (
    NEW,
    alter,
    announce,
    announced_key,
    complete,
    content_of,
    correct,
    describing,
    head_item,
    let_it_expire,
    page,
    patch,
    replace,
    retitle,
    stored,
    upload_event,
)
from messages import PDF, result
from moto_store import Answer, Store
from okd_dms.errors import UploadUnfit

OTHER = b"%PDF-other content"


def key_in(ticketed: Answer) -> str:
    """The key that the ticket's URL writes to."""
    assert ticketed.status == 202, ticketed.body
    return urlsplit(str(ticketed.json()["upload"]["url"])).path.removeprefix("/")


def seen(store: Store, document_id: str) -> tuple[Any, ...]:
    """All that readers see of a document, but for signatures."""
    details, bytes_ = store.get(document_id), store.get(document_id, headers={"Accept": "application/octet-stream"})
    head, versions = store.head(document_id), page(store, document_id)
    body = {name: value for name, value in details.json().items() if not name.startswith("inhoudUrl")}
    tags = [answer.headers["ETag"] for answer in (details, bytes_, head)]
    return body, urlsplit(details.json()["inhoudUrl"]).path, bytes_.body, tags, versions.json()


def test_an_announcement_is_answered_with_a_ticket_for_the_next_version(store: Store) -> None:
    document_id = stored(store)
    answer = announce(store, document_id)
    receipt = answer.json()
    upload = receipt.pop("upload")
    assert (answer.status, receipt) == (
        202,
        {
            "documentId": document_id,
            "versie": 2,
            "status": "wacht_op_inhoud",
            "document": {"bestandsnaam": "beoordeling-100245.pdf", "formaat": "application/pdf", **describing(NEW)},
        },
    )
    assert upload.keys() == {"methode", "url", "headers", "verlooptOp"}
    assert upload["methode"] == "PUT"
    assert {name.lower() for name in upload["headers"]} == {"content-type", "x-amz-checksum-sha256", "if-none-match"}
    assert key_in(answer) == announced_key(store, document_id)
    folder, _, of, _ = key_in(answer).split("/")
    assert (folder, of) == ("aangekondigd", document_id)


def test_readers_see_the_old_version_whole_until_the_new_one_is_complete(store: Store) -> None:
    document_id = stored(store)
    before = seen(store, document_id)
    announce(store, document_id, members={"formaat": "text/plain", "bestandsnaam": "nieuw.txt"})
    assert seen(store, document_id) == before
    store.upload(announced_key(store, document_id), NEW, "text/plain")
    assert seen(store, document_id) == before
    upload_event(store, announced_key(store, document_id))
    assert seen(store, document_id) != before
    assert content_of(store, document_id) == NEW
    assert content_of(store, document_id, 1) == PDF


def test_a_pending_update_costs_readers_no_call(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.get(document_id)
    assert store.calls == ["GetItem", "GetObject"]


def test_the_completed_update_is_a_version_like_any_other(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id, members={"formaat": "text/plain", "bestandsnaam": "nieuw.txt"})
    complete(store, document_id, content_type="text/plain")
    details = store.get(document_id)
    assert details.headers["ETag"] == '"2-opgeslagen"'
    assert (details.json()["versie"], details.json()["status"]) == (2, "opgeslagen")
    assert details.json()["document"] == result()["document"] | describing(
        NEW, formaat="text/plain", bestandsnaam="nieuw.txt"
    )
    newest = page(store, document_id).json()["versies"][0]
    assert (newest["versie"], newest["wijziging"], newest["document"]["formaat"]) == (2, "inhoud", "text/plain")
    assert not head_item(store, document_id).keys() & {"announcedKey", "announced", "unfinishedSince", "dueAt"}


def test_the_same_announcement_again_gets_a_fresh_ticket_for_the_same_key(store: Store) -> None:
    document_id = stored(store)
    first = announce(store, document_id)
    written = head_item(store, document_id)
    again = announce(store, document_id, members={"formaat": "application/pdf"})
    assert key_in(again) == key_in(first)
    assert {**again.json(), "upload": None} == {**first.json(), "upload": None}
    assert head_item(store, document_id) == written


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (NEW, "application/pdf"),
        (b'{"document": {"titel": "Anders"}}', "application/merge-patch+json"),
        (json.dumps(describing(OTHER)).encode(), "application/json"),
        (json.dumps(describing(NEW, formaat="text/plain")).encode(), "application/json"),
        (json.dumps(describing(NEW, bestandsnaam="a.pdf")).encode(), "application/json"),
    ],
    ids=["bytes", "correction", "other content", "other type", "other name"],
)
def test_any_other_update_has_to_wait(store: Store, body: bytes, content_type: str) -> None:
    document_id = stored(store)
    announce(store, document_id)
    written = head_item(store, document_id)
    answer = patch(store, document_id, body, content_type)
    answer.problem(409, "update-pending")
    assert int(answer.headers["Retry-After"]) > 0
    assert head_item(store, document_id) == written
    assert len(store.objects()) == 1


def test_an_announcement_of_what_is_in_force_needs_no_upload(store: Store) -> None:
    document_id = stored(store)
    answer = announce(store, document_id, PDF)
    assert (answer.status, answer.headers["ETag"], answer.body) == (204, '"1-opgeslagen"', b"")
    assert "announcedKey" not in head_item(store, document_id)
    assert announce(store, document_id, PDF, members={"formaat": "text/plain"}).status == 202


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"bestandsomvang": None}, {"bestandsomvang": "required"}),
        ({"integriteit": None}, {"integriteit": "required"}),
        ({"bestandsomvang": 0}, {"bestandsomvang": "range"}),
        ({"bestandsomvang": 5 * 1024**3 + 1}, {"bestandsomvang": "range"}),
        ({"bestandsomvang": "12"}, {"bestandsomvang": "type"}),
        ({"integriteit": {"algoritme": "sha_256", "waarde": "0"}}, {"integriteit.waarde": "pattern"}),
        ({"formaat": "pdf", "bestandsnaam": "a/b"}, {"formaat": "pattern", "bestandsnaam": "filename"}),
        ({"inhoud": "AAAA", "document": {}}, {"inhoud": "unknown", "document": "unknown"}),
    ],
)
def test_a_faulty_announcement_is_refused_with_every_fault(
    store: Store, changed: dict[str, Any], faults: dict[str, str]
) -> None:
    document_id = stored(store)
    assert announce(store, document_id, members=changed).faults() == faults


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"{", 400), (b"[]", 422), (b"{}".ljust(65_537), 413)])
def test_an_announcement_that_is_no_object_of_64_kib_at_most_is_refused(store: Store, body: bytes, status: int) -> None:
    document_id = stored(store)
    assert patch(store, document_id, body, "application/json").status == status


def test_5_gib_can_be_announced(store: Store) -> None:
    document_id = stored(store)
    assert announce(store, document_id, members={"bestandsomvang": 5 * 1024**3}).status == 202


def test_the_next_update_completes_what_is_there_first(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    answer = retitle(store, document_id, "Anders")
    assert (answer.status, answer.headers["ETag"]) == (200, '"3-opgeslagen"')
    assert [content_of(store, document_id, n) for n in (1, 2, 3)] == [PDF, NEW, NEW]


def test_the_next_announcement_completes_what_is_there_first(store: Store) -> None:
    document_id = stored(store)
    first = announce(store, document_id)
    store.upload(key_in(first), NEW)
    second = announce(store, document_id, OTHER)
    assert (second.status, second.json()["versie"]) == (202, 3)
    assert key_in(second) != key_in(first)


def test_repeating_an_announcement_after_its_upload_says_that_it_is_done(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    answer = announce(store, document_id)
    assert (answer.status, answer.headers["ETag"]) == (204, '"2-opgeslagen"')


def test_if_match_is_held_against_the_state_after_the_completion(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    store.upload(announced_key(store, document_id), NEW)
    retitle(store, document_id, "Anders", If_Match='"1-opgeslagen"').problem(412, "precondition-failed")
    assert content_of(store, document_id) == NEW
    assert retitle(store, document_id, "Anders", If_Match='"2-opgeslagen"').status == 200


def test_an_announcement_takes_two_calls_to_aws(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    assert store.calls == ["GetItem", "UpdateItem"]
    announce(store, document_id)
    assert store.calls == ["GetItem", "HeadObject"]


def test_a_completion_takes_four_calls_to_aws(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    complete(store, document_id)
    assert store.calls == ["GetItem", "HeadObject", "GetObject", "TransactWriteItems"]


@pytest.mark.parametrize(
    ("content", "content_type"), [(OTHER, "application/pdf"), (NEW + b" ", "application/pdf"), (NEW, "text/html")]
)
def test_bytes_that_were_not_announced_are_never_shown(store: Store, content: bytes, content_type: str) -> None:
    document_id = stored(store)
    announce(store, document_id)
    before = seen(store, document_id)
    with pytest.raises(UploadUnfit):
        complete(store, document_id, content, content_type)
    retitle(store, document_id, "Anders").problem(409, "update-pending")
    assert seen(store, document_id) == before


def test_the_version_is_written_by_who_announced_it(store: Store) -> None:
    document_id = stored(store)
    announce(store, document_id)
    announced = json.loads(head_item(store, document_id)["announced"])
    alter(store, document_id, announced=json.dumps(announced | {"by": "registration"}))
    complete(store, document_id)
    assert page(store, document_id).json()["versies"][0]["door"] == "registration"


@pytest.mark.parametrize(
    "update",
    [
        lambda store, document_id: replace(store, document_id, OTHER),
        lambda store, document_id: correct(store, document_id, {"document": {"titel": "Anders"}}),
        lambda store, document_id: announce(store, document_id, OTHER),
    ],
    ids=["bytes", "correction", "announcement"],
)
def test_an_overdue_announcement_gives_way_to_any_update(store: Store, update: Any) -> None:
    document_id = stored(store)
    key = key_in(announce(store, document_id))
    let_it_expire(store, document_id)
    assert update(store, document_id).status in (200, 202, 204)
    assert head_item(store, document_id).get("announcedKey") != key
    store.upload(key, NEW)
    upload_event(store, key)
    assert content_of(store, document_id) in (PDF, OTHER)


def test_no_ticket_is_given_for_an_announcement_that_is_overdue(store: Store) -> None:
    document_id = stored(store)
    first = announce(store, document_id)
    let_it_expire(store, document_id)
    second = announce(store, document_id)
    assert key_in(second) == announced_key(store, document_id) != key_in(first)
    complete(store, document_id)
    assert content_of(store, document_id) == NEW
