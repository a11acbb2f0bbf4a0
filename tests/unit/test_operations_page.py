"""The operator's page names what there is: its alarms, commands and figures are compared with template and AWS."""

import re
import shlex

import pytest

import aws_cli
import template

PAGE = (template.ROOT / "docs/operations.md").read_text(encoding="utf-8")


def aws_lines() -> list[str]:
    """Every line of the AWS CLI, be it in a block or in the text."""
    blocks = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
    in_text = re.findall(r"`(aws [^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
    return [line.strip() for line in blocks.splitlines() if line.strip().startswith("aws ")] + in_text


def test_every_alarm_is_explained() -> None:
    explained = set(re.findall(r"`(\w+Alarm)`", PAGE))
    assert explained == template.resources("AWS::CloudWatch::Alarm").keys()


@pytest.mark.parametrize("line", aws_lines())
def test_the_aws_cli_knows_the_command_and_its_options(line: str) -> None:
    _, service, command, *words = shlex.split(line)
    calls = aws_cli.client(service, "eu-central-1")
    if command == "wait":
        operation = calls.get_waiter(words[0].replace("-", "_")).config.operation
    else:
        operation = aws_cli.operation(calls, command)
    assert {word for word in words if word.startswith("--")} <= aws_cli.options(calls, operation).keys()


@pytest.mark.parametrize(
    ("parameter", "row"),
    [
        ("ThrottlingRateLimit", "| calls per second, at once | {}, "),
        ("ThrottlingBurstLimit", "| calls per second, at once | 100, {}; "),
        ("AnnouncementLifetimeHours", "| wait for announced content | {} hours"),
        ("LogRetentionDays", "| logs | {} days "),
    ],
)
def test_a_figure_is_the_default_of_its_parameter(parameter: str, row: str) -> None:
    assert row.format(template.default(parameter)) in PAGE


def test_the_page_looks_back_as_far_as_table_and_bucket_do() -> None:
    resources = template.load()["Resources"]
    table = resources["Table"]["Properties"]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]
    first, _ = resources["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert table == first["NoncurrentVersionExpiration"]["NoncurrentDays"]
    assert f"| looking back | {table} days" in PAGE
