"""An upload event that cannot be handled waits in the dead-letter queue, and the README's lines replay it."""

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import aws_events
import readme
import tickets
from local_stack import LocalStack
from over_http import alter, comes_true, objects, physical_name, without_upload_events


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


def messages(stack: LocalStack) -> list[str]:
    queue = stack.outputs["UploadEventsDeadLetterQueueUrl"]
    received = stack.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [message["Body"] for message in received.get("Messages", [])]


def options(stack: LocalStack, command: str) -> dict[str, str]:
    """The options of the README's line that calls this command, its names looked up as the line does."""
    (line,) = (
        line.command
        for block in readme.blocks("console")
        for line in readme.lines(block)
        if line.command.startswith(f"aws {command} ")
    )
    for resource in ("ReconcileFunction", "UploadEventsDeadLetterQueue"):
        line = line.replace(f"$(physical {resource})", physical_name(stack, resource))
    words = shlex.split(line)
    return {word: words[at + 1] for at, word in enumerate(words) if word.startswith("--")}


def replay(stack: LocalStack) -> None:
    """What the README tells the operator to do."""
    invoke = options(stack, "lambda invoke")
    stack.client("lambda").invoke(
        FunctionName=invoke["--function-name"],
        InvocationType=invoke["--invocation-type"],
        Payload=invoke["--payload"].encode(),
    )
    stack.client("sqs").purge_queue(QueueUrl=options(stack, "sqs purge-queue")["--queue-url"])


def put_by_hand(stack: LocalStack, announced: tickets.Announced, content: bytes) -> dict[str, Any]:
    """Write the awaited object past the ticket; what names it, and this version of it."""
    key = httpx.URL(announced.upload["url"]).path.partition(f"/{stack.outputs['BucketName']}/")[2]
    named = {"Bucket": stack.outputs["BucketName"], "Key": key}
    return named | {"VersionId": stack.client("s3").put_object(**named, Body=content)["VersionId"]}


def hand_over_event(stack: LocalStack, key: str) -> None:
    """As EventBridge does. The local stack heeds what the alias says of failed events for unpublished code alone."""
    calls, function = stack.client("lambda"), physical_name(stack, "CompleteUploadFunction")
    of_alias = calls.get_function_event_invoke_config(FunctionName=function, Qualifier="live")
    calls.put_function_event_invoke_config(FunctionName=function, DestinationConfig=of_alias["DestinationConfig"])
    event = json.dumps(aws_events.object_created(key, 1)).encode()
    calls.invoke(FunctionName=function, InvocationType="Event", Payload=event)


def test_a_poison_event_is_kept_and_replayed_once_its_cause_is_gone(stack: LocalStack, dms: httpx.Client) -> None:
    announced = tickets.announce(dms)
    wrong = put_by_hand(stack, announced, b"not what was announced")
    hand_over_event(stack, wrong["Key"])
    assert comes_true(lambda: any(wrong["Key"] in message for message in messages(stack)))
    assert tickets.recorded_status(stack, announced) == "wacht_op_inhoud"

    stack.client("s3").delete_object(**wrong)
    with without_upload_events(stack):
        assert announced.put().status_code == 200
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    alter(stack, announced.id, registeredAt=an_hour_ago.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    replay(stack)
    assert tickets.is_completed(stack, announced)
    assert len(objects(stack, announced.id)) == 1
    assert messages(stack) == []
