"""How AWS is reached: one session of botocore for both stores.

botocore and not boto3, which adds resources and transfers.
"""

import functools
from http import HTTPStatus
from typing import Any

import botocore.session
from botocore.exceptions import ConnectionClosedError

USER_AGENT = f"okd-dms Botocore/{botocore.__version__}"
"""Under which AWS's logs have every call. One that botocore composes is composed anew at each, twice."""


@functools.cache
def session() -> botocore.session.Session:
    """The session, made on first use."""
    made = botocore.session.get_session()
    for answer in ("dynamodb", "s3.ListObjectsV2", "s3.ListObjectVersions"):
        made.register(f"after-call.{answer}", _refuse_without_body)
    made.register("after-call.s3.HeadObject", _refuse_without_size)
    return made


def _refuse_without_body(**answer: Any) -> None:
    """An answer that breaks off within its headers reads as one without a body: no such item, no such objects."""
    response = answer["http_response"]
    if response.status_code == HTTPStatus.OK and not response.content:
        raise ConnectionClosedError(endpoint_url=response.url)


def _refuse_without_size(**answer: Any) -> None:
    response = answer["http_response"]
    if response.status_code == HTTPStatus.OK and "Content-Length" not in response.headers:
        raise ConnectionClosedError(endpoint_url=response.url)


@functools.cache
def dns_suffix(region: str) -> str:
    """The domain of AWS's hosts in this region's partition, such as amazonaws.com."""
    loaded = session().get_component("data_loader").load_data("partitions")["partitions"]
    partition = session().get_partition_for_region(region)
    return next(str(entry["outputs"]["dnsSuffix"]) for entry in loaded if entry["id"] == partition)
