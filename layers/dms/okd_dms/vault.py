"""Where content is kept: the only module that knows S3.

Keys hold ids, dates and random digits, never anything personal. SHA-256 is checked by S3 on the way in and by us on the
way out.
"""

import base64
import functools
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from okd_dms.document import Document
from okd_dms.errors import ContentCorrupt, DependencyFailed
from okd_dms.media_types import attachment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@functools.cache
def client() -> "S3Client":
    """One connection for the life of the process, made on first use.

    SigV4 on the bucket's regional host, so that presigned URLs need no redirect; a local stand-in knows no such hosts.
    """
    return boto3.client(
        "s3",
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"},
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


@contextmanager
def _dependency() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise DependencyFailed("s3", error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise DependencyFailed("s3", type(error).__name__) from error


def write(document: Document, content: bytes) -> None:
    """Keep these bytes under the document's key; S3 refuses them if their SHA-256 differs. Raises DependencyFailed."""
    with _dependency():
        client().put_object(
            Bucket=os.environ["BUCKET_NAME"],
            Key=document.object_key,
            Body=content,
            ContentType=document.media_type,
            ChecksumSHA256=base64.b64encode(bytes.fromhex(document.sha256)).decode(),
        )


def read(document: Document) -> bytes:
    """The document's bytes, all of them, verified. Raises ContentCorrupt and DependencyFailed."""
    with _dependency():
        try:
            answer = client().get_object(Bucket=os.environ["BUCKET_NAME"], Key=document.object_key)
        except client().exceptions.NoSuchKey:
            raise ContentCorrupt from None
        content = answer["Body"].read()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise ContentCorrupt
    return content


def download_url(document: Document) -> tuple[str, str]:
    """A presigned URL that gives the bytes as an attachment under the original name, and the moment it expires.

    The moment is RFC 3339 in UTC. No call: the URL is signed here.
    """
    lifetime = int(os.environ["DOWNLOAD_URL_LIFETIME_SECONDS"])
    expires = datetime.now(UTC) + timedelta(seconds=lifetime)
    url = client().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": os.environ["BUCKET_NAME"],
            "Key": document.object_key,
            "ResponseContentType": document.media_type,
            "ResponseContentDisposition": attachment(document.filename),
        },
        ExpiresIn=lifetime,
    )
    return url, expires.isoformat(timespec="seconds").replace("+00:00", "Z")
