"""What the roles of the template grant, and whether that covers a use of it.

Resources stand as the template writes them: `Table.Arn`, `Bucket.Arn/direct/*`.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import template


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action on one resource; `via` are the services through which alone a key may be used."""

    action: str
    resource: str
    via: str = ""

    def covers(self, action: str, resource: str) -> bool:
        return self.action == action and fnmatchcase(resource, self.resource)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(resource: Any) -> str:
    """The resource as text, whichever way it is referred to."""
    if isinstance(resource, dict):
        (resource,) = resource.values()
    return str(resource).replace("${", "").replace("}", "")


def by_role_of(function: str) -> set[Grant]:
    """Every action that the function's role allows, on every resource, through every service."""
    role = template.functions()[function]["Role"]["Fn::GetAtt"].removesuffix(".Arn")
    found = set()
    for policy in template.load()["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            condition = statement.get("Condition", {"StringEquals": {"kms:ViaService": ""}})
            services = [_named(host).partition(".")[0] for host in listed(condition["StringEquals"]["kms:ViaService"])]
            found |= {
                Grant(action, _named(resource), service)
                for action in listed(statement["Action"])
                for resource in listed(statement["Resource"])
                for service in services
            }
    return found
