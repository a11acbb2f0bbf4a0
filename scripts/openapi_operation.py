"""What is said of an operation, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import openapi_examples as examples
from okd_dms import errors, message
from openapi_schemas import Schema, of_type

ANY_TEXT: Schema = {"type": "string"}
SOME_TEXT: Schema = {"type": "string", "minLength": 1}
EVERYWHERE = (errors.Unauthorized, errors.Forbidden, errors.DependencyFailed, errors.DmsError)
"""Problems that every operation can meet."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method on one path takes and answers, and any of which scopes opens it.

    `problems` are those of its function, not the gateway's.
    """

    name: str
    tag: str
    opened_by: tuple[str, ...]
    summary: str
    description: str
    parameters: tuple[Schema, ...]
    answers: Mapping[str, Schema]
    problems: tuple[type[errors.DmsError], ...]
    request: Schema = field(default_factory=dict)

    def head(self) -> "Operation":
        """The same for HEAD, which reads no content: none of it can be asked for in part, or prove corrupt."""
        of_content = (errors.RangeNotSatisfiable, errors.ContentCorrupt)
        return replace(
            self,
            name=f"{self.name}Head",
            summary=f"{self.summary}: the headers alone",
            parameters=tuple(given for given in self.parameters if given["name"] not in ("Range", "If-Range")),
            answers={
                status: {key: value for key, value in answer.items() if key != "content"}
                for status, answer in self.answers.items()
                if status != "206"
            },
            problems=tuple(kind for kind in self.problems if kind not in of_content),
        )


def parameter(where: str, name: str, text: str, schema: Schema, example: Any, *, required: bool = False) -> Schema:
    described = {"name": name, "in": where, "description": text, "required": required}
    return described | {"schema": schema, "example": example}


IDENTIFIED = parameter(
    "path", "documentId", "Names the document.", of_type(message.Uuid), examples.STORED.id, required=True
)


def content(schema: Schema, **values: Any) -> Schema:
    """A body of this schema, with examples by name."""
    return {"schema": schema, "examples": {name: {"value": value} for name, value in values.items()}}


def in_words(size: int) -> str:
    """A number of bytes, in the unit that makes it whole and small."""
    unit, name = next(pair for pair in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")) if size >= pair[0])
    return f"{size // unit} {name}"
