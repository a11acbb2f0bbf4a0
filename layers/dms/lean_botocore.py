"""A step of the layer's build: of botocore's data, keep what the functions ask for.

    PYTHONPATH=FOLDER python lean_botocore.py FOLDER     where FOLDER is the one that botocore was installed in

botocore describes every service of AWS in 30 MB of JSON, and a cold start reads two of them whole, with the endpoints
of all services in all regions. What is kept says what it said before. The code of botocore is left as it is.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

OPERATIONS = {
    "dynamodb": [
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    ],
    "s3": [
        "DeleteObject",
        "GetObject",
        "HeadBucket",  # which botocore calls itself, to follow a redirect
        "HeadObject",
        "ListObjectVersions",
        "ListObjectsV2",
        "PutObject",
    ],
}
"""By service, what the layer's modules call. A test compares them."""


def lean(data: Path) -> dict[str, Any]:
    """What is kept of this folder of botocore's data: path in it, without .json → content."""
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    kept = {name: loader.load_data(name) for name in ("_retry", "partitions", "sdk-default-configuration")}
    kept["endpoints"] = _endpoints(kept["partitions"])
    for service, operations in OPERATIONS.items():
        version = loader.determine_latest_version(service, "service-2")
        models = {
            kind: loader.load_service_model(service, kind, version)
            for kind in ("service-2", "endpoint-rule-set-1", "paginators-1")
        }
        models["service-2"] = _with_operations(models["service-2"], operations)
        kept |= {f"{service}/{version}/{kind}": model for kind, model in models.items()}
    return kept


def write(kept: dict[str, Any], data: Path) -> None:
    """Make a folder of botocore's data of this."""
    for path, content in kept.items():
        file = data / f"{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _endpoints(partitions: dict[str, Any]) -> dict[str, Any]:
    """Partitions without services: the hosts are made by the rules that each service has of its own.

    And without variants of endpoints (FIPS, dual stack), which no parameter of the template asks for.
    """
    defaults = {
        "hostname": "{service}.{region}.{dnsSuffix}",
        "protocols": ["https"],
        "signatureVersions": ["v4"],
    }
    return {
        "partitions": [
            {
                "partition": partition["id"],
                "regionRegex": partition["regionRegex"],
                "dnsSuffix": partition["outputs"]["dnsSuffix"],
                "regions": {},
                "services": {},
                "defaults": defaults,
            }
            for partition in partitions["partitions"]
        ]
    }


def _with_operations(model: dict[str, Any], names: list[str]) -> dict[str, Any]:
    operations = {name: model["operations"][name] for name in names}
    shapes: dict[str, Any] = {}
    wanted = list(_shapes_in(operations))
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            wanted += _shapes_in(shapes[name])
    described = {"operations": operations, "shapes": shapes}  # elsewhere botocore looks for documentation
    return model | {name: _without_documentation(part) for name, part in described.items()}


def _shapes_in(part: Any) -> list[str]:
    """The names of the shapes that a part of a model refers to."""
    if isinstance(part, list):
        return [name for each in part for name in _shapes_in(each)]
    if not isinstance(part, dict):
        return []
    own = [part["shape"]] if isinstance(part.get("shape"), str) else []
    return own + [name for each in part.values() for name in _shapes_in(each)]


def _without_documentation(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_documentation(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_documentation(each)
        for name, each in part.items()
        if name != "documentation" or not isinstance(each, str)
    }


def main() -> None:
    data = Path(sys.argv[1], "botocore/data")
    kept = lean(data)
    shutil.rmtree(data)
    write(kept, data)


if __name__ == "__main__":
    main()
