"""What differs between the environments of samconfig.toml, shown on the template as CloudFormation gets it."""

import tomllib
from functools import cache
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

import protect
import template
import undeploy

SETTINGS = tomllib.loads((template.ROOT / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = ("dev", "acceptance", "production")
NAMELESS = {"AWS::S3::BucketPolicy", "AWS::ApiGateway::Account"}
"""Settings of a bucket and of an account, which are kept without being listed."""


def parameters(environment: str) -> dict[str, str]:
    """What samconfig.toml says for the build and the deployment alike."""
    return dict(SETTINGS[environment]["global"]["parameters"]["parameter_overrides"])


@cache
def deployed(environment: str) -> dict[str, Any]:
    """The template's resources once SAM has transformed them for this environment."""
    source = yaml_parse((template.ROOT / "template.yaml").read_text(encoding="utf-8"))
    for resource in source["Resources"].values():
        for uri in {"CodeUri", "ContentUri"} & resource["Properties"].keys():
            resource["Properties"][uri] = "s3://artefacts/code"
    resources: dict[str, Any] = transform(source, parameters(environment), None)["Resources"]
    return resources


def of_type(environment: str, start: str) -> dict[str, Any]:
    return {name: body for name, body in deployed(environment).items() if body["Type"].startswith(start)}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_a_stack_of_its_own_that_says_what_it_is(environment: str) -> None:
    assert SETTINGS[environment]["global"]["parameters"]["stack_name"] == f"okd-dms-{environment}"
    assert SETTINGS[environment]["deploy"]["parameters"]["s3_prefix"] == f"okd-dms-{environment}"
    assert parameters(environment)["Environment"] == environment
    assert parameters(environment)["Architecture"] in template.load()["Parameters"]["Architecture"]["AllowedValues"]


@pytest.mark.parametrize("environment", ["acceptance", "production"])
def test_only_the_operator_opens_a_stack_with_real_documents(environment: str) -> None:
    assert parameters(environment)["AuthMode"] == "oauth2"
    assert SETTINGS[environment]["deploy"]["parameters"]["confirm_changeset"] is True


@pytest.mark.parametrize("function", template.functions())
def test_a_new_version_in_production_is_rolled_back_when_its_alarms_go_off(function: str) -> None:
    group = deployed("production")[f"{function}DeploymentGroup"]["Properties"]
    alarms = [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]]
    assert group["AlarmConfiguration"]["Enabled"]
    assert f"{function.removesuffix('Function')}ErrorsAlarm" in alarms
    assert all(deployed("production")[alarm]["Type"] == "AWS::CloudWatch::Alarm" for alarm in alarms)
    assert group["AutoRollbackConfiguration"]["Enabled"]
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Canary10Percent5Minutes"}


@pytest.mark.parametrize("function", template.functions())
def test_the_alias_moves_to_a_new_version_step_by_step_in_production(function: str) -> None:
    policy = deployed("production")[f"{function}Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["DeploymentGroupName"] == {"Ref": f"{function}DeploymentGroup"}


@pytest.mark.parametrize("function", template.functions())
def test_the_alarm_of_a_function_watches_the_version_that_is_being_deployed(function: str) -> None:
    alarm = deployed("production")[f"{function.removesuffix('Function')}ErrorsAlarm"]["Properties"]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    version = deployed("production")[f"{function}Aliaslive"]["Properties"]["FunctionVersion"]
    assert dimensions["ExecutedVersion"] == version
    assert dimensions["Resource"] == {"Fn::Sub": f"${{{function}}}:live"}


@pytest.mark.parametrize("environment", ["dev", "acceptance"])
def test_elsewhere_a_new_version_gets_all_calls_at_once(environment: str) -> None:
    assert of_type(environment, "AWS::CodeDeploy::") == {}
    aliases = of_type(environment, "AWS::Lambda::Alias")
    assert len(aliases) == len(template.functions())
    assert not any("UpdatePolicy" in alias for alias in aliases.values())


def test_the_custom_domain_and_its_two_base_paths_are_there_when_it_is_named_and_not_otherwise() -> None:
    mappings = template.resources("AWS::ApiGatewayV2::ApiMapping")
    assert {body["Properties"]["ApiMappingKey"] for body in mappings.values()} == {"ooapi", "okd/v1"}
    domain = template.resources("AWS::ApiGateway::DomainName")
    assert {body.get("Condition") for body in [*mappings.values(), *domain.values()]} == {"HasDomain"}
    assert template.load()["Conditions"]["HasDomain"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]}


def test_what_cloudformation_must_not_replace_is_retained_besides() -> None:
    for name in protect.DATA:
        resource = template.load()["Resources"][name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_undeploying_lists_all_that_the_template_retains() -> None:
    resources = template.load()["Resources"].values()
    retained = {body["Type"] for body in resources if body.get("DeletionPolicy", "Delete") != "Delete"}
    assert retained == undeploy.KINDS.keys() | NAMELESS
