"""How AWS is reached: one session of botocore for both stores.

botocore and not boto3, which adds resources and transfers.
"""

import functools
from http import HTTPStatus
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError

USER_AGENT = f"okd-dms Botocore/{botocore.__version__}"
"""Under which AWS's logs have every call. One that botocore composes is composed anew at each, twice."""


class BrokenOff(BotoCoreError):
    """An answer whose end is missing."""

    fmt = "The answer breaks off"


@functools.cache
def session() -> botocore.session.Session:
    """The session, made on first use. An answer that breaks off is a failure of the call, a BotoCoreError.

    botocore takes what there is of one for the whole: for no item, no page, no object.
    """
    made = botocore.session.get_session()
    for operation in ("dynamodb", "s3.ListObjectsV2", "s3.ListObjectVersions"):
        made.register(f"before-parse.{operation}", _refuse_part_of_content)
    for operation in ("s3.GetObject", "s3.HeadObject"):  # whose content, if any, is read later, and counted then
        made.register(f"before-parse.{operation}", _refuse_without_size)
    return made


def _refuse_part_of_content(**answer: Any) -> None:
    length, content = _length(answer), answer["response_dict"]["body"]
    # Without a length: a broken chunk is an error of its own, and after headers that break off nothing follows.
    breaks_off = not content if length is None else length != len(content)
    if breaks_off and _is_success(answer):
        raise BrokenOff


def _refuse_without_size(**answer: Any) -> None:
    if _is_success(answer) and _length(answer) is None:
        raise BrokenOff


def _is_success(answer: dict[str, Any]) -> bool:
    """An error is one by its status, however much of it has come."""
    return bool(answer["response_dict"]["status_code"] < HTTPStatus.MULTIPLE_CHOICES)


def _length(answer: dict[str, Any]) -> int | None:
    said = answer["response_dict"]["headers"].get("Content-Length", "")
    return int(said) if said.isdecimal() else None


@functools.cache
def dns_suffix(region: str) -> str:
    """The domain of AWS's hosts in this region's partition, such as amazonaws.com."""
    loaded = session().get_component("data_loader").load_data("partitions")["partitions"]
    partition = session().get_partition_for_region(region)
    return next(str(entry["outputs"]["dnsSuffix"]) for entry in loaded if entry["id"] == partition)
