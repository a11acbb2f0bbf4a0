"""Each function may do its work and nothing else: shown by calls as its role, on a stack that enforces IAM."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import template
from local_stack import STACK_NAME, LocalStack

ITEM = {"documentId": {"S": "privilege"}, "item": {"S": "head"}}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls AWS. `direct` and `announced` are the keys of objects that are there."""

    dynamodb: Any
    s3: Any
    table: str
    bucket: str
    direct: str
    announced: str


def query(by: Caller, name: str, value: str, **where: str) -> Any:
    return by.dynamodb.query(
        TableName=by.table,
        KeyConditionExpression=f"{name} = :value",
        ExpressionAttributeValues={":value": {"S": value}},
        **where,
    )


CALLS: dict[str, Callable[[Caller], Any]] = {
    "read an item": lambda by: by.dynamodb.get_item(TableName=by.table, Key=ITEM),
    "write an item": lambda by: by.dynamodb.put_item(TableName=by.table, Item=ITEM),
    "change an item": lambda by: by.dynamodb.update_item(TableName=by.table, Key=ITEM),
    "delete an item": lambda by: by.dynamodb.delete_item(TableName=by.table, Key=ITEM),
    "list a document's items": lambda by: query(by, "documentId", "privilege"),
    "find unfinished work": lambda by: query(by, "unfinishedSince", "2026-03-12", IndexName="byUnfinished"),
    "find a student's documents": lambda by: query(by, "studentPerson", "privilege", IndexName="byStudentPerson"),
    "scan the table": lambda by: by.dynamodb.scan(TableName=by.table),
    "read direct content": lambda by: by.s3.get_object(Bucket=by.bucket, Key=by.direct),
    "read announced content": lambda by: by.s3.get_object(Bucket=by.bucket, Key=by.announced),
    "write direct content": lambda by: by.s3.put_object(Bucket=by.bucket, Key=f"direct/{uuid4()}"),
    "sign announced content": lambda by: by.s3.put_object(Bucket=by.bucket, Key=f"aangekondigd/{uuid4()}"),
    "write elsewhere": lambda by: by.s3.put_object(Bucket=by.bucket, Key=f"elders/{uuid4()}"),
    "hide content": lambda by: by.s3.delete_object(Bucket=by.bucket, Key=f"direct/{uuid4()}"),
    "erase content": lambda by: by.s3.delete_object(Bucket=by.bucket, Key=f"direct/{uuid4()}", VersionId="null"),
    "list the bucket": lambda by: by.s3.list_objects_v2(Bucket=by.bucket),
    "list versions of objects": lambda by: by.s3.list_object_versions(Bucket=by.bucket),
    "open the bucket": lambda by: by.s3.put_bucket_policy(Bucket=by.bucket, Policy="{}"),
}
ALLOWED = {
    "StoreDocumentFunction": {"write an item", "change an item", "write direct content", "sign announced content"},
    "GetDocumentFunction": {"read an item", "read direct content", "read announced content"},
    "UpdateDocumentFunction": {
        *("read an item", "write an item", "change an item"),
        *("write direct content", "sign announced content", "read direct content", "read announced content"),
    },
    "DeleteDocumentFunction": {
        *("read an item", "write an item", "change an item", "delete an item", "list a document's items"),
        *("list versions of objects", "erase content"),
    },
    "ListVersionsFunction": {"read an item", "list a document's items"},
    "CompleteUploadFunction": {"read an item", "write an item", "change an item", "read announced content"},
    "ReconcileFunction": {
        *("read an item", "write an item", "change an item", "delete an item"),
        *("list a document's items", "find unfinished work"),
        *("list the bucket", "list versions of objects", "read announced content", "erase content"),
    },
    "FallbackFunction": set[str](),
}


@pytest.fixture(scope="module")
def content(stack: LocalStack) -> tuple[str, str]:
    """The keys of an object of each kind, which are there: what is absent could not be read by anybody."""
    keys = (f"direct/2026-03-12/{uuid4()}/0", f"aangekondigd/2026-03-12/{uuid4()}/0")
    for key in keys:
        stack.client("s3").put_object(Bucket=stack.outputs["BucketName"], Key=key, Body=b"exam")
    return keys


def caller(stack: LocalStack, function: str, content: tuple[str, str]) -> Caller:
    role = template.functions()[function]["Role"]["Fn::GetAtt"].removesuffix(".Arn")
    found = stack.client("cloudformation").describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=role)
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    arn = stack.client("iam").get_role(RoleName=name)["Role"]["Arn"]
    credentials = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name="eu-central-1",
    )
    return Caller(
        session.client("dynamodb", endpoint_url=stack.endpoint),
        session.client("s3", endpoint_url=stack.endpoint, config=Config(s3={"addressing_style": "path"})),
        stack.outputs["TableName"],
        stack.outputs["BucketName"],
        *content,
    )


def is_allowed(call: Callable[[Caller], Any], by: Caller) -> bool:
    try:
        call(by)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"):
            return False
        raise
    return True


def test_every_function_of_the_template_is_tried() -> None:
    assert ALLOWED.keys() == template.functions().keys()


@pytest.mark.parametrize("function", ALLOWED)
def test_a_function_may_do_its_work_and_nothing_else(
    stack: LocalStack, content: tuple[str, str], function: str
) -> None:
    by = caller(stack, function, content)
    assert {name for name, call in CALLS.items() if is_allowed(call, by)} == ALLOWED[function]
