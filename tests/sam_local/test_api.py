"""The demo's calls through `sam local start-api`, answered as the deployed stack answers them, bit for bit."""

import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

import aws_events
import events
import template
from exam_papers import FAULTY, RESULT, RESULT_IN_JSON, SITTING, SITTING_IN_JSON, Paper
from local_stack import LocalStack
from messages import pdf
from okd_dms.carriers import MAX_FILE_BYTES
from sam_cli import invoke
from same_answers import Answer, over_http

AS_JSON = ("Content-Type", "application/json")
AS_PARTS = ("Content-Type", f"multipart/form-data; boundary={events.BOUNDARY}")
NOISE = Paper(RESULT.message, b"%PDF-" + random.Random(1).randbytes(100_000))
"""Bytes of no encoding at all but for the first five, line ends and all others among them."""


@dataclass(slots=True)
class Both:
    """The API in containers and the deployed one, called alike."""

    api: str
    deployed: str
    documents: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, target: str, *headers: tuple[str, str], body: bytes | None = None) -> Answer:
        """The answer that both give, as the containers gave it."""
        here = over_http(self.api, method, target, headers, body)
        there = over_http(self.deployed, method, target, headers, body)
        assert here.comparable() == there.comparable()
        return here

    def store(self, paper: Paper) -> str:
        """Hand a paper over in two parts, and give its path."""
        answer = self.call("POST", "/documents", AS_PARTS, body=events.multipart(paper))
        assert answer.status == 200, answer.body
        return f"/documents/{answer.json()['documentId']}"


@pytest.fixture
def both(api: str, deployed: LocalStack) -> Both:
    return Both(api, deployed.api)


def referred_to_as(reference: str, paper: Paper) -> Paper:
    """The same paper under another reference, so that it is another document."""
    return Paper(paper.message | {"document": paper.message["document"] | {"identificatie": reference}}, paper.pdf)


@pytest.mark.parametrize("paper", [RESULT, SITTING, referred_to_as("NOISE", NOISE)], ids=["2.1", "2.2", "noise"])
def test_two_parts_come_back_bit_for_bit(both: Both, paper: Paper) -> None:
    document = both.store(paper)
    assert both.call("GET", document).json()["document"]["bestandsnaam"] == paper.filename
    assert both.call("GET", document, ("Accept", "application/pdf")).body == paper.pdf
    assert both.call("HEAD", document).body == b""
    assert both.call("GET", document, ("If-None-Match", '"1-opgeslagen"')).status == 304


@pytest.mark.parametrize("paper", [RESULT_IN_JSON, SITTING_IN_JSON], ids=["2.1", "2.2"])
def test_content_in_the_message_comes_back_bit_for_bit(both: Both, paper: Paper) -> None:
    body = json.dumps(paper.with_content(), ensure_ascii=False).encode()
    stored = both.call("POST", "/documents", AS_JSON, body=body).json()
    document = f"/documents/{stored['documentId']}"
    assert both.call("GET", document, ("Accept", "application/octet-stream")).body == paper.pdf
    assert both.call("GET", document).json()["inhoud"] == paper.with_content()["inhoud"]


def test_a_redelivery_by_the_other_carrier_is_the_same_document(both: Both) -> None:
    document = both.store(RESULT)
    again = both.call("POST", "/documents", AS_JSON, body=json.dumps(RESULT.with_content()).encode())
    assert (again.status, f"/documents/{again.json()['documentId']}") == (200, document)


def test_the_largest_file_comes_back_bit_for_bit(both: Both) -> None:
    largest = referred_to_as("LARGEST", Paper(RESULT.message, pdf(MAX_FILE_BYTES)))
    document = both.store(largest)
    assert both.call("GET", document, ("Accept", "application/pdf")).body == largest.pdf
    assert len(both.call("GET", document).json()["inhoud"]) > MAX_FILE_BYTES


def test_a_document_is_found_by_its_senders_reference(both: Both) -> None:
    document = both.store(RESULT)
    query = urlencode({"bronorganisatie": "25LX", "identificatie": "EX-2026-0417", "inhoud": "false"})
    found = both.call("GET", f"/documents?{query}")
    assert f"/{found.headers['content-location']}" == document


