"""How AWS is reached: one session of botocore for both stores, without what they never ask of it.

botocore and not boto3, which adds resources and transfers. And of botocore's data only what two services need: it would
else read the endpoints of all services in all regions, and look through the folders of all services for each model.
"""

import functools
from http import HTTPStatus
from typing import Any, override

import botocore.session
from botocore.exceptions import ConnectionClosedError
from botocore.loaders import Loader

SERVICES = ["dynamodb", "s3"]

_OF_A_PARTITION = {
    "regions": {},
    "services": {},
    "defaults": {
        "hostname": "{service}.{region}.{dnsSuffix}",
        "protocols": ["https"],
        "signatureVersions": ["v4"],
    },
}


class _LeanLoader(Loader):
    """Loads botocore's data. The hosts are made by the rules of each service, as by any other client."""

    @override
    def list_available_services(self, type_name: str) -> list[str]:
        return SERVICES

    @override
    def load_data_with_path(self, name: str) -> Any:
        if name != "endpoints":
            return super().load_data_with_path(name)
        loaded, path = super().load_data_with_path("partitions")
        return {"partitions": [_partition(partition) for partition in loaded["partitions"]]}, path


def _partition(loaded: dict[str, Any]) -> dict[str, Any]:
    return {
        "partition": loaded["id"],
        "regionRegex": loaded["regionRegex"],
        "dnsSuffix": loaded["outputs"]["dnsSuffix"],
        **_OF_A_PARTITION,
    }


@functools.cache
def session() -> botocore.session.Session:
    """The session, made on first use."""
    made = botocore.session.get_session()
    made.register_component("data_loader", _LeanLoader())
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
