"""The tree is the architecture: imports run one way, AWS stands at the edges, handlers stay short."""

import ast
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from moto_store import ROOT

LAYER = ROOT / "layers/dms/okd_dms"
FUNCTIONS = sorted((ROOT / "functions").glob("*/app.py"))
AWS = {"boto3", "botocore", "s3transfer"}

DOMAIN = {"errors", "strict_json", "compact", "message", "document", "items", "media_types", "ranges"}
"""No AWS and no HTTP in here, and nothing of the modules that know them."""
KNOW_AWS = {"aws", "catalogue", "vault"}
"""How AWS is reached, and the two that reach it."""


def modules() -> dict[str, Path]:
    return {path.stem: path for path in LAYER.glob("*.py") if path.stem != "__init__"}


@cache
def imports(path: Path) -> set[str]:
    """Names that a file imports; those of the layer as `okd_dms.<module>`, and what types alone need left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = [
        node
        for condition in ast.walk(tree)
        if isinstance(condition, ast.If) and ast.unparse(condition.test) == "TYPE_CHECKING"
        for node in ast.walk(condition)
    ]
    found = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            several = node.module == "okd_dms"
            found |= {f"okd_dms.{alias.name}" for alias in node.names} if several else {str(node.module)}
    return found


def of_the_layer(path: Path) -> set[str]:
    return {name.removeprefix("okd_dms.") for name in imports(path) if name.startswith("okd_dms.")}


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)} - sys.stdlib_module_names


def test_imports_run_in_one_direction() -> None:
    """TopologicalSorter raises CycleError else."""
    graph = {name: of_the_layer(path) for name, path in modules().items()}
    assert set(TopologicalSorter(graph).static_order()) == graph.keys()


@pytest.mark.parametrize("name", sorted(DOMAIN))
def test_the_domain_imports_nothing_but_the_domain(name: str) -> None:
    assert of_the_layer(modules()[name]) <= DOMAIN
    assert packages(modules()[name]) <= {"okd_dms", "pydantic", "pydantic_core"}


@pytest.mark.parametrize("name", sorted(KNOW_AWS))
def test_what_knows_aws_knows_nothing_of_http_and_of_its_twin(name: str) -> None:
    assert of_the_layer(modules()[name]) - {"aws"} <= DOMAIN


def test_no_other_module_imports_the_aws_sdk() -> None:
    files = [*modules().values(), *FUNCTIONS]
    assert {path.stem for path in files if packages(path) & AWS} == KNOW_AWS


def test_the_http_edge_does_not_know_what_is_behind_it() -> None:
    assert not of_the_layer(modules()["api"]) & {*KNOW_AWS, "carriers", "representation", "document", "message"}


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.parent.name)
def test_a_function_is_translation_and_nothing_else(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60
    assert packages(path) <= {"okd_dms"}


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.parent.name)
def test_a_function_ends_its_init_as_its_last_act(path: Path) -> None:
    """Else its garbage would never be collected."""
    last = ast.parse(path.read_text(encoding="utf-8")).body[-1]
    assert ast.unparse(last).startswith("cold_start.end(")


def test_the_layer_imports_no_function() -> None:
    folders = {path.parent.name for path in FUNCTIONS}
    assert all(not folders & {name.partition(".")[0] for name in imports(path)} for path in modules().values())


def test_nothing_reads_the_environment_while_it_is_imported() -> None:
    """One process loads several handlers in tests and in the making of openapi.json."""
    for path in [*modules().values(), *FUNCTIONS]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                node.body = [ast.Pass()]
        assert "os.environ" not in ast.unparse(tree), path
