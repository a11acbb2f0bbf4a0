"""Where documents are recorded: the only module that knows DynamoDB.

Items are written conditionally, and every read but that of the index is strongly consistent. What must come to an end,
announced content and deletions, stands in an index of its own by the day on which it began. Every function raises
DependencyFailed when DynamoDB does not do what it is asked.
"""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from okd_dms import aws, items
from okd_dms.document import Announcement, Document, Status, now
from okd_dms.errors import DependencyFailed
from okd_dms.items import Item, head_key, version_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactGetItemTypeDef

NOTHING = "-"
"""An id that no item has."""

STILL_AWAITED = "#status = :awaiting AND objectKey = :key"


@functools.cache
def client() -> "DynamoDBClient":
    """One connection for the life of the process, made on first use."""
    client = aws.session().create_client(
        "dynamodb",
        config=Config(
            user_agent=aws.USER_AGENT,
            connect_timeout=2,
            read_timeout=3,
            retries={"mode": "standard", "total_max_attempts": 3},
            parameter_validation=False,  # our parameters are our own; DynamoDB would refuse a wrong one too
        ),
    )
    return cast("DynamoDBClient", client)


def prepare() -> None:
    """Have the client made and its connection opened, by asking for what is never there. One call.

    A function whose role may not read is refused; its connection is open all the same.
    """
    find(NOTHING)


@contextmanager
def _dependency() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise DependencyFailed("dynamodb", error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise DependencyFailed("dynamodb", type(error).__name__) from error


def add(document: Document) -> Document:
    """Record a new document, and answer the one that stands under its id afterwards. One call.

    That is `document` itself when it is new, or when it came through although the answer to an attempt was lost;
    else it is the one that was there, unchanged.
    """
    with _dependency():
        try:
            client().put_item(
                TableName=os.environ["TABLE_NAME"],
                Item=items.head(document),
                ConditionExpression="attribute_not_exists(documentId)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except client().exceptions.ConditionalCheckFailedException as error:
            return items.document(error.response["Item"])  # type: ignore[typeddict-item] # the stubs leave Item out
    return document


def find(document_id: str) -> Document | None:
    """The document under this id as it is now, a deleted one included, or None. One call."""
    return _get(head_key(document_id))


def _get(key: Item) -> Document | None:
    with _dependency():
        answer = client().get_item(TableName=os.environ["TABLE_NAME"], Key=key, ConsistentRead=True)
    return items.document(answer["Item"]) if "Item" in answer else None


def find_version(document_id: str, version: int) -> tuple[Document | None, Document | None]:
    """The document as it is now, and this version of it. One call.

    Two more when a writer is at work on the document, which a transaction refuses to read past. One after the other is
    as good: a version that the head has left behind no longer changes.
    """
    table = os.environ["TABLE_NAME"]
    keys = (head_key(document_id), version_key(document_id, version))
    gets: list[TransactGetItemTypeDef] = [{"Get": {"TableName": table, "Key": key}} for key in keys]
    with _dependency():
        try:
            found = [answer.get("Item") for answer in client().transact_get_items(TransactItems=gets)["Responses"]]
            head, earlier = (items.document(item) if item else None for item in found)
        except client().exceptions.TransactionCanceledException:
            head, earlier = (_get(key) for key in keys)
    return head, head if head is not None and head.version == version else earlier


def earlier_versions(document_id: str, before: int, limit: int) -> list[Document]:
    """Versions with a number below `before`, newest first, `limit` at most, fewer when they are long. One call."""
    with _dependency():
        answer = client().query(
            TableName=os.environ["TABLE_NAME"],
            KeyConditionExpression="documentId = :id AND #item < :before",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":id": {"S": document_id}, ":before": version_key("", before)["item"]},
            ScanIndexForward=False,
            Limit=limit,
            ConsistentRead=True,
        )
    return [items.document(item) for item in answer["Items"]]


def update(before: Document, after: Document) -> bool:
    """Let the next version take the place of this one, which becomes history, all or nothing. One call.

    False when the document is no longer as it was, so that of two writers at once one wins.
    """
    return _replace(before, items.head(after))


def bury(document: Document, by: str) -> bool:
    """Put a tombstone in the place of the document, whose last version becomes the last piece of work. One call.

    False when the document is no longer as it was.
    """
    return _replace(document, items.tombstone(document, now(), by))


def _replace(before: Document, head: Item) -> bool:
    table = os.environ["TABLE_NAME"]
    names = {"#status": "status", "#version": "version"}
    condition = "#status = :status AND #version = :version AND objectKey = :key"
    values: Item = {
        ":status": {"S": before.status},
        ":version": {"N": str(before.version)},
        ":key": {"S": before.object_key},
    }
    if before.announcement:
        condition += " AND announcedKey = :announced"
        values[":announced"] = {"S": before.announcement.object_key}
    else:
        condition += " AND attribute_not_exists(announcedKey)"
    with _dependency():
        try:
            client().transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": table, "Item": items.earlier_version(before, head)}},
                    {
                        "Put": {
                            "TableName": table,
                            "Item": head,
                            "ConditionExpression": condition,
                            "ExpressionAttributeNames": names,
                            "ExpressionAttributeValues": values,
                        }
                    },
                ]
            )
        except client().exceptions.TransactionCanceledException as error:
            reasons = {reason.get("Code") for reason in error.response["CancellationReasons"]}
            if reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
    return True


