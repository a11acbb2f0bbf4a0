"""`make deploy` and `make undeploy` as an operator uses them, against the local AWS."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

import aws_cli
from local_aws import LocalAws
from local_build import ARCHITECTURE, REGION, ROOT
from messages import PDF, result, with_content
from protect import POLICY

STACK_NAME = "okd-dms-acceptance"
DOMAIN = "dms.example.org"
CERTIFICATE = "arn:aws:acm:eu-central-1:000000000000:certificate/2f8b0a4e-4c3a-4f0c-8a39-3b6b1d3d9a51"


@dataclass(frozen=True, slots=True)
class Operator:
    """Works in a checkout of their own, without a terminal, with credentials for the local AWS."""

    aws: LocalAws
    checkout: Path
    variables: dict[str, str]

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run it in a shell; all that it prints stands in stdout."""
        return subprocess.run(
            ["sh", "-ec", line],
            cwd=self.checkout,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def succeed(self, line: str) -> str:
        done = self.run(line)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def fail(self, line: str) -> str:
        done = self.run(line)
        assert done.returncode != 0, done.stdout
        return done.stdout

    def without(self, *variables: str) -> "Operator":
        return replace(self, variables={name: value for name, value in self.variables.items() if name not in variables})

    def set_parameters(self, **parameters: str) -> None:
        """Write them into samconfig.toml, for every environment."""
        file = self.checkout / "samconfig.toml"
        text = file.read_text(encoding="utf-8")
        for name, value in parameters.items():
            text = re.sub(f"^{name} = .*\n", "", text, flags=re.MULTILINE)
            text = re.sub("^Environment = ", f'{name} = "{value}"\nEnvironment = ', text, flags=re.MULTILINE)
        file.write_text(text, encoding="utf-8")

    def stack(self) -> dict[str, Any]:
        (stack,) = self.aws.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
        return dict(stack)

    def outputs(self) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self.stack()["Outputs"]}

    def dms(self) -> httpx.Client:
        api = f"{self.aws.endpoint}/_aws/execute-api/{self.outputs()['ApiId']}/ooapi"
        return httpx.Client(base_url=api, trust_env=False, timeout=120)


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was printed, what there is, and a document in it."""

    printed: str
    outputs: dict[str, str]
    document_id: str


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    home = tmp_path_factory.mktemp("operator")
    checkout = home / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for name in (".gitignore", ".python-version"):
        shutil.copy2(ROOT / name, checkout)
    (checkout / ".git").mkdir()  # else .gitignore means nothing to ruff
    for name in (".venv", ".tools", ".mypy_cache"):
        if (ROOT / name).exists():
            (checkout / name).symlink_to(ROOT / name)
    aws = LocalAws(0, home)
    try:
        aws.wait_until_ready()
        made = Operator(aws, checkout, _variables(home, aws))
        made.set_parameters(Architecture=ARCHITECTURE, AwsEndpointUrl=aws.endpoint)
        yield made
    finally:
        aws.stop()


def _variables(home: Path, aws: LocalAws) -> dict[str, str]:
    settings = home / "aws-config"
    settings.write_text("[default]\ns3 =\n  addressing_style = path\n")
    command = home / "bin/aws"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {aws_cli.__file__} "$@"\n')
    command.chmod(0o755)
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE", "MFLAGS"))} | {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": str(settings),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_POLL_DELAY": "0.1",
    }


@pytest.fixture(scope="module")
def deployed(operator: Operator) -> Deployed:
    operator.set_parameters(AuthMode="none", DomainName=DOMAIN, DomainCertificateArn=CERTIFICATE)
    printed = operator.succeed("make deploy ENV=acceptance YES=1")
    with operator.dms() as dms:
        stored = dms.post("/documents", json=with_content(result()))
    return Deployed(printed, operator.outputs(), stored.json()["documentId"])


@pytest.fixture(scope="module")
def undeployed(operator: Operator, deployed: Deployed) -> Deployed:
    """The same when the stack is gone, with what was printed then."""
    return replace(deployed, printed=operator.succeed("make undeploy ENV=acceptance YES=1"))


@pytest.fixture(scope="module")
def adopted(operator: Operator, undeployed: Deployed) -> Deployed:
    """The same when a new stack has taken over what the old one kept."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.partition("### What was kept, taken over by a new stack")[2]
    names_that_follow, lines, *_ = re.findall("```sh\n(.*?)```", section, re.DOTALL)
    assert names_that_follow.startswith("export TABLE=")
    names = {
        "STACK": STACK_NAME,
        "TABLE": undeployed.outputs["TableName"],
        "BUCKET": undeployed.outputs["BucketName"],
        "KEY": undeployed.outputs["KeyArn"].rpartition("/")[2],
    }
    replace(operator, variables=operator.variables | names).succeed(lines)
    operator.set_parameters(ApiGatewayLogRole="existing")
    deploy = ".venv/bin/sam deploy --config-env acceptance --no-confirm-changeset"  # checked and built already
    return replace(undeployed, printed=operator.succeed(deploy))


def test_a_deployment_needs_the_name_of_an_environment(operator: Operator) -> None:
    assert "Say which environment: ENV=dev, ENV=acceptance, ENV=production." in operator.fail("make deploy")


def test_a_misspelt_environment_is_refused_with_those_that_there_are(operator: Operator) -> None:
    printed = operator.fail("make deploy ENV=prod")
    assert "no environment 'prod': ENV=dev, ENV=acceptance, ENV=production." in printed