def test_an_update_replaces_the_bytes_and_a_correction_the_metadata(both: Both) -> None:
    document = both.store(referred_to_as("UPDATED", RESULT))
    assert both.call("PATCH", document, ("Content-Type", "application/pdf"), body=NOISE.pdf).status == 204
    correction = json.dumps({"document": {"titel": "Verbeterd: Çağla"}}).encode()
    corrected = both.call("PATCH", document, ("Content-Type", "application/merge-patch+json"), body=correction)
    assert (corrected.status, corrected.json()["versie"]) == (200, 3)
    assert both.call("GET", document, ("Accept", "application/pdf")).body == NOISE.pdf
    assert both.call("GET", f"{document}?versie=1", ("Accept", "application/pdf")).body == RESULT.pdf
    assert both.call("GET", f"{document}/versies").status == 200


def test_a_deleted_document_is_gone(both: Both) -> None:
    document = both.store(referred_to_as("DELETED", SITTING))
    assert both.call("DELETE", document).status == 204
    assert both.call("GET", document).status == 404


UNKNOWN = [route for route, function in template.routes().items() if function == "FallbackFunction"]


@pytest.mark.parametrize(("method", "path"), [route for route in UNKNOWN if route[0] != "ANY"])
def test_a_method_that_a_path_lacks_is_told_those_that_it_has(both: Both, method: str, path: str) -> None:
    answer = both.call(method, path.format(documentId="00000000-0000-4000-8000-000000000000"))
    assert answer.status == 405
    assert answer.headers["allow"] == json.loads(template.environment("FallbackFunction")["ROUTES"])[path]


@pytest.mark.parametrize(
    ("status", "method", "target"),
    [(404, "GET", "/"), (404, "GET", "/students/1234567"), (404, "PUT", "/students"), (400, "GET", "/documents/1")],
)
def test_a_call_that_the_api_does_not_know_is_refused(both: Both, status: int, method: str, target: str) -> None:
    assert both.call(method, target).status == status


def test_a_faulty_message_is_told_every_fault(both: Both) -> None:
    refused = both.call("POST", "/documents", AS_JSON, body=json.dumps(FAULTY).encode())
    assert refused.status == 422
    assert len(refused.json()["invalidParams"]) == 3


def status_recorded(stack: LocalStack, document_id: str) -> str:
    key = {"documentId": {"S": document_id}, "item": {"S": "head"}}
    item = stack.client("dynamodb").get_item(TableName=stack.outputs["TableName"], Key=key)["Item"]
    return str(item["status"]["S"])


def upload(ticket: dict[str, Any], content: bytes) -> tuple[int, str]:
    """The status that S3 answers, and the key of the object."""
    url = urlsplit(ticket["url"])
    base, target = f"{url.scheme}://{url.netloc}", f"{url.path}?{url.query}"
    answer = over_http(base, ticket["methode"], target, ticket["headers"].items(), content)
    return answer.status, url.path.partition("/aangekondigd/")[2]


@pytest.fixture
def no_events(behind: LocalStack) -> None:
    """Uploads go unnoticed by the deployed functions: whatever is completed was completed in a container."""
    client = behind.client("events")
    for rule in client.list_rules()["Rules"]:
        client.disable_rule(Name=rule["Name"])


@pytest.mark.usefixtures("no_events")
def test_an_upload_by_ticket_is_completed_by_its_event(both: Both, behind: LocalStack, warm_functions: Any) -> None:
    paper = referred_to_as("UPLOADED", events.PORTFOLIO)
    body = json.dumps(paper.announcement(), ensure_ascii=False).encode()
    announced = over_http(both.api, "POST", "/documents", [AS_JSON], body)
    document_id = announced.json()["documentId"]
    status, key = upload(announced.json()["upload"], paper.pdf)
    assert status == 200
    assert status_recorded(behind, document_id) == "wacht_op_inhoud"
    event = aws_events.object_created(f"aangekondigd/{key}", len(paper.pdf))
    assert invoke(warm_functions, "CompleteUploadFunction", event) is None
    assert status_recorded(behind, document_id) == "opgeslagen"
    found = over_http(both.api, "GET", f"/documents/{document_id}", [("Accept", "application/pdf")])
    assert found.status == 302
    url = urlsplit(found.headers["location"])
    assert over_http(f"{url.scheme}://{url.netloc}", "GET", f"{url.path}?{url.query}").body == paper.pdf