def announce(document: Document, announcement: Announcement) -> bool:
    """Record that new content is to follow; False when the document is no longer as it was. One call.

    True as well when it came through although the answer to an attempt was lost: botocore's next one finds it there.
    """
    attributes = items.announcement(announcement)
    still, values = "attribute_not_exists(announcedKey)", {f":{name}": value for name, value in attributes.items()}
    values |= {":stored": {"S": Status.STORED}, ":version": {"N": str(document.version)}}
    if document.announcement:
        still = "announcedKey = :overdue"
        values[":overdue"] = {"S": document.announcement.object_key}
    return _conditionally(
        client().update_item,
        f"#status = :stored AND #version = :version AND ({still} OR announcedKey = :announcedKey)",
        values,
        {"#status": "status", "#version": "version"},
        Key=head_key(document.id),
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in attributes),
    )


def withdraw(document: Document) -> bool:
    """Forget announced new content that came to nothing; False when that has changed. One call.

    A tombstone names the same key for whoever erases the content, and is left alone.
    """
    assert document.announcement is not None  # noqa: S101 - callers have looked
    return _conditionally(
        client().update_item,
        "#status = :stored AND announcedKey = :key",
        {":stored": {"S": Status.STORED}, ":key": {"S": document.announcement.object_key}},
        {"#status": "status"},
        Key=head_key(document.id),
        UpdateExpression="REMOVE announcedKey, announced, unfinishedSince, dueAt",
    )


def renew(document: Document) -> bool:
    """Give a delivery whose content is awaited the new life that `due_at` says; False when it has changed. One call."""
    life: Item = {":since": {"S": now()[:10]}, ":due": {"S": document.due_at or ""}}
    return _while_awaited(
        client().update_item,
        document,
        life,
        Key=head_key(document.id),
        UpdateExpression="SET unfinishedSince = :since, dueAt = :due",
    )


def complete(document: Document) -> bool:
    """Record that the awaited first content is there; False when that, or something later, is recorded already.

    One call, which writes only while the document still awaits the very object that it names.
    """
    return _while_awaited(
        client().update_item,
        document,
        {":stored": {"S": Status.STORED}, ":now": {"S": now()}},
        Key=head_key(document.id),
        UpdateExpression="SET #status = :stored, changedAt = :now REMOVE unfinishedSince, dueAt",
    )


def close(document: Document) -> bool:
    """Forget a delivery whose content never came; False when it has changed, or got a new life. One call."""
    due: Item = {":due": {"S": document.due_at or ""}}
    condition = f"{STILL_AWAITED} AND dueAt = :due"
    return _while_awaited(client().delete_item, document, due, condition, Key=head_key(document.id))


def _while_awaited(
    call: Callable[..., object],
    document: Document,
    values: Item,
    condition: str = STILL_AWAITED,
    **arguments: Any,
) -> bool:
    awaited: Item = {":awaiting": {"S": Status.AWAITING_CONTENT}, ":key": {"S": document.object_key}}
    return _conditionally(call, condition, awaited | values, {"#status": "status"}, **arguments)


