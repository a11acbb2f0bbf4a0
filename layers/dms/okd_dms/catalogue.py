"""Where documents are recorded: the only module that knows DynamoDB.

A document's current state is its head item. Items are written conditionally, and every read is strongly consistent.
What must come to an end, such as announced content, stands in an index of its own by the day on which it began.
"""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from okd_dms import strict_json
from okd_dms.document import Document, Status, index_keys
from okd_dms.errors import DependencyFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

HEAD = "head"

type Item = dict[str, AttributeValueTypeDef]


@functools.cache
def client() -> "DynamoDBClient":
    """One connection for the life of the process, made on first use."""
    return boto3.client(
        "dynamodb",
        config=Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}),
    )


@contextmanager
def _dependency() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise DependencyFailed("dynamodb", error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise DependencyFailed("dynamodb", type(error).__name__) from error


def add(document: Document) -> Document:
    """Record a new document, and answer the one that stands under its id afterwards.

    That is `document` itself when it is new, or when it came through although the answer to an attempt was lost;
    else it is the one that was there, unchanged. One call. Raises DependencyFailed.
    """
    with _dependency():
        try:
            client().put_item(
                TableName=os.environ["TABLE_NAME"],
                Item=_item(document),
                ConditionExpression="attribute_not_exists(documentId)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except client().exceptions.ConditionalCheckFailedException as error:
            return _document(error.response["Item"])  # type: ignore[typeddict-item] # the stubs leave Item out
    return document


def announce_again(document: Document, overdue: Document) -> bool:
    """Put this delivery in the place of its own announcement that came to nothing; False when that has changed.

    One call. Raises DependencyFailed.
    """
    return _end_waiting(client().put_item, overdue, Item=_item(document))


def find(document_id: str) -> Document | None:
    """The document under this id as it is now, or None. One call. Raises DependencyFailed."""
    with _dependency():
        answer = client().get_item(
            TableName=os.environ["TABLE_NAME"],
            Key=_key(document_id),
            ConsistentRead=True,
        )
    item = answer.get("Item")
    return _document(item) if item else None


def complete(document: Document) -> bool:
    """Record that the awaited content is there; False when that, or something later, is recorded already.

    One call, which writes only while the document still awaits the very object that it names. Raises DependencyFailed.
    """
    return _end_waiting(
        client().update_item,
        document,
        {":stored": {"S": Status.STORED}},
        Key=_key(document.id),
        UpdateExpression="SET #status = :stored REMOVE unfinishedSince, dueAt",
    )


def close(document: Document) -> bool:
    """Forget an announcement that came to nothing; False when it has changed. One call. Raises DependencyFailed."""
    return _end_waiting(client().delete_item, document, Key=_key(document.id))


def claims(document_id: str, object_key: str) -> bool:
    """Whether the document names this object. One call. Raises DependencyFailed."""
    document = find(document_id)
    return document is not None and document.object_key == object_key


def unfinished(day: str, due_before: str) -> Iterator[str]:
    """Ids of the documents that began to wait on this day (yyyy-mm-dd) and are due before this moment (RFC 3339).

    Soonest due first, a page at a time. The index trails behind: look at each document before acting.
    """
    pages = (
        client()
        .get_paginator("query")
        .paginate(
            TableName=os.environ["TABLE_NAME"],
            IndexName="byUnfinished",
            KeyConditionExpression="unfinishedSince = :day AND dueAt < :moment",
            ExpressionAttributeValues={":day": {"S": day}, ":moment": {"S": due_before}},
        )
    )
    with _dependency():
        for page in pages:
            yield from (item["documentId"]["S"] for item in page["Items"])


def read_note(name: str) -> str | None:
    """What a background job wrote down for its next run. Raises DependencyFailed."""
    with _dependency():
        answer = client().get_item(TableName=os.environ["TABLE_NAME"], Key=_key(name), ConsistentRead=True)
    return answer["Item"]["note"]["S"] if "Item" in answer else None


def write_note(name: str, note: str) -> None:
    """Write it down. Raises DependencyFailed."""
    with _dependency():
        client().put_item(TableName=os.environ["TABLE_NAME"], Item={**_key(name), "note": {"S": note}})


def _key(document_id: str) -> Item:
    return {"documentId": {"S": document_id}, "item": {"S": HEAD}}


def _end_waiting(
    call: Callable[..., object], document: Document, values: Item | None = None, **arguments: object
) -> bool:
    """Make this call if the document still awaits the very object that it names; else False."""
    with _dependency():
        try:
            call(
                TableName=os.environ["TABLE_NAME"],
                ConditionExpression="#status = :awaiting AND objectKey = :key",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":awaiting": {"S": Status.AWAITING_CONTENT},
                    ":key": {"S": document.object_key},
                    **(values or {}),
                },
                **arguments,
            )
        except client().exceptions.ConditionalCheckFailedException:
            return False
    return True


def _item(document: Document) -> Item:
    item: Item = {
        "documentId": {"S": document.id},
        "item": {"S": HEAD},
        "sender": {"S": document.sender},
        "status": {"S": document.status},
        "version": {"N": str(document.version)},
        "registeredAt": {"S": document.registered_at},
        "message": {"S": strict_json.dumps(document.message)},
        "objectKey": {"S": document.object_key},
        "deliveryDigest": {"B": document.delivery_digest},
    }
    item.update({name: {"S": value} for name, value in index_keys(document.message).items()})
    if document.due_at:
        item |= {"unfinishedSince": {"S": document.registered_at[:10]}, "dueAt": {"S": document.due_at}}
    return item


def _document(item: Item) -> Document:
    return Document(
        id=item["documentId"]["S"],
        sender=item["sender"]["S"],
        status=Status(item["status"]["S"]),
        version=int(item["version"]["N"]),
        registered_at=item["registeredAt"]["S"],
        message=strict_json.parse(item["message"]["S"].encode()),
        object_key=item["objectKey"]["S"],
        delivery_digest=item["deliveryDigest"]["B"],
        due_at=item["dueAt"]["S"] if "dueAt" in item else None,
    )
