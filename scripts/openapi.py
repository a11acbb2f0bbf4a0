"""openapi.json, made from the code: the models, the errors, and the routes and gateway responses of the template.

    python scripts/openapi.py [--check]

writes it; with --check it only says whether the committed one is up to date.
"""

import argparse
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "layers/dms"))

import problem_types  # noqa: E402 - after the path
import template  # noqa: E402
from okd_dms.errors import MethodNotAllowed, RouteNotFound  # noqa: E402
from openapi_answers import answers  # noqa: E402
from openapi_changes import DELETE, UPDATE, VERSIONS  # noqa: E402
from openapi_delivery import STORE  # noqa: E402
from openapi_operation import Operation  # noqa: E402
from openapi_reading import FIND, GET  # noqa: E402
from openapi_responses import Problems  # noqa: E402
from openapi_schemas import messages  # noqa: E402
from openapi_security import SECURITY_SCHEME, schemes  # noqa: E402

FILE = ROOT / "openapi.json"

OPERATIONS = {
    ("POST", "/documents"): STORE,
    ("GET", "/documents"): FIND,
    ("HEAD", "/documents"): FIND.head(),
    ("GET", "/documents/{documentId}"): GET,
    ("HEAD", "/documents/{documentId}"): GET.head(),
    ("PATCH", "/documents/{documentId}"): UPDATE,
    ("DELETE", "/documents/{documentId}"): DELETE,
    ("GET", "/documents/{documentId}/versies"): VERSIONS,
    ("HEAD", "/documents/{documentId}/versies"): VERSIONS.head(),
}
ELSEWHERE = (RouteNotFound, MethodNotAllowed)
"""What unknown paths and methods are answered."""

_NEEDS_NO_OPERATION = {"MISSING_AUTHENTICATION_TOKEN", "RESOURCE_NOT_FOUND", "UNSUPPORTED_MEDIA_TYPE"}
"""Gateway responses to unknown paths, and of integrations that are no proxy."""
_TAGS = {
    "deliver": "Documents into the exam file: flows 2.1 and 2.2.",
    "read": "Documents out of it: flow 2.3.",
    "change": "Documents updated, flow 2.4, and deleted.",
}


def _servers() -> list[dict[str, Any]]:
    outputs, resources = template.load()["Outputs"], template.load()["Resources"]
    url = re.sub(r"\$\{(?:AWS::)?(\w+)\}", r"{\1}", outputs["ApiUrl"]["Value"]["Fn::Sub"])
    known = {"Api": "api-id", "Region": "eu-central-1", "URLSuffix": "amazonaws.com"}
    names = re.findall(r"\{(\w+)\}", url)
    paths = [
        mapping["Properties"]["ApiMappingKey"]
        for mapping in resources.values()
        if mapping["Type"] == "AWS::ApiGatewayV2::ApiMapping"
    ]
    return [
        {
            "url": url,
            "variables": {name: {"default": known.get(name) or template.default(name)} for name in names},
        },
        {
            "url": "https://{DomainName}/{BasePath}",
            "description": "With a custom domain.",
            "variables": {
                "DomainName": {"default": "dms.example.nl"},
                "BasePath": {"default": paths[0], "enum": paths},
            },
        },
    ]


def _described(method: str, operation: Operation, problems: Problems) -> dict[str, Any]:
    gateway = (answer for kind, answer in problem_types.gateway().items() if kind not in _NEEDS_NO_OPERATION)
    failures = [*map(problem_types.example, operation.problems), *gateway]
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": list(operation.parameters),
        "security": [{SECURITY_SCHEME: [scope]} for scope in operation.opened_by],
        "responses": {**operation.answers, **problems.by_status(failures, with_body=method != "HEAD")},
    }
    return described | ({"requestBody": operation.request} if operation.request else {})


def document() -> dict[str, Any]:
    """The whole description. Raises ValueError when the template has other routes than are described."""
    if template.operations() != OPERATIONS.keys():
        raise ValueError(f"described or routed, not both: {sorted(template.operations() ^ OPERATIONS.keys())}")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    problems = Problems()
    paths: dict[str, Any] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method.lower()] = _described(method, operation, problems)
    problems.by_status(map(problem_types.example, ELSEWHERE), with_body=True)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": project["name"],
            "version": project["version"],
            "description": f"{project['description']}. Unknown paths and methods are answered with the responses"
            " RouteNotFound and MethodNotAllowed.",
        },
        "servers": _servers(),
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": messages() | answers() | problems.schemas,
            "responses": problems.responses,
            "securitySchemes": schemes(),
        },
    }


def text() -> str:
    """The file's text."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when openapi.json is out of date")
    if not parser.parse_args().check:
        FILE.write_text(text(), encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text():
        print("openapi.json is out of date: make openapi", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
