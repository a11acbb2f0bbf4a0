"""URLs signed without a client are what boto3 would sign."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.auth import AUTH_TYPE_MAPS, S3SigV4QueryAuth
from botocore.config import Config

from messages import result
from okd_dms import aws, vault
from okd_dms.document import Document, delivered
from okd_dms.media_types import attachment
from okd_dms.message import validate


def document(filename: str = "Zoë & 學生 #1+1=2%.pdf", media_type: str = "application/x-a+b") -> Document:
    content = {"bestandsomvang": 123456, "integriteit": {"algoritme": "sha_256", "waarde": "0f" * 32}}
    message = validate(result(bestandsnaam=filename, formaat=media_type, **content))
    return replace(delivered(message, "-", None), due_at=None)


@pytest.fixture(params=["eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "a stand-in"])
def s3(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """boto3's own client, in the same environment as ours, where time stands still."""
    stands_in = request.param == "a stand-in"
    region = "eu-central-1" if stands_in else request.param
    variables = {
        "AWS_DEFAULT_REGION": region,
        "AWS_SESSION_TOKEN": "FwoGZXIvYXdzE/+==",
        "BUCKET_NAME": "school-contents",
        "TICKET_LIFETIME_SECONDS": "900",
        "DOWNLOAD_URL_LIFETIME_SECONDS": "600",
        **({"AWS_ENDPOINT_URL": "http://localhost:4566"} if stands_in else {}),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "session", cache(aws.session.__wrapped__))
    monkeypatch.setitem(AUTH_TYPE_MAPS, "s3v4-query", S3SigV4QueryAuth)  # as where awscrt is not installed: on Lambda
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: datetime(2026, 3, 12, tzinfo=UTC))
    style: Any = {
        "addressing_style": "path" if stands_in else "virtual",
        "us_east_1_regional_endpoint": "regional",
    }
    return boto3.Session().client("s3", config=Config(signature_version="s3v4", s3=style))


def test_a_ticket_is_signed_as_boto3_would(s3: Any) -> None:
    awaited = document()
    parameters = {
        "Bucket": "school-contents",
        "Key": awaited.object_key,
        "ContentType": awaited.media_type,
        "ContentLength": awaited.size,
        "ChecksumSHA256": base64.b64encode(bytes.fromhex(awaited.sha256)).decode(),
        "IfNoneMatch": "*",
    }
    assert vault.upload_ticket(awaited)["url"] == s3.generate_presigned_url("put_object", parameters, 900)


@pytest.mark.parametrize("filename", ["exam.pdf", "Zoë & 學生 #1+1=2%.pdf", "~'\"();,.pdf"])
def test_a_download_is_signed_as_boto3_would(s3: Any, filename: str) -> None:
    stored = document(filename)
    parameters = {
        "Bucket": "school-contents",
        "Key": stored.object_key,
        "ResponseContentType": stored.media_type,
        "ResponseContentDisposition": attachment(filename),
    }
    url, expires = vault.download_url(stored)
    assert url == s3.generate_presigned_url("get_object", parameters, 600)
    assert datetime.fromisoformat(expires) > datetime.now(UTC)
