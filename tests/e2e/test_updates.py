"""Updates over HTTP (flow 2.4), on the deployed template: every kind of PATCH, the versions it makes, and races."""

import base64
import hashlib
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local_stack import LocalStack
from messages import PDF, result, with_content
from over_http import (
    MERGE_PATCH,
    announce,
    comes_true,
    content_of,
    correct,
    objects,
    pages,
    patch,
    replace,
    stored,
    upload,
    without_upload_events,
)

MIB = 1024**2
NEW = b"%PDF-1.7\nthe second version\n%%EOF\n"
WRITERS, THREADS = 50, 10


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def details(dms: httpx.Client, document_id: str, **query: str) -> dict[str, Any]:
    return dict(dms.get(f"/documents/{document_id}", params=query).json())


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/pdf", NEW),
        ("text/csv", "naam;cijfer\r\nZoë;8\r\n".encode()),
        ("application/xml", b"\xff\xfe no xml at all \x00"),
        ("image/png", b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(4 * MIB - 8)),
    ],
)
def test_new_content_of_any_media_type_is_the_next_version(dms: httpx.Client, media_type: str, content: bytes) -> None:
    document_id = stored(dms)
    answer = patch(dms, document_id, media_type, content)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (204, b"", '"2-opgeslagen"')
    now = details(dms, document_id)
    assert (now["versie"], now["document"]["formaat"], base64.b64decode(now["inhoud"])) == (2, media_type, content)
    assert (content_of(dms, document_id), content_of(dms, document_id, 1)) == (content, PDF)
    before = details(dms, document_id, versie="1")
    assert (before["versie"], before["document"]["formaat"]) == (1, "application/pdf")
    assert base64.b64decode(before["inhoud"]) == PDF


