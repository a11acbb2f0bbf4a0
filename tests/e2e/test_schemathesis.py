"""Every operation of openapi.json with generated calls, well-formed and ill-formed: no 5xx, no undocumented answer."""

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckContext, GenerationMode, Response

import contract_check
import openapi_examples
from local_stack import LocalStack
from okd_dms.media_types import BYTES, MERGE_PATCH, MULTIPART

type Call = Case[Any]

REFUSED = [400, 404, 405, 409, 412, 413, 415, 416, 422]
CHECKS = {
    "negative_data_rejection": {"expected-statuses": REFUSED},
    # What is asked of well-formed calls is checked below: more strictly, and knowing the rules that no schema can say.
    "positive_data_acceptance": {"enabled": False},
}
CARRIED = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""Of the methods that Schemathesis tries besides those described, the ones that API Gateway carries."""
PHASES = {"coverage": {"unexpected-methods": CARRIED}}
CONFIG = schemathesis.Config.from_dict({"seed": 1, "checks": CHECKS, "phases": PHASES})
DESCRIPTION = copy.deepcopy(contract_check.description())
del DESCRIPTION["paths"]["/documents/{documentId}"]["patch"]["requestBody"]["content"]["*/*"]  # octets stand for it
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION, config=CONFIG)
EXAMPLE, EXAMPLE_ID = openapi_examples.RESULT.with_content(), openapi_examples.STORED.id

UNDERSTOOD = {404, 409, 412, 416}
"""What a well-formed call may be answered besides success."""
NOT_TOLD_BY_A_PART = {("document.bestandsnaam", "required"), ("document.formaat", "required")}
BEYOND_A_PATCH = {"not_allowed", "required"}
"""Codes of faults that depend on what the patch is applied to."""

MET = {
    "POST /documents": {200, 202, 400, 415, 422},
    "GET /documents": {200, 206, 400, 404},
    "HEAD /documents": {200, 400, 404},
    "GET /documents/{documentId}": {200, 206, 400, 404},
    "HEAD /documents/{documentId}": {200, 400, 404},
    "PATCH /documents/{documentId}": {200, 202, 204, 400, 422},
    "DELETE /documents/{documentId}": {204, 400},
    "GET /documents/{documentId}/versies": {200, 400, 404},
    "HEAD /documents/{documentId}/versies": {200, 400, 404},
}
"""What the calls must have been answered at the least, lest they test nothing."""

HELD_AGAINST = {
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    *("response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method"),
}
"""What must be asked of every answer."""


def test_every_operation_is_called_and_every_answer_held_against_the_description() -> None:
    paths = contract_check.description()["paths"]
    verbs = {"get", "head", "post", "put", "patch", "delete", "options", "trace"}
    assert MET.keys() == {f"{verb.upper()} {path}" for path, item in paths.items() for verb in item.keys() & verbs}
    assert MET.keys() == {str(operation.ok().label) for operation in SCHEMA.get_all_operations()}  # type: ignore[union-attr]
    assert {check.__name__ for check in schemathesis.checks.CHECKS.get_all()} >= HELD_AGAINST


@pytest.fixture(scope="module")
def session(stack: LocalStack) -> Iterator[requests.Session]:
    """Calls the stack, which keeps the document of the description's own examples."""
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{stack.api}/documents", json=EXAMPLE).raise_for_status()
        yield session


@pytest.fixture(scope="module")
def deliver(stack: LocalStack, session: requests.Session) -> Callable[[], str]:
    """Delivers a document that no other call knows, and gives its id."""

    def delivered() -> str:
        message = copy.deepcopy(EXAMPLE)
        message["document"]["bronorganisatie"] = str(uuid4())
        return str(session.post(f"{stack.api}/documents", json=message).json()["documentId"])

    return delivered


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, set[int]]]:
    """Collects the statuses of each operation."""
    collected: dict[str, set[int]] = defaultdict(set)
    yield collected
    for operation, statuses in collected.items():
        assert MET[operation] <= statuses, operation


def is_well_formed(case: Call) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def is_beyond_json_schema(fault: dict[str, Any], case: Call) -> bool:
    """Whether no schema could have told; to JSON Schema, 1.0 is an integer."""
    name, code = fault["name"], fault["code"]
    return (
        code in contract_check.BEYOND_JSON_SCHEMA
        or (name.endswith("bestandsomvang") and code == "type")
        or (case.media_type == MULTIPART and (name, code) in NOT_TOLD_BY_A_PART)
        or (case.media_type == MERGE_PATCH and code in BEYOND_A_PATCH)
    )


def well_formed_is_refused_only_for_what_no_schema_can_say(_: CheckContext, response: Response, case: Call) -> None:
    if not is_well_formed(case):
        return
    if response.status_code == 422:
        faults = response.json().get("invalidParams", [])
        assert all(is_beyond_json_schema(fault, case) for fault in faults), faults
    elif response.status_code == 400:
        assert "cursor" in case.query
    else:
        assert response.status_code < 400 or response.status_code in UNDERSTOOD


def prepare(case: Call, deliver: Callable[[], str]) -> None:
    """Let no delivery meet another, and every change meet a document as it was delivered."""
    if case.method == "POST" and is_well_formed(case):
        message: Any = case.body
        message = message["metadata"] if case.media_type == MULTIPART else message
        message["document"]["bronorganisatie"] = str(uuid4())
    if case.method in ("PATCH", "DELETE") and case.path_parameters.get("documentId") == EXAMPLE_ID:
        case.path_parameters["documentId"] = deliver()


@SCHEMA.parametrize()
@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_generated_calls_are_answered_as_documented(
    case: Call,
    stack: LocalStack,
    session: requests.Session,
    deliver: Callable[[], str],
    answers: dict[str, set[int]],
) -> None:
    prepare(case, deliver)
    response = case.call_and_validate(
        stack.api,
        session,
        {"Accept": BYTES} if "Range" in case.headers else None,
        additional_checks=[well_formed_is_refused_only_for_what_no_schema_can_say],
        allow_redirects=False,
    )
    answers[case.operation.label].add(response.status_code)
