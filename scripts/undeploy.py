"""Delete the stack of an environment, and say what stays behind and how to remove that too.

python scripts/undeploy.py NAME [--yes]
"""

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError
from samtranslator.yaml_helper import yaml_parse

from environment import CannotGoOn, Environment, chosen, require_terminal


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource that outlives its stack, and the lines that remove one."""

    what: str
    removal: str


KINDS = {
    "AWS::DynamoDB::Table": Kind(
        "table",
        """\
# the table, once its protection is off
aws dynamodb update-table --region {region} --table-name {name} --no-deletion-protection-enabled
aws dynamodb wait table-exists --region {region} --table-name {name}
aws dynamodb delete-table --region {region} --table-name {name}""",
    ),
    "AWS::S3::Bucket": Kind(
        "bucket",
        """\
# the bucket, once every version of every object is gone
.venv/bin/python -c 'import boto3; boto3.resource("s3", "{region}").Bucket("{name}").object_versions.delete()'
aws s3api delete-bucket --region {region} --bucket {name}""",
    ),
    "AWS::IAM::Role": Kind(
        "role for API Gateway's logs",
        """\
# the role, where no other API of this account and region writes its logs by it
aws apigateway update-account --region {region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=
aws iam detach-role-policy --role-name {name} --policy-arn {log_policy}
aws iam delete-role --role-name {name}""",
    ),
    "AWS::KMS::Key": Kind(
        "key",
        """\
# the key, last: without it no backup of table and bucket can be read. It goes after 30 days to think again
aws kms schedule-key-deletion --region {region} --key-id {name} --pending-window-in-days 30""",
    ),
}
"""By type, in the order in which they are to be removed."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack, and what of it stays when it goes."""

    arn: str
    kept: list[tuple[Kind, str]]
    """Kind and name. What has no name of its own, such as the bucket's policy, is not listed."""

    def removal(self) -> str:
        """The lines that remove what is kept."""
        _, partition, _, region, *_ = self.arn.split(":")
        policy = f"arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        return "\n".join(kind.removal.format(name=name, region=region, log_policy=policy) for kind, name in self.kept)


def find(cloudformation: Any, name: str) -> Stack:
    """The stack of this name, by its own template. Raises CannotGoOn."""
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        raise CannotGoOn(f"Nothing to undeploy: {error.response['Error']['Message']}.") from error
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
    events = [event for page in pages for event in page["StackEvents"]]
    made = [
        *(event for event in events if event["ResourceStatus"] == "DELETE_SKIPPED"),  # kept once already
        *cloudformation.describe_stack_resources(StackName=name)["StackResources"],
    ]
    if not made:  # a first change set that was not confirmed
        return Stack(stack["StackId"], [])
    template = yaml_parse(cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"])
    stays = {name for name, body in template["Resources"].items() if body.get("DeletionPolicy") == "Retain"}
    names = {
        resource["ResourceType"]: resource["PhysicalResourceId"]
        for resource in made
        if resource["LogicalResourceId"] in stays and resource.get("PhysicalResourceId")
    }
    return Stack(stack["StackId"], [(kind, names[type_]) for type_, kind in KINDS.items() if type_ in names])


def delete(cloudformation: Any, stack: Stack) -> None:
    """Delete it and wait until it is gone. Raises CannotGoOn, with CloudFormation's own reasons."""
    cloudformation.delete_stack(StackName=stack.arn)
    try:
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack.arn, WaiterConfig={"Delay": 2, "MaxAttempts": 1800}
        )
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=stack.arn)["StackEvents"]
        reasons = (
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
            for event in events
            if event["ResourceStatus"] == "DELETE_FAILED"
        )
        raise CannotGoOn("\n".join(["The stack could not be deleted.", *reasons])) from error


def undeploy(environment: Environment, *, ask: bool) -> None:
    """Raises CannotGoOn."""
    cloudformation = environment.client("cloudformation")
    where = f"account {environment.account()}, region {environment.region}"
    stack = find(cloudformation, environment.stack_name)
    print(f"This deletes the stack {environment.stack_name} ({where}): the API, its functions and their logs.")
    print("It keeps the data:" if stack.kept else "It has nothing to keep.")
    for kind, name in stack.kept:
        print(f"  {kind.what}: {name}")
    if ask:
        require_terminal("confirm this")
        if input("Type the name of the stack to delete it: ") != environment.stack_name:
            raise CannotGoOn("Nothing was deleted.")
    print("deleting ...", flush=True)
    delete(cloudformation, stack)
    print(f"The stack {environment.stack_name} is gone.")
    if stack.kept:
        print(f"To remove what it kept as well, for good, in this order:\n\n{stack.removal()}\n")
        print("To put it into a new stack instead, see docs/operations.md.")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--yes", action="store_true", help="nobody is asked to confirm")
    arguments = parser.parse_args()
    try:
        undeploy(chosen(arguments.name), ask=not arguments.yes)
    except (CannotGoOn, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
