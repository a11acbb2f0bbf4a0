"""The benchmark's stand-ins, seen by those who use them: the AWS SDK, and Lambda's runtime."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

import aws_stub
from answers import WrongAnswer, compare
from runtime_api import RuntimeApi
from runtime_emulator import FunctionFailed
from stub_services import State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

HEAD: Any = {"documentId": {"S": "one"}, "item": {"S": "head"}}
CONTENT = b"%PDF-1.7"
SHA256 = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def endpoint(state: State) -> str:
    return f"http://127.0.0.1:{aws_stub.listen(state, None)}"


@pytest.fixture
def dynamodb(endpoint: str) -> Iterator["DynamoDBClient"]:
    client = boto3.client("dynamodb", endpoint_url=endpoint)
    yield client
    client.close()


@pytest.fixture
def s3(endpoint: str) -> Iterator["S3Client"]:
    client = boto3.client("s3", endpoint_url=endpoint)
    yield client
    client.close()


def test_an_item_is_put_read_changed_and_replaced(dynamodb: "DynamoDBClient") -> None:
    dynamodb.put_item(TableName="t", Item={**HEAD, "status": {"S": "awaited"}, "dueAt": {"S": "soon"}})
    dynamodb.update_item(
        TableName="t",
        Key=HEAD,
        UpdateExpression="SET #s = :stored, changedAt = :now REMOVE dueAt, absent",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":stored": {"S": "stored"}, ":now": {"S": "now"}},
    )
    changed = dynamodb.get_item(TableName="t", Key=HEAD)["Item"]
    assert changed == {**HEAD, "status": {"S": "stored"}, "changedAt": {"S": "now"}}
    first: Any = {**HEAD, "item": {"S": "1"}}
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": "t", "Item": first}}, {"Put": {"TableName": "t", "Item": HEAD}}]
    )
    assert dynamodb.get_item(TableName="t", Key=HEAD)["Item"] == HEAD
    assert dynamodb.get_item(TableName="t", Key=first)["Item"] == first
    assert "Item" not in dynamodb.get_item(TableName="another", Key=HEAD)


def test_an_object_is_put_read_and_looked_at(s3: "S3Client") -> None:
    s3.put_object(Bucket="bucket", Key="a/b", Body=CONTENT, ContentType="application/pdf", ChecksumSHA256=SHA256)
    assert s3.get_object(Bucket="bucket", Key="a/b")["Body"].read() == CONTENT
    found = s3.head_object(Bucket="bucket", Key="a/b", ChecksumMode="ENABLED")
    assert (found["ContentLength"], found["ContentType"], found["ChecksumSHA256"]) == (8, "application/pdf", SHA256)
    part = s3.get_object(Bucket="bucket", Key="a/b", Range="bytes=1-3")
    assert (part["Body"].read(), part["ContentRange"]) == (b"PDF", "bytes 1-3/8")


def test_bytes_with_another_checksum_are_refused_as_s3_does(s3: "S3Client") -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket="bucket", Key="a/b", Body=CONTENT + b"!", ChecksumSHA256=SHA256)


def test_an_absent_object_is_answered_as_s3_does(s3: "S3Client") -> None:
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="bucket", Key="absent")


def test_what_is_frozen_answers_writes_and_forgets_them(
    state: State, dynamodb: "DynamoDBClient", s3: "S3Client"
) -> None:
    state.frozen |= {"t", "bucket"}
    dynamodb.put_item(TableName="t", Item=HEAD)
    s3.put_object(Bucket="bucket", Key="a/b", Body=CONTENT)
    assert "Item" not in dynamodb.get_item(TableName="t", Key=HEAD)
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="bucket", Key="a/b")


def test_every_call_is_counted_with_its_bytes_and_its_partitions(
    state: State, dynamodb: "DynamoDBClient", s3: "S3Client"
) -> None:
    s3.put_object(Bucket="bucket", Key="a/b", Body=CONTENT, ChecksumSHA256=SHA256)
    s3.head_object(Bucket="bucket", Key="a/b")
    s3.get_object(Bucket="bucket", Key="a/b")["Body"].read()
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": HEAD}}])
    counted = [(call.name, call.action, call.partitions) for call in state.received]
    assert counted == [
        ("bucket", "PutObject", []),
        ("bucket", "HeadObject", []),
        ("bucket", "GetObject", []),
        ("t", "TransactWriteItems", ["one"]),
    ]
    bytes_of_objects = [(call.sent_bytes, call.answered_bytes) for call in state.received[:3]]
    assert bytes_of_objects == [(len(CONTENT), 0), (0, 0), (0, len(CONTENT))]


@pytest.fixture
def runtime() -> Iterator[tuple[RuntimeApi, Callable[[list[tuple[str, str, bytes]]], list[bytes]]]]:
    """The runtime API, and a process that sends it these requests and gives the bodies that it was answered with."""
    threads: list[threading.Thread] = []
    with RuntimeApi() as api:

        def send(requests: list[tuple[str, str, bytes]]) -> list[bytes]:
            answers: list[bytes] = []

            def run() -> None:
                connection = HTTPConnection(api.address, timeout=10)
                request_id = ""
                with suppress(OSError):
                    for method, path, body in requests:
                        connection.request(method, f"/2018-06-01/runtime{path.format(id=request_id)}", body)
                        response = connection.getresponse()
                        request_id = response.getheader("Lambda-Runtime-Aws-Request-Id") or request_id
                        answers.append(response.read())
                connection.close()

            threads.append(threading.Thread(target=run))
            threads[-1].start()
            return answers

        yield api, send
    for thread in threads:
        thread.join()


NEXT = ("GET", "/invocation/next", b"")


def test_a_runtime_gets_its_events_one_by_one_and_answers_them(runtime: Any) -> None:
    api, send = runtime
    answers = send([NEXT, ("POST", "/invocation/{id}/response", b'"first"'), NEXT])
    api.wait_until_ready()
    answer, seconds = api.invoke(b'{"event": 1}')
    api.wait_until_ready()
    assert answer == b'"first"'
    assert seconds > 0
    assert answers[0] == b'{"event": 1}'


REPORT = json.dumps({"errorType": "KeyError", "errorMessage": "'TABLE_NAME'"}).encode()


def test_an_error_in_init_is_raised_instead_of_readiness(runtime: Any) -> None:
    api, send = runtime
    send([("POST", "/init/error", REPORT)])
    with pytest.raises(FunctionFailed, match="KeyError: 'TABLE_NAME'"):
        api.wait_until_ready()


def test_an_error_in_an_invocation_is_raised_instead_of_an_answer(runtime: Any) -> None:
    api, send = runtime
    send([NEXT, ("POST", "/invocation/{id}/error", REPORT)])
    api.wait_until_ready()
    with pytest.raises(FunctionFailed, match="KeyError: 'TABLE_NAME'"):
        api.invoke(b"{}")


def test_variants_that_answer_alike_may_be_timed_and_others_not() -> None:
    compare({"okd-dms": {"store": (200, {})}, "floor": {"store": (200, {})}})
    with pytest.raises(WrongAnswer, match="floor answers 'store'"):
        compare({"okd-dms": {"store": (200, {})}, "floor": {"store": (201, {})}})