@pytest.mark.parametrize("target", ["deploy", "undeploy"])
def test_missing_credentials_are_named_before_anything_is_done(operator: Operator, target: str) -> None:
    printed = operator.without("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY").fail(f"make {target} ENV=dev YES=1")
    assert "No AWS credentials that work (Unable to locate credentials)" in printed
    assert "AWS_PROFILE" in printed
    assert "checking" not in printed


@pytest.mark.parametrize("environment", ["acceptance", "production"])
def test_nobody_can_confirm_a_change_set_without_a_terminal(operator: Operator, environment: str) -> None:
    printed = operator.fail(f"make deploy ENV={environment}")
    assert "no terminal to confirm the change set. YES=1 goes on without asking." in printed
    assert "checking" not in printed


def test_code_that_does_not_pass_the_checks_is_not_built(operator: Operator) -> None:
    fault = operator.checkout / "functions/fault.py"
    fault.write_text("import os\n")
    try:
        printed = operator.fail("make deploy ENV=dev YES=1")
    finally:
        fault.unlink()
    assert "F401" in printed
    assert "building" not in printed


def test_a_deployment_says_where_it_goes_and_shows_the_change_set(deployed: Deployed) -> None:
    assert "stack okd-dms-acceptance, account 000000000000, region eu-central-1" in deployed.printed
    assert re.search(r"^\+ Add +Table +AWS::DynamoDB::Table", deployed.printed, re.MULTILINE)
    assert "Successfully created/updated stack - okd-dms-acceptance" in deployed.printed


def test_what_was_deployed_serves(operator: Operator, deployed: Deployed) -> None:
    with operator.dms() as dms:
        read = dms.get(f"/documents/{deployed.document_id}", headers={"Accept": "application/pdf"})
    assert read.content == PDF


@pytest.mark.parametrize("base_path", ["ooapi", "okd/v1"])
def test_the_custom_domain_serves_under_both_base_paths(operator: Operator, deployed: Deployed, base_path: str) -> None:
    url = f"{operator.aws.endpoint}/{base_path}/documents/{deployed.document_id}"
    headers = {"Host": DOMAIN, "Accept": "application/pdf"}
    assert httpx.get(url, headers=headers, trust_env=False, timeout=120).content == PDF


@pytest.mark.usefixtures("deployed")
def test_cloudformation_is_told_never_to_replace_the_data(operator: Operator) -> None:
    policy = operator.aws.client("cloudformation").get_stack_policy(StackName=STACK_NAME)["StackPolicyBody"]
    assert json.loads(policy) == POLICY


@pytest.mark.usefixtures("deployed")
def test_nothing_is_deleted_when_nobody_can_confirm_it(operator: Operator) -> None:
    assert "YES=1 goes on without asking" in operator.fail("make undeploy ENV=acceptance")
    assert operator.stack()["StackStatus"] == "CREATE_COMPLETE"


def test_undeploying_deletes_the_stack_and_names_what_it_keeps(operator: Operator, undeployed: Deployed) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        operator.stack()
    said_before = undeployed.printed.partition("deleting")[0]
    assert f"table: {undeployed.outputs['TableName']}" in said_before
    assert f"bucket: {undeployed.outputs['BucketName']}" in said_before
    assert f"key: {undeployed.outputs['KeyArn'].rpartition('/')[2]}" in said_before
    assert "role for API Gateway's logs: okd-dms-acceptance-ApiGatewayLogRole" in said_before


def test_table_and_bucket_keep_their_data_when_the_stack_goes(operator: Operator, undeployed: Deployed) -> None:
    (item,) = operator.aws.client("dynamodb").scan(TableName=undeployed.outputs["TableName"])["Items"]
    assert item["documentId"]["S"] == undeployed.document_id
    content = operator.aws.client("s3").get_object(Bucket=undeployed.outputs["BucketName"], Key=item["objectKey"]["S"])
    assert content["Body"].read() == PDF


@pytest.mark.usefixtures("undeployed")
def test_undeploying_what_is_not_there_says_so(operator: Operator) -> None:
    assert "Nothing to undeploy" in operator.fail("make undeploy ENV=acceptance YES=1")


def test_a_new_stack_can_take_over_what_the_old_one_kept(operator: Operator, adopted: Deployed) -> None:
    for name in ("TableName", "BucketName", "KeyArn"):
        assert operator.outputs()[name] == adopted.outputs[name]
    with operator.dms() as dms:
        read = dms.get(f"/documents/{adopted.document_id}", headers={"Accept": "application/pdf"})
    assert read.content == PDF


@pytest.mark.usefixtures("adopted")
def test_what_was_kept_goes_by_the_lines_that_were_printed(operator: Operator, undeployed: Deployed) -> None:
    operator.succeed("make undeploy ENV=acceptance YES=1")
    operator.succeed(undeployed.printed.partition("in this order:\n\n")[2].partition("\n\nTo put it")[0])
    client = operator.aws.client
    assert undeployed.outputs["TableName"] not in client("dynamodb").list_tables()["TableNames"]
    assert undeployed.outputs["BucketName"] not in [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]
    assert not [role for role in client("iam").list_roles()["Roles"] if "ApiGatewayLogRole" in role["RoleName"]]
    assert not client("apigateway").get_account().get("cloudwatchRoleArn")
    key = client("kms").describe_key(KeyId=undeployed.outputs["KeyArn"])["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"
