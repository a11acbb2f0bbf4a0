"""Every operation of openapi.json with generated calls, well-formed and ill-formed: no 5xx, no undocumented answer."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckContext, GenerationMode, Response

import contract_check
from local_stack import LocalStack
from okd_dms.media_types import BYTES, MULTIPART

type Call = Case[Any]

CONFIG = schemathesis.Config.from_dict(
    # What is asked of well-formed calls is checked below: more strictly, and knowing the rules that no schema can say.
    {"seed": 1, "checks": {"positive_data_acceptance": {"enabled": False}}}
)
SCHEMA = schemathesis.openapi.from_dict(contract_check.description(), config=CONFIG)
DELIVERY = ("paths", "/documents", "post", "requestBody", "content", "application/json")

UNDERSTOOD = {404, 409, 416}
"""What a well-formed call may be answered besides success."""
NOT_TOLD_BY_A_PART = {("document.bestandsnaam", "required"), ("document.formaat", "required")}
AN_INTEGER_TO_JSON_SCHEMA = ("document.bestandsomvang", "type")
"""1.0 is one."""

MET = {
    "POST /documents": {200, 202, 400, 415, 422},
    "GET /documents": {200, 206, 400, 404},
    "HEAD /documents": {200, 400, 404},
    "GET /documents/{documentId}": {200, 206, 400, 404},
    "HEAD /documents/{documentId}": {200, 400, 404},
}
"""What the calls must have been answered at the least, lest they test nothing."""


@pytest.fixture(scope="module")
def session(stack: LocalStack) -> Iterator[requests.Session]:
    """Calls the stack, which keeps the document of the description's own examples."""
    with requests.Session() as session:
        session.trust_env = False
        example = contract_check.at(DELIVERY)["examples"]["result"]["value"]
        session.post(f"{stack.api}/documents", json=example).raise_for_status()
        yield session


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
    named = (fault["name"], fault["code"])
    return (
        fault["code"] in contract_check.BEYOND_JSON_SCHEMA
        or named == AN_INTEGER_TO_JSON_SCHEMA
        or (case.media_type == MULTIPART and named in NOT_TOLD_BY_A_PART)
    )


def well_formed_is_refused_only_for_what_no_schema_can_say(_: CheckContext, response: Response, case: Call) -> None:
    if not is_well_formed(case):
        return
    if response.status_code == 422:
        faults = response.json().get("invalidParams", [])
        assert all(is_beyond_json_schema(fault, case) for fault in faults)
    else:
        assert response.status_code < 400 or response.status_code in UNDERSTOOD


def prepare(case: Call) -> None:
    """Deliver under a source organisation of its own, so that no other delivery is met."""
    if case.method == "POST" and is_well_formed(case):
        message: Any = case.body
        message = message["metadata"] if case.media_type == MULTIPART else message
        message["document"]["bronorganisatie"] = str(uuid4())


@SCHEMA.parametrize()
@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_generated_calls_are_answered_as_documented(
    case: Call, stack: LocalStack, session: requests.Session, answers: dict[str, set[int]]
) -> None:
    prepare(case)
    response = case.call_and_validate(
        stack.api,
        session,
        {"Accept": BYTES} if "Range" in case.headers else None,
        additional_checks=[well_formed_is_refused_only_for_what_no_schema_can_say],
        allow_redirects=False,
    )
    answers[case.operation.label].add(response.status_code)
