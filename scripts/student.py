"""What a stack keeps of one student: list it, and erase it when asked to (docs/privacy.md).

    python scripts/student.py NAME [--erase] [--yes]

The student's personId or studentnummer is read from standard input, so that no history of a shell keeps it.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from environment import CannotGoOn, Environment, chosen, require_terminal
from local_build import ROOT

sys.path.insert(0, str(ROOT / "layers/dms"))

from okd_dms import catalogue, erasure, items
from okd_dms.document import Document, Status
from okd_dms.errors import DependencyFailed

OPERATOR = "beheerder"
"""Who deleted, in the tombstone."""
INDEXES = {"studentPerson": "byStudentPerson", "studentNumber": "byStudentNumber"}


@dataclass(frozen=True, slots=True)
class Found:
    """A document that names the student, and in which of its versions."""

    document: Document
    versions: list[int]

    @property
    def is_the_students(self) -> bool:
        """Whether it still names the student, or is on its way out."""
        return self.document.version in self.versions or self.document.status is Status.DELETED

    def line(self) -> str:
        head = self.document
        if head.status is Status.DELETED:
            return f"  {head.id}  deleted, its last traces are still to be erased"
        about = head.message["document"]
        versions = ", ".join(map(str, self.versions))
        return f"  {head.id}  {about['creatiedatum']}  {about['type']}  from {head.sender}  versions {versions}"


def find(student: str) -> list[Found]:
    """Every document that names this student by personId or by studentnummer, now or in an earlier version."""
    keys = items.student_keys({"personId": student.lower(), "studentnummer": student})
    ids = sorted({document_id for name, value in keys.items() for document_id in _ids(name, value)})
    documents = (catalogue.find(document_id) for document_id in ids)
    return [Found(document, list(_naming(document, keys))) for document in documents if document]


def _ids(name: str, value: str) -> Iterator[str]:
    pages = (
        catalogue.client()
        .get_paginator("query")
        .paginate(
            TableName=os.environ["TABLE_NAME"],
            IndexName=INDEXES[name],
            KeyConditionExpression="#name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": {"S": value}},
        )
    )
    for page in pages:
        yield from (item["documentId"]["S"] for item in page["Items"])


def _naming(head: Document, keys: dict[str, str]) -> Iterator[int]:
    """Numbers of the versions that name the student, newest first."""
    versions = [head]
    while versions:
        for version in versions:
            if items.student_keys(version.message.get("student", {})).items() & keys.items():
                yield version.version
        versions = catalogue.earlier_versions(head.id, versions[-1].version, 100)


def erase(listed: Document, unswept: timedelta) -> None:
    """Delete a document as `DELETE` does: a tombstone first, then every version of every object, then the history.

    `unswept` is how far back objects can lie that no item names. Raises CannotGoOn when the document is no longer the
    version that was listed: it may have come to name somebody else.
    """
    current = catalogue.find(listed.id)
    if current is None:
        return
    if current.status is not Status.DELETED and (
        current.version != listed.version or not catalogue.bury(current, OPERATOR)
    ):
        raise CannotGoOn(f"{listed.id} has changed since it was listed. List again.")
    erasure.erase(current, unswept)


def enter(environment: Environment) -> timedelta:
    """Turn to this environment's table and bucket; how far back objects can lie that no item names.

    Raises CannotGoOn.
    """
    try:
        (stack,) = environment.client("cloudformation").describe_stacks(StackName=environment.stack_name)["Stacks"]
    except ClientError as error:
        raise CannotGoOn(error.response["Error"]["Message"]) from error
    outputs: dict[str, str] = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    parameters: dict[str, Any] = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    os.environ |= {
        "TABLE_NAME": outputs["TableName"],
        "BUCKET_NAME": outputs["BucketName"],
        "AWS_DEFAULT_REGION": environment.region,
        **({"AWS_PROFILE": environment.profile} if environment.profile else {}),
    }
    return timedelta(hours=int(parameters["AnnouncementLifetimeHours"]) + int(parameters["GracePeriodHours"]))


def handle(environment: Environment, *, erases: bool, asks: bool) -> None:
    """Raises CannotGoOn."""
    if erases and asks:
        require_terminal("confirm this")
    unswept = enter(environment)
    print("personId or studentnummer: ", end="", file=sys.stderr, flush=True)
    student = sys.stdin.readline().strip()
    if not student:
        raise CannotGoOn("Nobody was named.")
    found = find(student)
    own, others = ([each for each in found if each.is_the_students is kind] for kind in (True, False))
    print(f"{len(own)} documents of this student in {environment.stack_name}", *(each.line() for each in own), sep="\n")
    if others:
        print(
            f"{len(others)} more name the student in an earlier version alone, and somebody else now: docs/privacy.md"
        )
        print(*(each.line() for each in others), sep="\n")
    if not (erases and own):
        return
    if asks and input(f"Type {len(own)} to erase these {len(own)} for good: ") != str(len(own)):
        raise CannotGoOn("Nothing was erased.")
    for each in own:
        erase(each.document, unswept)
        print(f"erased {each.document.id}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--erase", action="store_true")
    parser.add_argument("--yes", action="store_true", help="nobody is asked to confirm")
    arguments = parser.parse_args()
    try:
        handle(chosen(arguments.name), erases=arguments.erase, asks=not arguments.yes)
    except DependencyFailed as error:
        print(
            f"{error.service} does not answer: {error.code}. What was not erased can be erased again.", file=sys.stderr
        )
        return 1
    except (CannotGoOn, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
