"""What the layer's build keeps of botocore's data is all that the functions ask of it, and says what it said before."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import Shape, StructureShape

import lean_botocore
from moto_store import ROOT

ASKED_BY_BOTOCORE = {"HeadBucket"}
READERS = {"dynamodb": ["catalogue"], "s3": ["vault"]}


@cache
def regions() -> list[str]:
    """Every region that botocore knows, of every partition."""
    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return sorted(
        {region for partition in partitions for region in session.get_available_regions("s3", partition)}
        | {region for partition in partitions for region in session.get_available_regions("dynamodb", partition)}
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept, in a folder."""
    folder = tmp_path_factory.mktemp("data")
    lean_botocore.write(lean_botocore.lean(Path(botocore.__file__).parent / "data"), folder)
    return folder


@pytest.fixture
def lean(data: Path) -> botocore.session.Session:
    """A session that has nothing but what is kept, and takes it for botocore's own, as where it is installed."""

    class Installed(Loader):
        BUILTIN_DATA_PATH = str(data)

    session = botocore.session.Session()
    session.register_component("data_loader", Installed())
    return session


def test_no_other_service_is_left(lean: botocore.session.Session) -> None:
    assert lean.get_available_services() == sorted(lean_botocore.OPERATIONS)
    with pytest.raises(UnknownServiceError):
        lean.create_client("sqs", "eu-central-1")


@pytest.mark.parametrize("service", lean_botocore.OPERATIONS)
def test_what_the_modules_call_is_kept_and_nothing_else(lean: botocore.session.Session, service: str) -> None:
    client = lean.create_client(service, "eu-central-1")
    called = {name for module in READERS[service] for name in methods_called(ROOT / f"layers/dms/okd_dms/{module}.py")}
    names = client.meta.method_to_api_mapping
    assert called <= names.keys()
    assert {names[name] for name in called} | ASKED_BY_BOTOCORE >= {*names.values()}
    assert all(client.can_paginate(name) for name in called if name.startswith(("list_", "query")))


def methods_called(path: Path) -> set[str]:
    """The methods of botocore's client that a module names: to call them, and to have a paginator call them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "client()":
            found.add(node.attr)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "client().get_paginator":
            found.add(ast.literal_eval(node.args[0]))
    assert not found & {"generate_presigned_url", "get_waiter"}, "which ask for other data"
    return found - {"get_paginator", "exceptions", "meta"}


KEY = {"pk": {"S": "a"}}
ITEM, OBJECT = {"TableName": "a-table", "Key": KEY}, {"Bucket": "a-bucket", "Key": "a/key"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "DeleteItem": ITEM,
    "GetItem": ITEM,
    "PutItem": {"TableName": "a-table", "Item": {**KEY, "bytes": {"B": b"1"}}},
    "Query": {
        "TableName": "a-table",
        "KeyConditionExpression": "pk = :a",
        "ExpressionAttributeValues": {":a": {"N": "1"}},
    },
    "TransactGetItems": {"TransactItems": [{"Get": ITEM}]},
    "TransactWriteItems": {
        "TransactItems": [{"Put": {"TableName": "a-table", "Item": KEY}}],
        "ClientRequestToken": "1",
    },
    "UpdateItem": {**ITEM, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"S": "1"}}},
    "DeleteObject": {**OBJECT, "VersionId": "1"},
    "GetObject": {**OBJECT, "Range": "bytes=0-1", "ChecksumMode": "ENABLED"},
    "HeadBucket": {"Bucket": "a-bucket"},
    "HeadObject": {**OBJECT, "ChecksumMode": "ENABLED"},
    "ListObjectVersions": {"Bucket": "a-bucket", "Prefix": "a/"},
    "ListObjectsV2": {"Bucket": "a-bucket", "Prefix": "a/"},
    "PutObject": {**OBJECT, "Body": b"1", "ChecksumSHA256": "eA==", "IfNoneMatch": "*"},
}
OF_THE_MOMENT = {"authorization", "x-amz-date", "amz-sdk-invocation-id"}


class _Sent(Exception):
    def __init__(self, request: Any) -> None:
        super().__init__()
        self.request = request


def _stop(request: Any, **_: Any) -> None:
    raise _Sent(request)


def requested(session: botocore.session.Session, operation: str, region: str) -> tuple[Any, Any]:
    """A client, and the request of a call of it, which is not sent."""
    (service,) = (name for name, names in lean_botocore.OPERATIONS.items() if operation in names)
    regional: Any = {"us_east_1_regional_endpoint": "regional"}
    keys: Any = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "example"}
    client: Any = session.create_client(service, region, config=Config(s3=regional), **keys)
    client.meta.events.register("before-send", _stop)
    with pytest.raises(_Sent) as stopped:
        client._make_api_call(operation, PARAMETERS[operation])
    return client, stopped.value.request


def sent(session: botocore.session.Session, operation: str) -> tuple[str, str, dict[str, str], bytes]:
    """The request of a call: method, URL, headers but those of the moment, and body."""
    _, request = requested(session, operation, "eu-central-1")
    headers = {name: value for name, value in request.headers.items() if name.lower() not in OF_THE_MOMENT}
    return request.method, request.url, headers, request.body


def reached(session: botocore.session.Session, operation: str, region: str) -> tuple[str, str, str]:
    """Where a request goes, its credential's scope, and the partition."""
    client, request = requested(session, operation, region)
    scope = re.findall(r"Credential=AKIDEXAMPLE/\d+/([^,]+),", request.headers["Authorization"].decode())
    return request.url, scope[0], client.meta.partition


