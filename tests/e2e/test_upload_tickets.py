"""Upload tickets over HTTP, on the deployed template: content of any size goes straight to S3, and is there."""

import base64
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

import exam_papers
from local_stack import LocalStack
from messages import PDF, result, sitting
from tickets import announce, describing, details, downloaded, is_completed, read_bytes

MIB = 1024**2


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_a_ticket_works_with_curl_and_nothing_but_its_own_headers(dms: httpx.Client, tmp_path: Path) -> None:
    announced = announce(dms)
    (tmp_path / "a.pdf").write_bytes(PDF)
    headers = [part for name, value in announced.upload["headers"].items() for part in ("-H", f"{name}: {value}")]
    line = ["curl", "-q", "-sS", "--noproxy", "*", "-w", "%{http_code}", "-T", "a.pdf", *headers]
    done = subprocess.run([*line, announced.upload["url"]], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("200")
    assert read_bytes(dms, announced).content == PDF


def test_a_document_is_awaited_before_its_upload_and_stored_after_it(stack: LocalStack, dms: httpx.Client) -> None:
    announced = announce(dms)
    before, bytes_before = details(dms, announced), read_bytes(dms, announced)
    assert (before["status"], before["inhoud"], before["inhoudUrl"]) == ("wacht_op_inhoud", None, None)
    assert (bytes_before.status_code, bytes_before.json()["title"]) == (409, "Content awaited")
    assert announced.put().status_code == 200
    after = details(dms, announced)
    assert (after["status"], base64.b64decode(after["inhoud"])) == ("opgeslagen", PDF)
    assert is_completed(stack, announced)
    assert details(dms, announced).items() >= {"status": "opgeslagen", "versie": 1}.items()


def test_a_repeated_announcement_gets_a_fresh_ticket_for_the_same_object(dms: httpx.Client) -> None:
    reference = str(uuid4())
    first, second = announce(dms, identificatie=reference), announce(dms, identificatie=reference)
    assert first.id == second.id
    assert httpx.URL(first.upload["url"]).path == httpx.URL(second.upload["url"]).path
    assert [first.put().status_code, second.put().status_code] == [200, 412]


def test_a_repeated_announcement_of_what_has_arrived_is_answered_as_stored(
    stack: LocalStack, dms: httpx.Client
) -> None:
    reference = str(uuid4())
    announced = announce(dms, identificatie=reference)
    announced.put().raise_for_status()
    assert is_completed(stack, announced)
    again = dms.post("/documents", json=result(**describing(PDF), identificatie=reference))
    assert (again.status_code, again.json()["documentId"]) == (200, announced.id)
    assert "upload" not in again.json()


def test_an_announcement_of_other_bytes_under_the_same_reference_is_refused(dms: httpx.Client) -> None:
    reference = str(uuid4())
    announced = announce(dms, identificatie=reference)
    refused = dms.post("/documents", json=result(**describing(PDF + b"\n"), identificatie=reference))
    assert (refused.status_code, refused.json()["documentId"]) == (409, announced.id)


@pytest.mark.parametrize("size", [1, 4 * MIB, 4 * MIB + 1, 256 * MIB])
def test_content_of_any_size_comes_back_bit_for_bit(stack: LocalStack, dms: httpx.Client, size: int) -> None:
    name = "ポートフォリオ Zoë.bin"
    announced = announce(dms, os.urandom(size), bestandsnaam=name, formaat="application/octet-stream")
    assert announced.put().status_code == 200
    assert is_completed(stack, announced)

    shown, direct = details(dms, announced), read_bytes(dms, announced)
    assert (shown["inhoud"] is None) == (size > 4 * MIB)
    assert direct.status_code == (302 if size > 4 * MIB else 200)
    wanted = (hashlib.sha256(announced.content).hexdigest(), name)
    assert downloaded(shown["inhoudUrl"]) == wanted
    if direct.status_code == 302:
        assert downloaded(direct.headers["Location"]) == wanted
    else:
        assert direct.content == announced.content


def test_a_real_pdf_of_50_mib_comes_back_bit_for_bit(stack: LocalStack, dms: httpx.Client) -> None:
    paper = exam_papers.portfolio()
    announced = announce(dms, paper.pdf, bestandsnaam=paper.filename)
    assert announced.put().status_code == 200
    assert is_completed(stack, announced)
    assert downloaded(details(dms, announced)["inhoudUrl"]) == (paper.sha256, paper.filename)


def test_a_sitting_may_be_announced_too(dms: httpx.Client) -> None:
    answer = dms.post("/documents", json=sitting(**describing(PDF)))
    assert (answer.status_code, answer.json()["status"]) == (202, "wacht_op_inhoud")


def test_an_object_that_nobody_announced_makes_no_document(stack: LocalStack, dms: httpx.Client) -> None:
    stray = str(uuid4())
    key = f"aangekondigd/2026-03-12/{stray}/0123456789abcdef"
    stack.client("s3").put_object(Bucket=stack.outputs["BucketName"], Key=key, Body=PDF)
    announced = announce(dms)
    announced.put().raise_for_status()
    assert is_completed(stack, announced)  # by an event after the stray one
    assert dms.get(f"/documents/{stray}").status_code == 404
