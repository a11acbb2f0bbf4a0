"""The message's schemas and its validation agree, as far as JSON Schema can say the rules."""

import copy
import json
from typing import Any

import pytest

import contract_check
from messages import PDF, result, sitting, with_content
from moto_store import Part, multipart, proxy_event
from okd_dms.api import Request
from okd_dms.caller import EVERYONE
from okd_dms.carriers import receive
from okd_dms.errors import InvalidMessage, MalformedRequest
from okd_dms.media_types import JSON, MULTIPART

_CONTENT = {"bestandsomvang": len(PDF), "integriteit": {"algoritme": "sha_256", "waarde": "AB" * 32}}
_SPARE = {
    "student": {"studentnummer": "1234567"},
    "afnamemoment": {"aanvang": "2026-03-12T09:00:00+01:00"},
    "toets": {"code": "K3-W1"},
    "opleiding": {"code": "25190BOL"},
}
_FULL = result(**_CONTENT, identificatie="EX-2026-0417", bewaartermijn="3Y")
_FULL["verbintenis"]["associationId"] = "7C5E3B0F-8f4b-4b0d-9c57-0c1b8a2f4e11"
VALID = {
    (JSON, "a sitting with inhoud"): with_content(sitting()),
    (JSON, "a spare result with inhoud"): with_content({"document": result()["document"]} | _SPARE),
    (JSON, "a full announcement"): _FULL | {"inhoud": None},
    (MULTIPART, "a result whose file tells its name and type"): result(bestandsnaam=None, formaat=None),
}
_SCHEMAS = {
    JSON: ("paths", "/documents", "post", "requestBody", "content", JSON, "schema"),
    MULTIPART: ("components", "schemas", "Metadata"),
}
_ABSENT = object()
_TEXTS = ["", "x" * 200, "x" * 201, "x" * 256, "3Y", "x-eigen", "a/b", "YQ==", "2026-03-12T09:00:00Z"]
_VALUES = [*_TEXTS, _ABSENT, None, 1, 1.5, [], {}, {"naam": "x"}, {"code": "x"}, {"volgnummer": "x"}]


def _places() -> list[str]:
    """Every member of the messages by its path, and one in each object that does not exist."""
    parts = {part: value for part, value in _FULL.items() if isinstance(value, dict)}
    members = (f"{part}.{member}" for part, value in parts.items() for member in (*value, "extra"))
    return [*parts, "inhoud", "extra", *members]


def _changed(message: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    message = copy.deepcopy(message)
    part, _, member = place.partition(".")
    owner, name = (message.setdefault(part, {}), member) if member else (message, part)
    if value is _ABSENT:
        owner.pop(name, None)
    else:
        owner[name] = value
    return message


def _refusal(carrier: str, message: dict[str, Any]) -> set[str] | None:
    """Why the code refuses a message: the codes of its faults, none of a malformed one; None when it does not."""
    body, content_type = json.dumps(message).encode(), carrier
    if carrier == MULTIPART:
        body, content_type = multipart([Part("metadata", body), Part("file", PDF, "a.pdf", "application/pdf")])
    try:
        receive(Request(proxy_event("POST", "/documents", body, {"Content-Type": content_type}, None, {}), EVERYONE))
    except InvalidMessage as error:
        return {fault.code for fault in error.faults}
    except MalformedRequest:
        return set()
    return None


@pytest.mark.parametrize(("carrier", "name"), VALID)
def test_the_messages_that_the_changes_start_from_are_accepted(carrier: str, name: str) -> None:
    assert _refusal(carrier, VALID[carrier, name]) is None


@pytest.mark.parametrize("place", _places())
@pytest.mark.parametrize(("carrier", "name"), VALID)
def test_the_schema_accepts_what_the_code_accepts_and_refuses_what_it_can_see(
    carrier: str, name: str, place: str
) -> None:
    schema = contract_check.validator(*_SCHEMAS[carrier])
    for value in _VALUES:
        message = _changed(VALID[carrier, name], place, value)
        refusal = _refusal(carrier, message)
        if refusal is None or not refusal or refusal - contract_check.BEYOND_JSON_SCHEMA:
            assert schema.is_valid(message) == (refusal is None), f"{place}: {value!r}"
