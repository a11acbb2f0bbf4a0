"""Where documents are recorded: the only module that knows DynamoDB.

A document's current state is its head item. Items are written conditionally, and every read is strongly consistent.
Open announcements stand in an index of their own, by the day on which they were made.
"""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from okd_dms import strict_json
from okd_dms.document import Document, Status, index_keys, moment
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
    if document.status is Status.AWAITING_CONTENT:
        announced = datetime.fromisoformat(document.registered_at)
        expires = announced + timedelta(hours=int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"]))
        item |= {"announcedOn": {"S": f"{announced:%Y-%m-%d}"}, "expiresAt": {"S": moment(expires)}}
    with _dependency():
        try:
            client().put_item(
                TableName=os.environ["TABLE_NAME"],
                Item=item,
                ConditionExpression="attribute_not_exists(documentId)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except client().exceptions.ConditionalCheckFailedException as error:
            return _document(error.response["Item"])  # type: ignore[typeddict-item]  # the stubs leave Item out
    return document


def find(document_id: str) -> Document | None:
    """The document under this id as it is now, or None. One call. Raises DependencyFailed."""
    with _dependency():
        answer = client().get_item(
            TableName=os.environ["TABLE_NAME"],
            Key={"documentId": {"S": document_id}, "item": {"S": HEAD}},
            ConsistentRead=True,
        )
    item = answer.get("Item")
    return _document(item) if item else None


def complete(document: Document) -> bool:
    """Record that the awaited content is there; False when that, or something later, is recorded already.

    One call, which writes only while the document still awaits the very object that it names. Raises DependencyFailed.
    """
    with _dependency():
        try:
            client().update_item(
                TableName=os.environ["TABLE_NAME"],
                Key={"documentId": {"S": document.id}, "item": {"S": HEAD}},
                UpdateExpression="SET #status = :stored REMOVE announcedOn, expiresAt",
                ConditionExpression="#status = :awaiting AND objectKey = :key",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":stored": {"S": Status.STORED},
                    ":awaiting": {"S": Status.AWAITING_CONTENT},
                    ":key": {"S": document.object_key},
                },
            )
        except client().exceptions.ConditionalCheckFailedException:
            return False
    return True


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
    )