def _conditionally(
    call: Callable[..., object], condition: str, values: Item, names: dict[str, str] | None = None, **arguments: Any
) -> bool:
    """Make a call that writes if the condition holds; False when it does not, or when a transaction is changing it."""
    if names:
        arguments["ExpressionAttributeNames"] = names
    with _dependency():
        try:
            call(
                TableName=os.environ["TABLE_NAME"],
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                **arguments,
            )
        except (
            client().exceptions.ConditionalCheckFailedException,
            client().exceptions.TransactionConflictException,
        ):
            return False
    return True


def claims(document_id: str, object_key: str) -> bool:
    """Whether the document names this object: now, as announced, or in an earlier version. At most one call a page."""
    document = find(document_id)
    if document is None or document.status is Status.DELETED:
        return False
    if object_key in (document.object_key, document.announcement and document.announcement.object_key):
        return True
    return any(version.object_key == object_key for version in _all_earlier_versions(document_id))


def _all_earlier_versions(document_id: str) -> Iterator[Document]:
    pages = (
        client()
        .get_paginator("query")
        .paginate(
            TableName=os.environ["TABLE_NAME"],
            KeyConditionExpression="documentId = :id AND #item < :head",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":id": {"S": document_id}, ":head": {"S": items.HEAD}},
            ConsistentRead=True,
        )
    )
    with _dependency():
        for page in pages:
            yield from (items.document(item) for item in page["Items"])


def remains(document_id: str) -> set[str]:
    """Keys of the objects that a deleted document may have left."""
    with _dependency():
        answer = client().get_item(TableName=os.environ["TABLE_NAME"], Key=head_key(document_id), ConsistentRead=True)
    announced = {answer["Item"]["announcedKey"]["S"]} if "announcedKey" in answer.get("Item", {}) else set()
    return announced | {version.object_key for version in _all_earlier_versions(document_id)}


def forget(document_id: str, moment: str, late_key: str | None, until: str) -> bool:
    """Remove the history of a deleted document, once its objects are gone; False when a writer is in the way.

    That ends the work on its tombstone, unless it was to stay open until a later moment, or an object may still come,
    the one with `late_key`. The tombstone names it first, since the history that does is about to go, and then stays
    open `until` a later moment.
    """
    if late_key is not None and not _change_tombstone(document_id, "SET announcedKey = :value", late_key):
        return False
    for version in list(_all_earlier_versions(document_id)):
        with _dependency():
            client().delete_item(TableName=os.environ["TABLE_NAME"], Key=version_key(document_id, version.version))
    if late_key is not None:
        return _change_tombstone(document_id, "SET dueAt = :value REMOVE announcedKey", until)
    _change_tombstone(document_id, "REMOVE announcedKey, unfinishedSince, dueAt", moment, " AND dueAt <= :value")
    return True


def _change_tombstone(document_id: str, change: str, value: str, condition: str = "") -> bool:
    return _conditionally(
        client().update_item,
        "#status = :deleted AND attribute_exists(unfinishedSince)" + condition,
        {":deleted": {"S": Status.DELETED}, ":value": {"S": value}},
        {"#status": "status"},
        Key=head_key(document_id),
        UpdateExpression=change,
    )


def unfinished(day: str) -> Iterator[str]:
    """Ids of the documents whose unfinished work began on this day (yyyy-mm-dd), soonest due first, a page at a time.

    The index trails behind: look at each document before acting.
    """
    pages = (
        client()
        .get_paginator("query")
        .paginate(
            TableName=os.environ["TABLE_NAME"],
            IndexName="byUnfinished",
            KeyConditionExpression="unfinishedSince = :day",
            ExpressionAttributeValues={":day": {"S": day}},
        )
    )
    with _dependency():
        for page in pages:
            yield from (item["documentId"]["S"] for item in page["Items"])


def read_note(name: str) -> str | None:
    """What a background job wrote down for its next run. One call."""
    with _dependency():
        answer = client().get_item(TableName=os.environ["TABLE_NAME"], Key=head_key(name), ConsistentRead=True)
    return answer["Item"]["note"]["S"] if "Item" in answer else None


def write_note(name: str, note: str) -> None:
    """Write it down. One call."""
    with _dependency():
        client().put_item(TableName=os.environ["TABLE_NAME"], Item={**head_key(name), "note": {"S": note}})
