"""API Gateway's own answers: problem+json, each with its own fixed status, and the same problems as ours."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.model import StringShape

import problem_types
import template
from okd_dms.api import PROBLEMS

RESPONSES = template.gateway_responses()
OURS = {kind.slug: kind for kind in problem_types.classes()}

STATUS = {
    **dict.fromkeys(["BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"], 400),
    **dict.fromkeys(["UNAUTHORIZED", "EXPIRED_TOKEN"], 401),
    **dict.fromkeys(["ACCESS_DENIED", "INVALID_API_KEY", "INVALID_SIGNATURE", "WAF_FILTERED"], 403),
    **dict.fromkeys(["MISSING_AUTHENTICATION_TOKEN", "RESOURCE_NOT_FOUND"], 404),
    "REQUEST_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    **dict.fromkeys(["QUOTA_EXCEEDED", "THROTTLED"], 429),
    **dict.fromkeys(["API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"], 500),
    "DEFAULT_5XX": 500,
    "INTEGRATION_FAILURE": 503,
    "INTEGRATION_TIMEOUT": 504,
}
"""How each type of gateway response is answered."""


def body(kind: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(RESPONSES[kind]["ResponseTemplates"]["application/json"])
    return parsed


def test_every_type_of_gateway_response_that_aws_knows_is_ours() -> None:
    known = botocore.session.get_session().get_service_model("apigateway").shape_for("GatewayResponseType")
    assert isinstance(known, StringShape)
    assert set(known.enum) == RESPONSES.keys()


def test_every_type_of_gateway_response_has_its_own_fixed_status() -> None:
    assert {kind: int(response["StatusCode"]) for kind, response in RESPONSES.items()} == STATUS


@pytest.mark.parametrize("kind", RESPONSES)
def test_a_gateway_response_is_problem_json(kind: str) -> None:
    headers = RESPONSES[kind]["ResponseParameters"]["Headers"]
    assert headers["Content-Type"] == "'application/problem+json'"
    assert RESPONSES[kind]["ResponseTemplates"].keys() == {"application/json"}
    problem = body(kind)
    assert problem.keys() == {"type", "title", "status", "detail", "instance"}
    assert problem["type"].startswith(f"{PROBLEMS}/")
    assert problem["instance"] == "$context.requestId"
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("kind", RESPONSES)
def test_the_body_of_a_gateway_response_agrees_with_its_status(kind: str) -> None:
    assert body(kind)["status"] == int(RESPONSES[kind]["StatusCode"])


@pytest.mark.parametrize("kind", RESPONSES)
def test_a_problem_that_we_know_too_is_the_same_problem(kind: str) -> None:
    problem = body(kind)
    ours = OURS.get(problem["type"].rpartition("/")[2])
    if ours:
        assert (problem["title"], problem["status"]) == (ours.title, ours.status)
    else:
        assert problem["status"] in (429, 504)


@pytest.mark.parametrize("kind", [kind for kind, status in STATUS.items() if status in (429, 503, 504)])
def test_who_is_to_come_back_is_told_when_in_whole_seconds(kind: str) -> None:
    seconds = RESPONSES[kind]["ResponseParameters"]["Headers"]["Retry-After"].strip("'")
    assert int(seconds) > 0


@pytest.mark.parametrize("kind", RESPONSES)
def test_a_gateway_response_repeats_nothing_of_the_request(kind: str) -> None:
    """$context.error.message and the like would tell internal names, or break out of the JSON."""
    text = RESPONSES[kind]["ResponseTemplates"]["application/json"]
    assert text.count("$") == text.count("$context.requestId") == 1


def test_a_message_that_is_too_large_is_shown_the_way_out() -> None:
    detail = body("REQUEST_TOO_LARGE")["detail"]
    assert "bestandsomvang" in detail
    assert "ticket" in detail
