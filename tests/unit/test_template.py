"""The template: what holds for every function, for the data and for what an operator chooses."""

import json
from typing import Any

import pytest

import template
from moto_store import ROOT

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""All that API Gateway can route, and what its ANY stands for."""
RETAINED = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key")


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = template.load()["Resources"][name]["Properties"]
    return found


def test_the_fallback_knows_the_routes_of_the_template_and_their_methods() -> None:
    routes: dict[str, list[str]] = {}
    for method, path in template.operations():
        routes.setdefault(path, []).append(method)
    allowed = template.environment("FallbackFunction")["ROUTES"]
    assert json.loads(allowed) == {path: ", ".join(sorted(methods)) for path, methods in routes.items()}


def test_every_method_of_every_path_has_a_route_and_everything_else_falls_back() -> None:
    """None by ANY beside another method of its path, which `sam local start-api` cannot tell apart."""
    known = {(method, path) for _, path in template.operations() for method in METHODS}
    elsewhere = {("ANY", "/"), ("ANY", "/{proxy+}")}
    assert template.routes().keys() == known | elsewhere
    assert {template.routes()[route] for route in elsewhere} == {"FallbackFunction"}


def test_every_folder_of_functions_is_a_function_of_the_template() -> None:
    folders = {f"functions/{path.parent.name}" for path in ROOT.glob("functions/*/app.py")}
    assert {function["CodeUri"] for function in template.functions().values()} == folders


@pytest.mark.parametrize("function", template.functions())
def test_a_function_is_named_for_its_folder(function: str) -> None:
    folder = template.functions()[function]["CodeUri"].partition("/")[2]
    assert function == "".join(word.capitalize() for word in folder.split("_")) + "Function"


@pytest.mark.parametrize("function", template.functions())
def test_a_function_that_answers_the_api_does_so_before_the_gateway_gives_up(function: str) -> None:
    own = template.functions()[function]
    if any(event["Type"] == "Api" for event in own.get("Events", {}).values()):
        assert own.get("Timeout", template.load()["Globals"]["Function"]["Timeout"]) < 29


@pytest.mark.parametrize("function", template.functions())
def test_a_function_writes_to_a_log_group_of_its_own_that_is_not_kept_for_ever(function: str) -> None:
    group = template.functions()[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == f"{function}LogGroup"
    assert properties(group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert properties(group)["KmsKeyId"] == {"Fn::GetAtt": "Key.Arn"}


@pytest.mark.parametrize("parameter", template.load()["Parameters"])
def test_a_parameter_says_what_it_is_for_and_what_it_takes(parameter: str) -> None:
    declared = template.load()["Parameters"][parameter]
    assert len(declared["Description"]) > 20
    assert declared["Description"].endswith(".")
    assert {"AllowedValues", "AllowedPattern", "MinValue"} & declared.keys()
    assert "Default" in declared


def test_every_parameter_stands_in_one_group_of_the_console() -> None:
    groups = template.load()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [parameter for group in groups for parameter in group["Parameters"]]
    assert sorted(grouped) == sorted(template.load()["Parameters"])


def test_the_api_is_closed_unless_its_deployer_opens_it() -> None:
    assert template.default("AuthMode") == "oauth2"
    shared = template.load()["Globals"]["Function"]["Environment"]["Variables"]
    assert shared["AUTH_MODE"] == {"Ref": "AuthMode"}


def test_no_local_stand_in_is_called_unless_asked_for() -> None:
    assert template.default("AwsEndpointUrl") == ""


@pytest.mark.parametrize("name", [name for kind in RETAINED for name in template.resources(kind)])
def test_data_and_what_it_needs_outlive_the_stack(name: str) -> None:
    resource = template.load()["Resources"][name]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_the_table_can_be_put_back_and_can_not_be_deleted_by_accident() -> None:
    table = properties("Table")
    assert table["DeletionProtectionEnabled"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert table["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": "Key.Arn"}


def test_replaced_bytes_are_kept_as_long_as_the_table_can_be_put_back() -> None:
    bucket = properties("Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    kept = {rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") for rule in rules(bucket)} - {None}
    assert kept == {properties("Table")["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]}


def rules(bucket: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bucket["LifecycleConfiguration"]["Rules"]
    return found


def test_no_rule_removes_content_that_is_current() -> None:
    for rule in rules(properties("Bucket")):
        assert not {"ExpirationInDays", "ExpirationDate", "Expiration"} & rule.keys()


def test_the_bucket_is_private_and_encrypted_with_the_stacks_own_key() -> None:
    bucket = properties("Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == {"Fn::GetAtt": "Key.Arn"}


def test_every_index_is_sparse_and_copies_nothing_personal() -> None:
    for index in properties("Table")["GlobalSecondaryIndexes"]:
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
        assert index["KeySchema"][0]["AttributeName"] not in ("documentId", "item", "status", "sender")


def test_bodies_are_never_logged_by_the_gateway() -> None:
    (api,) = template.resources("AWS::Serverless::Api").values()
    assert not any(setting["DataTraceEnabled"] for setting in api["Properties"]["MethodSettings"])
    logged = api["Properties"]["AccessLogSetting"]["Format"]
    assert not any(word in logged for word in ("$context.path", "querystring", "authorizer", "sourceIp", "userAgent"))


def test_every_body_reaches_the_functions_unharmed() -> None:
    (api,) = template.resources("AWS::Serverless::Api").values()
    assert api["Properties"]["BinaryMediaTypes"] == ["*/*"]