@pytest.mark.parametrize("operation", ["GetItem", "PutObject"])
def test_aws_is_reached_in_each_region_as_with_all_data(lean: botocore.session.Session, operation: str) -> None:
    whole = botocore.session.Session()
    assert {region: reached(lean, operation, region) for region in regions()} == {
        region: reached(whole, operation, region) for region in regions()
    }


def test_the_parameters_are_those_of_every_operation() -> None:
    assert PARAMETERS.keys() == {name for names in lean_botocore.OPERATIONS.values() for name in names}


@pytest.mark.parametrize("operation", PARAMETERS)
def test_each_operation_sends_what_it_did(lean: botocore.session.Session, operation: str) -> None:
    assert sent(lean, operation) == sent(botocore.session.Session(), operation)


@pytest.mark.parametrize("service", lean_botocore.OPERATIONS)
def test_each_operation_takes_gives_and_refuses_what_it_did(lean: botocore.session.Session, service: str) -> None:
    kept, whole = lean.get_service_model(service), botocore.session.Session().get_service_model(service)
    assert kept.metadata == whole.metadata
    for name in lean_botocore.OPERATIONS[service]:
        one, other = kept.operation_model(name), whole.operation_model(name)
        assert one.http == other.http
        assert [told(shape) for shape in (one.input_shape, one.output_shape, *one.error_shapes)] == [
            told(shape) for shape in (other.input_shape, other.output_shape, *other.error_shapes)
        ]
        assert one.http_checksum == other.http_checksum


def told(shape: Shape | None, within: tuple[str, ...] = ()) -> Any:
    """A shape with all that it is made of, but what it says of itself in prose."""
    if shape is None or shape.name in within:
        return shape and shape.name
    members: dict[str, Any] = {}
    if isinstance(shape, StructureShape):
        members = {name: told(member, (*within, shape.name)) for name, member in shape.members.items()}
    of_list_or_map = [getattr(shape, part) for part in ("member", "key", "value") if hasattr(shape, part)]
    return (
        shape.name,
        shape.type_name,
        shape.serialization,
        {name: value for name, value in shape.metadata.items() if name != "documentation"},
        members,
        [told(part, (*within, shape.name)) for part in of_list_or_map],
    )


def test_the_step_replaces_the_data_where_botocore_is_installed(tmp_path: Path) -> None:
    installed = tmp_path / "botocore/data"
    whole = Path(botocore.__file__).parent / "data"
    for name in [*lean_botocore.OPERATIONS, "_retry.json", "partitions.json", "sdk-default-configuration.json"]:
        (installed / name).parent.mkdir(parents=True, exist_ok=True)
        (installed / name).symlink_to(whole / name)
    (installed / "sqs").symlink_to(whole / "sqs")
    subprocess.run([sys.executable, lean_botocore.__file__, tmp_path], check=True)
    kept = {str(path.relative_to(installed)) for path in installed.rglob("*.json")}
    assert {path.partition("/")[0] for path in kept} == {
        "_retry.json",
        "dynamodb",
        "endpoints.json",
        "partitions.json",
        "s3",
        "sdk-default-configuration.json",
    }
    assert sum(path.stat().st_size for path in installed.rglob("*.json")) < 1024**2
