"""Who may do what: every function has a role of its own, which grants what it does and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

import template

FUNCTIONS = template.functions()
WITHOUT_RESOURCES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""Actions for which AWS knows no resource but *."""

type Statement = dict[str, Any]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(node: Any) -> Iterator[Statement]:
    """Every policy statement anywhere in the template."""
    if isinstance(node, dict):
        if "Effect" in node:
            yield node
        for value in node.values():
            yield from statements(value)
    elif isinstance(node, list):
        for value in node:
            yield from statements(value)


def role(function: str) -> dict[str, Any]:
    found: dict[str, Any] = template.load()["Resources"][f"{function}Role"]["Properties"]
    return found


def granted(function: str) -> set[str]:
    return {
        action
        for statement in statements(role(function)["Policies"])
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_a_role_of_its_own(function: str) -> None:
    assert FUNCTIONS[function]["Role"] == {"Fn::GetAtt": f"{function}Role.Arn"}
    assert not {"Policies", "ManagedPolicyArns"} & FUNCTIONS[function].keys()
    assert "ManagedPolicyArns" not in role(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_lambda_takes_a_functions_role(function: str) -> None:
    (trust,) = role(function)["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_no_action_that_is_allowed_is_a_wildcard() -> None:
    for statement in statements(template.load()):
        if statement["Effect"] == "Allow":
            assert all(re.fullmatch("[a-z0-9-]+:[A-Za-z0-9]+", action) for action in listed(statement["Action"]))
            assert not {"NotAction", "NotResource", "NotPrincipal"} & statement.keys()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_may_on_named_resources_alone(function: str) -> None:
    for statement in statements(role(function)["Policies"]):
        if "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_writes_to_its_own_log_alone(function: str) -> None:
    (logs,) = (
        statement
        for statement in statements(role(function)["Policies"])
        if any(action.startswith("logs:") for action in listed(statement["Action"]))
    )
    assert logs["Resource"] == {"Fn::GetAtt": f"{function}LogGroup.Arn"}
    assert set(listed(logs["Action"])) == {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_key_is_used_through_the_table_and_the_bucket_alone(function: str) -> None:
    for statement in statements(role(function)["Policies"]):
        if any(action.startswith("kms:") for action in listed(statement["Action"])):
            assert statement["Condition"]["StringEquals"].keys() == {"kms:ViaService"}


def test_reading_writes_nothing_and_lists_nothing() -> None:
    assert granted("GetDocumentFunction") == {
        *("dynamodb:GetItem", "s3:GetObject", "kms:Decrypt"),
        *("logs:CreateLogStream", "logs:PutLogEvents", *WITHOUT_RESOURCES),
    }


def test_storing_reads_nothing() -> None:
    assert not granted("StoreDocumentFunction") & {
        *("dynamodb:GetItem", "dynamodb:Query", "s3:GetObject", "s3:ListBucket"),
    }


def test_completing_an_upload_writes_and_removes_no_content() -> None:
    assert {action for action in granted("CompleteUploadFunction") if action.startswith("s3:")} == {"s3:GetObject"}


def test_the_fallback_touches_no_data() -> None:
    assert granted("FallbackFunction") == {"logs:CreateLogStream", "logs:PutLogEvents", *WITHOUT_RESOURCES}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_scans_the_table(function: str) -> None:
    assert not granted(function) & {"dynamodb:Scan", "dynamodb:PartiQLSelect"}


def test_plain_http_is_refused_by_the_bucket() -> None:
    policy = template.load()["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]
    (denied,) = (statement for statement in policy["Statement"] if statement["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Principal"] == "*"
