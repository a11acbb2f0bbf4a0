"""Stands in for the AWS CLI, so that the lines that an operator is given run where it is not installed.

Services, commands and options come from botocore's models, as those of the AWS CLI do: a misspelt one fails here too.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name


def client(service: str, region: str | None = None) -> Any:
    """For a service under the name that the AWS CLI gives it."""
    connect: Any = boto3.client
    return connect({"s3api": "s3", "deploy": "codedeploy"}.get(service, service), region_name=region)


def operation(service: Any, command: str) -> str:
    """The operation that a command calls. Raises ValueError when the service has none of that name."""
    (name,) = (name for name in service.meta.service_model.operation_names if xform_name(name, "-") == command)
    return str(name)


def options(service: Any, operation: str) -> dict[str, tuple[str, Any]]:
    """The command's options: the parameter that each is, and its shape."""
    shape = service.meta.service_model.operation_model(operation).input_shape
    return {f"--{xform_name(name, '-')}": (name, member) for name, member in shape.members.items()} if shape else {}


def _value(text: str, shape: Any) -> Any:
    """What an option's text means: a file, JSON, the shorthand for a list of one structure, a number, or itself."""
    if text.startswith("file://"):
        text = Path(text.removeprefix("file://")).read_text(encoding="utf-8")
    match shape.type_name:
        case "list" if text.startswith("["):
            return json.loads(text)
        case "list":
            return [dict(pair.split("=", 1) for pair in text.split(","))]
        case "integer":
            return int(text)
    return text


def _parameters(words: list[str], known: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    """Options as the parameters of a call. Raises KeyError for one that is not known."""
    found: dict[str, Any] = {}
    for word, following in pairwise([*words, "--"]):
        if word.startswith("--no-"):
            found[known[word.replace("--no-", "--", 1)][0]] = False
        elif word.startswith("--"):
            name, shape = known[word]
            found[name] = True if following.startswith("--") else _value(following, shape)
    return found


def run(service: str, command: str, *words: str) -> None:
    """Make the call and print the answer, or wait."""
    given = list(words)
    region = None
    if "--region" in given:
        at = given.index("--region")
        _, region = given[at : at + 2]
        del given[at : at + 2]
    calls = client(service, region)
    if command == "wait":
        waiter = calls.get_waiter(given.pop(0).replace("-", "_"))
        waiter.wait(**_parameters(given, options(calls, waiter.config.operation)), WaiterConfig={"Delay": 1})
        return
    name = operation(calls, command)
    answer = getattr(calls, xform_name(name))(**_parameters(given, options(calls, name)))
    print(json.dumps(answer, default=str))


if __name__ == "__main__":
    run(*sys.argv[1:])
