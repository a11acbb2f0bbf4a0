"""Every function is given the variables that it reads, and no other."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import template
from moto_store import ROOT

LAYER = ROOT / "layers/dms/okd_dms"
OF_LIBRARIES = {"AWS_ENDPOINT_URL", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "PYDANTIC_DISABLE_PLUGINS"}
"""Read by botocore, Powertools and pydantic; AWS_ENDPOINT_URL by us as well."""
OF_LAMBDA = {"AWS_CREDENTIAL_EXPIRATION"}
"""Never ours to declare."""

type Place = tuple[Path, str]
"""A function or class by its file and name."""


@cache
def definitions(path: Path) -> dict[str, ast.AST]:
    """What a file defines at its top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


@cache
def imported(path: Path) -> dict[str, Place | Path]:
    """What a file imports of the layer, by the name that it uses: whole modules, or functions and classes of them."""
    found: dict[str, Place | Path] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("okd_dms"):
            for alias in node.names:
                of_package = node.module == "okd_dms"
                module = LAYER / f"{alias.name if of_package else str(node.module).partition('.')[2]}.py"
                found[alias.name] = module if of_package else (module, alias.name)
    return found


def uses(place: Place) -> Iterator[Place]:
    """What a function or class refers to."""
    path, name = place
    for node in ast.walk(definitions(path)[name]):
        if isinstance(node, ast.Name):
            target = imported(path).get(node.id, (path, node.id))
            if isinstance(target, tuple) and target[1] in definitions(target[0]):
                yield target
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = imported(path).get(node.value.id)
            if isinstance(module, Path) and node.attr in definitions(module):
                yield module, node.attr


def variables(place: Place) -> Iterator[str]:
    """The environment variables that stand in a function or class."""
    for node in ast.walk(definitions(place[0])[place[1]]):
        text = ast.unparse(node) if isinstance(node, (ast.Subscript, ast.Call)) else ""
        for start in ("os.environ['", "os.environ.get('"):
            if text.startswith(start):
                yield text.removeprefix(start).partition("'")[0]


def read_by(function: str) -> set[str]:
    """The variables that a handler reads, itself or in what it calls."""
    todo = [(ROOT / template.functions()[function]["CodeUri"] / "app.py", "handler")]
    seen: set[Place] = set()
    while todo:
        if (place := todo.pop()) not in seen:
            seen.add(place)
            todo += uses(place)
    return {variable for place in seen for variable in variables(place)}


@pytest.mark.parametrize("function", template.functions())
def test_a_function_is_given_what_it_reads(function: str) -> None:
    declared = template.environment(function, Table="t", Bucket="b").keys()
    assert read_by(function) - OF_LAMBDA <= declared


@pytest.mark.parametrize("function", template.functions())
def test_a_function_is_given_nothing_that_it_does_not_read(function: str) -> None:
    own = template.functions()[function].get("Environment", {}).get("Variables", {})
    assert own.keys() <= read_by(function)


def test_what_all_functions_are_given_is_read_by_one_at_least() -> None:
    shared = template.load()["Globals"]["Function"]["Environment"]["Variables"].keys()
    read = set().union(*(read_by(function) for function in template.functions()))
    assert shared - OF_LIBRARIES <= read


def test_the_handler_is_given_no_default_for_who_may_call() -> None:
    assert template.default("AuthMode") == "oauth2"
