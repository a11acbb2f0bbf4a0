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
from typing import TYPE_CHECKING, Any, cast

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from okd_dms import aws
from okd_dms.document import Document, moment
from okd_dms.errors import ContentCorrupt, DependencyFailed
from okd_dms.media_types import attachment, essence

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef


@functools.cache
def client() -> "S3Client":
    """One connection for the life of the process, made on first use.

    SigV4 on the bucket's regional host, so that presigned URLs need no redirect; a local stand-in knows no such hosts.
    """
    client = aws.session().create_client(
        "s3",
        config=Config(
            user_agent=aws.USER_AGENT,
            signature_version="s3v4",
            s3={
                "addressing_style": "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )
    return cast("S3Client", client)


def prepare() -> None:
    """Have the client made and a URL signed. No call."""
    client()
    _presigned("GET", "-", datetime.now(UTC))


@contextmanager
def _dependency() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise DependencyFailed("s3", error.response["Error"]["Code"]) from error
    except (BotoCoreError, HTTPError) as error:  # the latter of what is read as a stream, and of errors in its place
        raise DependencyFailed("s3", type(error).__name__) from error


def write(document: Document, content: bytes) -> None:
    """Keep these bytes under the document's key; S3 refuses them if their SHA-256 differs. Raises DependencyFailed."""
    with _dependency():
        client().put_object(
            Bucket=os.environ["BUCKET_NAME"],
            Key=document.object_key,
            Body=content,
            ContentType=document.media_type,
            ChecksumSHA256=_base64(document.sha256),
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


def holds(document: Document) -> bool:
    """Whether the announced bytes are there: size, SHA-256 and media type as announced, by what S3 itself computed.

    One call; another for bytes that do not fit, since a HEAD's answer that breaks off can't be told from a whole one.
    Raises DependencyFailed.
    """
    for _ in range(2):
        found = described(document)
        if found is None:
            return False
        if (
            found["ContentLength"] == document.size
            and found.get("ChecksumSHA256") == _base64(document.sha256)
            and essence(found.get("ContentType", "")) == essence(document.media_type)
        ):
            return True
    return False


def described(document: Document) -> "HeadObjectOutputTypeDef | None":
    """What S3 says of the object; None when it is absent, or may not be looked at. One call. Raises DependencyFailed.

    Who may not list the bucket gets 403 for an object that is absent.
    """
    with _dependency():
        try:
            return client().head_object(
                Bucket=os.environ["BUCKET_NAME"], Key=document.object_key, ChecksumMode="ENABLED"
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return None
            raise


def beginning(document: Document, length: int = 4096) -> bytes:
    """The first bytes of the content, fewer when it is shorter. One call, whatever the size.

    They are not verified: a checksum is of all the bytes. Raises ContentCorrupt and DependencyFailed.
    """
    with _dependency():
        try:
            answer = client().get_object(
                Bucket=os.environ["BUCKET_NAME"], Key=document.object_key, Range=f"bytes=0-{length - 1}"
            )
        except client().exceptions.NoSuchKey:
            raise ContentCorrupt from None
        return answer["Body"].read()


def keys(prefix: str, after: str) -> Iterator[str]:
    """Keys that begin with the prefix and come after another, in order, a page at a time. Raises DependencyFailed."""
    pages = (
        client()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=os.environ["BUCKET_NAME"], Prefix=prefix, StartAfter=after)
    )
    with _dependency():
        for page in pages:
            yield from (entry["Key"] for entry in page.get("Contents", []))


def written(prefix: str) -> list[tuple[str, str]]:
    """Key and version id of every object version and every marker of a deletion whose key has this prefix.

    Raises DependencyFailed.
    """
    pages = client().get_paginator("list_object_versions").paginate(Bucket=os.environ["BUCKET_NAME"], Prefix=prefix)
    with _dependency():
        return [
            (entry["Key"], entry["VersionId"])
            for page in pages
            for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]


def remove(versions: list[tuple[str, str]]) -> None:
    """Remove these versions for good, and nothing that came after them. Raises DependencyFailed."""
    with _dependency():
        for key, version_id in versions:
            client().delete_object(Bucket=os.environ["BUCKET_NAME"], Key=key, VersionId=version_id)


def erase(prefix: str) -> None:
    """Remove for good whatever has a key with this prefix. Raises DependencyFailed."""
    remove(written(prefix))


def upload_ticket(document: Document) -> dict[str, Any]:
    """A presigned PUT that S3 takes once, for exactly the announced bytes, and the headers to send with it.

    Signed over media type, length, SHA-256 and If-None-Match, so that anything else is refused by S3. It lives an hour
    at most, and no longer than the announcement and the credentials that sign it. No call: the URL is signed here.
    """
    signed = {
        "Content-Type": document.media_type,
        "x-amz-checksum-sha256": _base64(document.sha256),
        "If-None-Match": "*",
    }
    expires = _expiry(int(os.environ["TICKET_LIFETIME_SECONDS"]))
    if document.due_at:
        expires = min(expires, datetime.fromisoformat(document.due_at))
    url = _presigned("PUT", document.object_key, expires, headers={**signed, "Content-Length": str(document.size)})
    return {"methode": "PUT", "url": url, "headers": signed, "verlooptOp": moment(expires)}


def download_url(document: Document) -> tuple[str, str]:
    """A presigned URL that gives the bytes as an attachment under the original name, and the moment it expires.

    The moment is RFC 3339 in UTC. No call: the URL is signed here.
    """
    expires = _expiry(int(os.environ["DOWNLOAD_URL_LIFETIME_SECONDS"]))
    query = {
        "response-content-type": document.media_type,
        "response-content-disposition": attachment(document.filename),
    }
    url = _presigned("GET", document.object_key, expires, query=query)
    return url, moment(expires)


def _presigned(
    method: str,
    object_key: str,
    expires: datetime,
    *,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> str:
    """A URL for one object, signed over these headers and this query, as a client of S3 would sign it.

    Without such a client, which takes longer to make than all else that a ticket needs.
    """
    session = aws.session()
    region = session.get_config_variable("region")
    request = AWSRequest(method=method, url=f"{_bucket_url(region)}/{object_key}", headers=headers, params=query)
    credentials = session.get_credentials()
    assert credentials is not None  # noqa: S101 - Lambda gives every function some
    S3SigV4QueryAuth(credentials, "s3", region, expires=_seconds_until(expires)).add_auth(request)
    return str(request.url)


def _bucket_url(region: str) -> str:
    bucket, stand_in = os.environ["BUCKET_NAME"], os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")
    return f"{stand_in}/{bucket}" if stand_in else f"https://{bucket}.s3.{region}.{aws.dns_suffix(region)}"


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _expiry(lifetime: int) -> datetime:
    """When a URL that is signed now expires: after `lifetime` seconds, or with the credentials if that is earlier."""
    expires = datetime.now(UTC) + timedelta(seconds=lifetime)
    credentials_expire = os.environ.get("AWS_CREDENTIAL_EXPIRATION")
    return min(expires, datetime.fromisoformat(credentials_expire)) if credentials_expire else expires


def _seconds_until(expires: datetime) -> int:
    return max(1, round((expires - datetime.now(UTC)).total_seconds()))