def test_new_content_above_4_mib_is_refused_and_changes_nothing(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    assert replace(dms, document_id, bytes(4 * MIB + 1)).status_code == 413
    assert (content_of(dms, document_id), len(objects(stack, document_id))) == (PDF, 1)


def test_a_correction_is_answered_with_the_details_and_keeps_the_content(dms: httpx.Client) -> None:
    document_id = stored(dms, bewaartermijn="2Y")
    answer = correct(dms, document_id, {"document": {"titel": "Zoë 試験", "bewaartermijn": None}})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2-opgeslagen"')
    assert answer.json()["document"]["titel"] == "Zoë 試験"
    assert "bewaartermijn" not in answer.json()["document"]
    assert httpx.get(answer.json()["inhoudUrl"], trust_env=False).content == PDF
    assert details(dms, document_id, versie="1")["document"]["bewaartermijn"] == "2Y"


def test_what_cannot_change_is_refused_by_name(dms: httpx.Client) -> None:
    document_id = stored(dms, identificatie=str(uuid4()))
    refused = correct(dms, document_id, {"document": {"identificatie": "other", "bronorganisatie": "25LY"}})
    assert refused.status_code == 422
    assert {(fault["name"], fault["code"]) for fault in refused.json()["invalidParams"]} == {
        ("document.identificatie", "immutable"),
        ("document.bronorganisatie", "immutable"),
    }
    assert details(dms, document_id)["versie"] == 1


def test_if_match_lets_through_the_version_that_it_names_alone(dms: httpx.Client) -> None:
    document_id = stored(dms)
    tag = dms.get(f"/documents/{document_id}").headers["ETag"]
    assert [replace(dms, document_id, NEW + n, If_Match=tag).status_code for n in (b"1", b"2")] == [204, 412]
    assert content_of(dms, document_id) == NEW + b"1"


def test_announced_content_disturbs_no_reader_until_it_is_there(dms: httpx.Client) -> None:
    document_id = stored(dms)
    announced = announce(dms, document_id, NEW)
    assert announced.status_code == 202
    assert announced.json().items() >= {"versie": 2, "status": "wacht_op_inhoud"}.items()
    seen = dms.get(f"/documents/{document_id}")
    assert (seen.headers["ETag"], base64.b64decode(seen.json()["inhoud"])) == ('"1-opgeslagen"', PDF)

    for refused in (replace(dms, document_id, NEW), correct(dms, document_id, {"toets": {"resultaat": "goed"}})):
        assert (refused.status_code, refused.headers["Retry-After"]) == (409, "60")
    again = announce(dms, document_id, NEW).json()["upload"]
    assert httpx.URL(again["url"]).path == httpx.URL(announced.json()["upload"]["url"]).path

    assert upload(again, NEW) == 200
    assert comes_true(lambda: details(dms, document_id)["versie"] == 2)
    assert (content_of(dms, document_id), content_of(dms, document_id, 1)) == (NEW, PDF)
    assert announce(dms, document_id, NEW).status_code == 204


def test_announced_content_that_is_there_is_completed_by_the_next_update(stack: LocalStack, dms: httpx.Client) -> None:
    document_id = stored(dms)
    with without_upload_events(stack):
        assert upload(announce(dms, document_id, NEW).json()["upload"], NEW) == 200
        assert details(dms, document_id)["versie"] == 1
        corrected = correct(dms, document_id, {"toets": {"resultaat": "goed"}})
    assert (corrected.status_code, corrected.json()["versie"]) == (200, 3)
    assert [content_of(dms, document_id, number) for number in (1, 2, 3)] == [PDF, NEW, NEW]


def test_a_redelivery_after_updates_gets_its_first_answer(dms: httpx.Client) -> None:
    message = with_content(result(identificatie=str(uuid4())))
    first = dms.post("/documents", json=message)
    replace(dms, first.json()["documentId"], NEW)
    again = dms.post("/documents", json=message)
    assert (again.status_code, again.text) == (200, first.text)


def test_fifty_writers_at_once_make_fifty_versions_and_each_finds_its_own_bytes(dms: httpx.Client) -> None:
    document_id = stored(dms)

    def write(number: int) -> int:
        """The version that this writer made, as its answer says."""
        while (answer := replace(dms, document_id, NEW + str(number).encode())).status_code == 409:
            assert int(answer.headers["Retry-After"]) >= 1
            time.sleep(random.Random(number).uniform(0.01, 0.1))
        assert answer.status_code == 204, answer.text
        return int(answer.headers["ETag"].strip('"').partition("-")[0])

    with ThreadPoolExecutor(THREADS) as threads:
        made = list(threads.map(write, range(WRITERS)))
    assert sorted(made) == list(range(2, WRITERS + 2))
    assert list(pages(dms, document_id, 100)) == [list(range(WRITERS + 1, 0, -1))]
    with ThreadPoolExecutor(THREADS) as threads:
        kept = list(threads.map(lambda version: content_of(dms, document_id, version), made))
    assert kept == [NEW + str(number).encode() for number in range(WRITERS)]


def test_of_writers_that_name_one_version_exactly_one_wins(dms: httpx.Client) -> None:
    document_id = stored(dms)

    def write(number: int) -> int:
        return replace(dms, document_id, NEW + str(number).encode(), If_Match='"1-opgeslagen"').status_code

    with ThreadPoolExecutor(THREADS) as threads:
        statuses = list(threads.map(write, range(THREADS)))
    assert sorted(statuses) == [204] + [412] * (THREADS - 1)
    assert content_of(dms, document_id) == NEW + str(statuses.index(204)).encode()


def test_paging_loses_and_repeats_nothing_while_versions_are_added(dms: httpx.Client) -> None:
    document_id = stored(dms)
    for number in range(4):
        correct(dms, document_id, {"toets": {"resultaat": str(number)}})
    seen = []
    for page in pages(dms, document_id, 2):
        seen.append(page)
        correct(dms, document_id, {"toets": {"resultaat": f"{page}"}})
    assert seen == [[5, 4], [3, 2], [1]]


def test_the_list_of_versions_tells_what_each_change_was(dms: httpx.Client) -> None:
    document_id = stored(dms)
    replace(dms, document_id, NEW)
    patch(dms, document_id, MERGE_PATCH, b'{"toets": {"resultaat": "goed"}}')
    listed = dms.get(f"/documents/{document_id}/versies").json()
    assert (listed["documentId"], listed["volgende"]) == (document_id, None)
    assert [each["wijziging"] for each in listed["versies"]] == ["metagegevens", "inhoud", "aanlevering"]
    moments = [each["tijdstip"] for each in listed["versies"]]
    assert moments == sorted(moments, reverse=True)
    digests = [each["document"]["integriteit"]["waarde"] for each in listed["versies"]]
    assert digests == [hashlib.sha256(content).hexdigest() for content in (NEW, NEW, PDF)]
    head = dms.head(f"/documents/{document_id}/versies")
    assert (head.status_code, head.content) == (200, b"")
