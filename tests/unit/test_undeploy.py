"""What undeploying finds in stacks that no ordinary deployment leaves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

import template
import undeploy
from environment import CannotGoOn

ARN = "arn:aws:cloudformation:eu-central-1:000000000000:stack/okd-dms-dev/1"
AT = datetime(2026, 3, 12, tzinfo=UTC)


class CloudFormation:
    """A client that gets answers prepared for it."""

    def __init__(self, client: Any, stubs: Stubber) -> None:
        self.client = client
        self._answer = stubs.add_response

    def holds_stack(self, status: str, *events: dict[str, Any]) -> None:
        stack = {"StackName": "okd-dms-dev", "StackId": ARN, "StackStatus": status, "CreationTime": AT}
        self._answer("describe_stacks", {"Stacks": [stack]})
        self.has_events(*events)
        self._answer("describe_stack_resources", {"StackResources": []})

    def has_events(self, *events: dict[str, Any]) -> None:
        about = {"StackId": ARN, "StackName": "okd-dms-dev", "EventId": "1", "Timestamp": AT}
        self._answer("describe_stack_events", {"StackEvents": [about | event for event in events]})

    def has_template(self) -> None:
        text = (template.ROOT / "template.yaml").read_text(encoding="utf-8")
        self._answer("get_template", {"TemplateBody": text})

    def fails_to_delete(self, reason: str) -> None:
        self._answer("delete_stack", {})
        stack = {"StackName": "okd-dms-dev", "StackStatus": "DELETE_FAILED", "CreationTime": AT}
        self._answer("describe_stacks", {"Stacks": [stack]})
        failure = {"LogicalResourceId": "Domain", "ResourceStatus": "DELETE_FAILED", "ResourceStatusReason": reason}
        self.has_events(failure, {"LogicalResourceId": "Api", "ResourceStatus": "DELETE_COMPLETE"})


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    client = boto3.client("cloudformation")
    with Stubber(client) as stubs:
        yield CloudFormation(client, stubs)
        stubs.assert_no_pending_responses()


def test_a_first_deployment_that_failed_has_left_its_data_behind(cloudformation: CloudFormation) -> None:
    table = {"LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": "documents"}
    cloudformation.holds_stack(
        "ROLLBACK_COMPLETE", table | {"ResourceStatus": "DELETE_SKIPPED"}, table | {"ResourceStatus": "CREATE_COMPLETE"}
    )
    cloudformation.has_template()
    stack = undeploy.find(cloudformation.client, "okd-dms-dev")
    assert [(kind.what, name) for kind, name in stack.kept] == [("table", "documents")]
    assert "aws dynamodb delete-table --region eu-central-1 --table-name documents" in stack.removal()


def test_a_change_set_that_was_never_confirmed_has_nothing_to_keep(cloudformation: CloudFormation) -> None:
    cloudformation.holds_stack("REVIEW_IN_PROGRESS")
    assert undeploy.find(cloudformation.client, "okd-dms-dev").kept == []


def test_a_deletion_that_fails_says_why(cloudformation: CloudFormation) -> None:
    cloudformation.fails_to_delete("The certificate is in use.")
    with pytest.raises(CannotGoOn, match=r"^The stack could not be deleted\.\nDomain: The certificate is in use\.$"):
        undeploy.delete(cloudformation.client, undeploy.Stack(ARN, []))
