"""What S3 refuses of an upload by ticket, on the deployed template.

The local S3 cannot show two things. It takes headers that the ticket did not sign, such as x-amz-tagging, where AWS
refuses every unsigned x-amz-* header of a presigned request. And its credentials do not expire, where on AWS a ticket
dies with those that signed it.
"""

import base64
import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from local_stack import LocalStack
from messages import PDF, result
from okd_dms import aws, vault
from okd_dms.document import delivered
from tickets import Announced, announce, describing, details, read_bytes, recorded_status

OTHER = b"!" * len(PDF)


def checksum(content: bytes) -> dict[str, str | None]:
    return {"x_amz_checksum_sha256": base64.b64encode(hashlib.sha256(content).digest()).decode()}


REFUSED: dict[str, tuple[bytes, dict[str, str | None]]] = {
    "other bytes": (OTHER, {}),
    "other bytes with their own checksum": (OTHER, checksum(OTHER)),
    "fewer bytes": (PDF[:-1], {}),
    "more bytes": (PDF + b"\n", {}),
    "no bytes": (b"", {}),
    "another content type": (PDF, {"Content_Type": "text/html"}),
    "no content type": (PDF, {"Content_Type": None}),
    "another checksum": (PDF, checksum(OTHER)),
    "no checksum": (PDF, {"x_amz_checksum_sha256": None}),
    "leave to overwrite": (PDF, {"If_None_Match": None}),
}


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


@pytest.mark.parametrize("what", REFUSED)
def test_what_was_not_announced_is_refused_and_the_ticket_stays_good(
    stack: LocalStack, dms: httpx.Client, what: str
) -> None:
    announced = announce(dms)
    content, headers = REFUSED[what]
    assert announced.put(content, **headers).status_code in (400, 403)
    assert recorded_status(stack, announced) == "wacht_op_inhoud"
    assert details(dms, announced)["status"] == "wacht_op_inhoud"
    assert announced.put().status_code == 200


@pytest.mark.parametrize(
    ("signed", "changed"),
    [
        ("X-Amz-Expires=900", "X-Amz-Expires=604800"),
        ("if-none-match%3B", ""),
        ("X-Amz-Signature=", "x-amz-acl=public-read&X-Amz-Signature="),
    ],
)
def test_a_changed_url_is_refused(dms: httpx.Client, signed: str, changed: str) -> None:
    announced = announce(dms)
    assert signed in announced.upload["url"]
    announced.upload["url"] = announced.upload["url"].replace(signed, changed)
    assert announced.put().status_code == 403


def test_a_ticket_is_good_for_one_write(dms: httpx.Client) -> None:
    announced = announce(dms)
    assert [announced.put().status_code for _ in range(3)] == [200, 412, 412]
    assert read_bytes(dms, announced).content == PDF


def test_a_ticket_is_good_for_its_own_object_and_method_alone(dms: httpx.Client) -> None:
    announced, other = announce(dms), announce(dms)
    path, other_path = (httpx.URL(each.upload["url"]).path for each in (announced, other))
    swapped = announced.upload["url"].replace(path, other_path)
    assert httpx.put(swapped, content=PDF, headers=announced.upload["headers"], trust_env=False).status_code == 403
    for method in ("GET", "DELETE", "POST"):
        answer = httpx.request(method, announced.upload["url"], headers=announced.upload["headers"], trust_env=False)
        assert answer.status_code in (403, 405)


def test_s3_refuses_an_expired_ticket(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed here by the function's own module, since no ticket of the stack expires within a minute."""
    for name, value in (
        ("AWS_ENDPOINT_URL", stack.endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("BUCKET_NAME", stack.outputs["BucketName"]),
    ):
        monkeypatch.setenv(name, value)
    caches = (aws.session, vault.client)  # of tests before, which may know other credentials
    for cached in caches:
        cached.cache_clear()
    tickets = []
    for lifetime in ("60", "1"):
        monkeypatch.setenv("TICKET_LIFETIME_SECONDS", lifetime)
        document = delivered(result(**describing(PDF)), "-", None, awaited_for=timedelta(days=7))
        tickets.append(Announced(document.id, PDF, vault.upload_ticket(document)))
    for cached in caches:
        cached.cache_clear()
    time.sleep(3)
    assert [ticket.put().status_code for ticket in tickets] == [200, 403]
