"""What AWS's own services write down of a call, as far as the template decides it: nothing that a caller sent."""

import re
from typing import Any

import pytest

import template

OF_NOBODY = {
    *("requestId", "httpMethod", "resourcePath", "status", "responseLength", "responseLatency", "error.responseType"),
    *("integration.status", "integration.latency"),
}
"""Variables of an access log that hold an id, a route, an outcome, a size or a duration. Others hold paths, addresses,
query strings, headers, or what an authorizer made of a token."""


def api() -> dict[str, Any]:
    (found,) = template.resources("AWS::Serverless::Api").values()
    return dict(found["Properties"])


def test_the_access_log_notes_routes_and_outcomes_alone() -> None:
    noted = set(re.findall(r"\$context\.([\w.]+)", api()["AccessLogSetting"]["Format"]))
    assert noted
    assert noted <= OF_NOBODY


def test_the_gateway_logs_no_bodies_and_no_headers() -> None:
    for settings in api()["MethodSettings"]:
        assert settings["DataTraceEnabled"] is False
        assert settings.get("LoggingLevel", "OFF") == "OFF"


def test_the_gateways_own_answers_repeat_nothing_of_the_call() -> None:
    for response in template.gateway_responses().values():
        text = str(response)
        assert set(re.findall(r"\$context\.([\w.]+)", text)) <= {"requestId"}
        assert not re.search(r"method\.request|\$input|\$stageVariables", text)


@pytest.mark.parametrize("name", template.resources("AWS::Logs::MetricFilter"))
def test_a_metric_is_a_number_with_no_dimension_of_the_log(name: str) -> None:
    (metric,) = template.resources("AWS::Logs::MetricFilter")[name]["Properties"]["MetricTransformations"]
    assert metric.keys() == {"MetricNamespace", "MetricName", "MetricValue"}
    assert metric["MetricValue"] in {"1", "$.completed", "$.closed", "$.erased", "$.failed"}


def test_the_functions_write_no_traces_of_their_own() -> None:
    """X-Ray's recorder would take note of calls and exceptions; without it Lambda notes durations and outcomes."""
    sources = [*template.ROOT.glob("layers/dms/okd_dms/*.py"), *template.ROOT.glob("functions/*/app.py")]
    locked = (template.ROOT / "layers/dms/requirements.txt").read_text(encoding="utf-8")
    assert "aws-xray-sdk" not in locked
    assert not [path for path in sources if re.search(r"Tracer|Metrics\b|aws_xray", path.read_text(encoding="utf-8"))]
