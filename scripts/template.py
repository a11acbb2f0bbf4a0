"""The template as the documents and the tests read it: routes, tables and environment come from here.

So neither can drift from what is deployed.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref X` becomes {"Ref": "X"}, `!Sub X` {"Fn::Sub": "X"}."""


def _intrinsic(loader: yaml.Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 - the one kind that is left
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def load() -> dict[str, Any]:
    """The whole template."""
    template: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - it is safe
    return template


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Resources of one type, by logical id."""
    return {name: body for name, body in load()["Resources"].items() if body["Type"] == kind}


def functions() -> dict[str, dict[str, Any]]:
    """Properties of every function, by logical id."""
    return {name: body["Properties"] for name, body in resources("AWS::Serverless::Function").items()}


def routes() -> dict[tuple[str, str], str]:
    """(method, path) → logical id of the function that answers; ANY stands as it is written."""
    return {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): name
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }


def operations() -> set[tuple[str, str]]:
    """(method, path) of every call that the API offers: the routes but for those that lead to the fallback."""
    return {route for route, function in routes().items() if function != "FallbackFunction"}


def function_for(method: str, resource: str) -> str:
    """The function that API Gateway calls for this method on this resource."""
    return routes().get((method, resource)) or routes()["ANY", resource]


def gateway_responses() -> dict[str, dict[str, Any]]:
    """The answers of API Gateway itself, by response type."""
    (api,) = resources("AWS::Serverless::Api").values()
    responses: dict[str, dict[str, Any]] = api["Properties"]["GatewayResponses"]
    return responses


def default(parameter: str) -> Any:
    """A parameter's default."""
    return load()["Parameters"][parameter]["Default"]


def environment(function: str, **references: str) -> dict[str, str]:
    """The variables of a function, `references` standing in for what only a deployment knows."""
    declared = dict(load()["Globals"]["Function"]["Environment"]["Variables"])
    declared |= functions()[function].get("Environment", {}).get("Variables", {})

    def value(given: Any) -> str:
        if isinstance(given, dict):
            name = given["Ref"]
            return references[name] if name in references else str(default(name))
        return str(given)

    return {name: value(given) for name, given in declared.items()}


def table_definition(name: str = "Table") -> dict[str, Any]:
    """What create_table needs of a table."""
    properties = load()["Resources"][name]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {key: properties[key] for key in wanted if key in properties}
