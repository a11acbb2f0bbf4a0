"""Each role may do what the template grants it and nothing else: tried by calls as that role, with IAM enforced.

What is tried is every action that any role of the template has, on every kind of resource, and some that none has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import template
from granted import by_role_of
from local_stack import STACK_NAME, LocalStack

ITEM = {"documentId": {"S": "privilege"}, "item": {"S": "head"}}
INDEXES = [index["IndexName"] for index in template.table_definition()["GlobalSecondaryIndexes"]]
REFUSALS = {"AccessDenied", "AccessDeniedException"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls AWS. `direct` and `announced` are the keys of objects that are there."""

    clients: Callable[[str], Any]
    names: dict[str, str]
    direct: str
    announced: str

    def table(self, operation: str, **arguments: Any) -> Any:
        return getattr(self.clients("dynamodb"), operation)(TableName=self.names["Table"], **arguments)

    def bucket(self, operation: str, **arguments: Any) -> Any:
        return getattr(self.clients("s3"), operation)(Bucket=self.names["Bucket"], **arguments)

    def query(self, index: str | None = None) -> Any:
        keys = template.table_definition()["KeySchema"]
        for definition in template.table_definition()["GlobalSecondaryIndexes"]:
            keys = definition["KeySchema"] if definition["IndexName"] == index else keys
        return self.table(
            "query",
            KeyConditionExpression=f"{keys[0]['AttributeName']} = :value",
            ExpressionAttributeValues={":value": {"S": "privilege"}},
            **({"IndexName": index} if index else {}),
        )

    def send(self) -> Any:
        return self.clients("sqs").send_message(
            QueueUrl=self.names["UploadEventsDeadLetterQueue"], MessageBody="privilege"
        )


type Try = Callable[[Caller], Any]
TRIES: dict[tuple[str, str], Try] = {
    ("dynamodb:GetItem", "Table.Arn"): lambda by: by.table("get_item", Key=ITEM),
    ("dynamodb:PutItem", "Table.Arn"): lambda by: by.table("put_item", Item=ITEM),
    ("dynamodb:UpdateItem", "Table.Arn"): lambda by: by.table("update_item", Key=ITEM),
    ("dynamodb:DeleteItem", "Table.Arn"): lambda by: by.table("delete_item", Key=ITEM),
    ("dynamodb:Query", "Table.Arn"): Caller.query,
    **{("dynamodb:Query", f"Table.Arn/index/{name}"): partial(Caller.query, index=name) for name in INDEXES},
    ("dynamodb:Scan", "Table.Arn"): lambda by: by.table("scan"),
    ("dynamodb:UpdateTable", "Table.Arn"): lambda by: by.table("update_table", DeletionProtectionEnabled=False),
    ("dynamodb:DeleteTable", "Table.Arn"): lambda by: by.table("delete_table"),
    ("s3:GetObject", "Bucket.Arn/direct/x"): lambda by: by.bucket("get_object", Key=by.direct),
    ("s3:GetObject", "Bucket.Arn/aangekondigd/x"): lambda by: by.bucket("get_object", Key=by.announced),
    ("s3:PutObject", "Bucket.Arn/direct/x"): lambda by: by.bucket("put_object", Key=f"direct/{uuid4()}"),
    ("s3:PutObject", "Bucket.Arn/aangekondigd/x"): lambda by: by.bucket("put_object", Key=f"aangekondigd/{uuid4()}"),
    ("s3:PutObject", "Bucket.Arn/elders/x"): lambda by: by.bucket("put_object", Key=f"elders/{uuid4()}"),
    ("s3:DeleteObject", "Bucket.Arn/direct/x"): lambda by: by.bucket("delete_object", Key=f"direct/{uuid4()}"),
    ("s3:DeleteObjectVersion", "Bucket.Arn/direct/x"): (
        lambda by: by.bucket("delete_object", Key=f"direct/{uuid4()}", VersionId="null")
    ),
    ("s3:ListBucket", "Bucket.Arn"): lambda by: by.bucket("list_objects_v2"),
    ("s3:ListBucketVersions", "Bucket.Arn"): lambda by: by.bucket("list_object_versions"),
    ("s3:PutBucketPolicy", "Bucket.Arn"): lambda by: by.bucket("put_bucket_policy", Policy="{}"),
    ("sqs:SendMessage", "UploadEventsDeadLetterQueue.Arn"): Caller.send,
    ("kms:ScheduleKeyDeletion", "Key.Arn"): (
        lambda by: by.clients("kms").schedule_key_deletion(KeyId=by.names["Key"], PendingWindowInDays=30)
    ),
}
"""What is tried, as IAM names it: the action, and the resource as the template does."""
UNTRIED = {
    *("logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    *("kms:Decrypt", "kms:GenerateDataKey"),
}
"""What the local stack cannot judge: it names a log's resource otherwise than AWS, and knows no kms:ViaService. These
grants are compared with what is used in tests/integration/test_roles_grant_what_is_used.py."""


@pytest.fixture(scope="module")
def content(stack: LocalStack) -> tuple[str, str]:
    """The keys of an object of each kind, which are there: what is absent could not be read by anybody."""
    keys = (f"direct/2026-03-12/{uuid4()}/0", f"aangekondigd/2026-03-12/{uuid4()}/0")
    for key in keys:
        stack.client("s3").put_object(Bucket=stack.outputs["BucketName"], Key=key, Body=b"exam")
    return keys


def caller(stack: LocalStack, function: str, content: tuple[str, str]) -> Caller:
    described = stack.client("cloudformation").describe_stack_resources(StackName=STACK_NAME)["StackResources"]
    names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in described}
    role = template.functions()[function]["Role"]["Fn::GetAtt"].removesuffix(".Arn")
    arn = stack.client("iam").get_role(RoleName=names[role])["Role"]["Arn"]
    credentials = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
    session: Any = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name="eu-central-1",
    )

    @cache
    def client(service: str) -> Any:
        return session.client(service, endpoint_url=stack.endpoint, config=Config(s3={"addressing_style": "path"}))

    return Caller(client, names, *content)


def is_allowed(call: Try, by: Caller) -> bool:
    try:
        call(by)
    except ClientError as error:
        if error.response["Error"]["Code"] in REFUSALS:
            return False
        raise
    return True


def test_every_action_that_any_role_has_is_tried() -> None:
    granted = {grant.action for function in template.functions() for grant in by_role_of(function)}
    assert granted - UNTRIED <= {action for action, _ in TRIES}
    assert granted >= UNTRIED


@pytest.mark.parametrize("function", template.functions())
def test_a_role_may_do_what_it_is_granted_and_nothing_else(
    stack: LocalStack, content: tuple[str, str], function: str
) -> None:
    by, grants = caller(stack, function, content), by_role_of(function)
    expected = {use for use in TRIES if any(grant.covers(*use) for grant in grants)}
    assert {use for use, call in TRIES.items() if is_allowed(call, by)} == expected
