"""openapi.json is true, whole and valid, and the judge made of it does judge."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

import contract_check
import openapi
from messages import result, with_content
from moto_store import Answer, Store

OPERATIONS = [(method, path) for path, methods in contract_check.description()["paths"].items() for method in methods]


def test_the_committed_description_is_what_the_code_makes() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text()


def test_it_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(contract_check.description()).validate()


def _media_types(node: Any, *path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict):
        if "schema" in node and "examples" in node:
            yield path
        for key, value in node.items():
            yield from _media_types(value, *path, key)


@pytest.mark.parametrize("path", [*_media_types(contract_check.description())], ids="/".join)
def test_every_example_fits_its_schema(path: tuple[str, ...]) -> None:
    for example in contract_check.at(path)["examples"].values():
        contract_check.validator(*path, "schema").validate(example["value"])


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_tells_what_the_gateway_answers_by_itself(method: str, path: str) -> None:
    assert {"413", "429", "500", "503", "504"} <= contract_check.at(("paths", path, method, "responses")).keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 418},
        {"status": 200, "Content-Type": "text/html"},
        {"status": 200, "X-Extra": "1"},
        {"status": 200, "ETag": None},
        {"status": 200, "ETag": "1-opgeslagen"},
        {"status": 200, "body": b"{}"},
        {"status": 202},
    ],
    ids=str,
)
def test_an_answer_that_is_not_foreseen_is_noticed(store: Store, wrong: dict[str, Any]) -> None:
    seen = store.post_json(with_content(result()))
    headers = {name: value for name, value in (seen.headers | wrong).items() if isinstance(value, str)}
    unforeseen = Answer(wrong["status"], headers, wrong.get("body", seen.body))
    with pytest.raises((AssertionError, ValidationError)):
        contract_check.check("POST", "/documents", unforeseen)


def test_a_body_where_none_is_foreseen_is_noticed() -> None:
    not_modified = Answer(304, {"ETag": '"1-opgeslagen"', "Vary": "Accept"}, b"")
    contract_check.check("GET", "/documents/{documentId}", not_modified)
    with pytest.raises(AssertionError):
        contract_check.check("GET", "/documents/{documentId}", replace(not_modified, body=b"{}"))
