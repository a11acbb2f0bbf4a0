"""Documents in DynamoDB and S3, by a boto3 resource."""

import base64
import hashlib
import json
import os
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.config import Config

NAMESPACE = uuid.UUID("6e1f6f5c-4b0e-5f0a-9d5e-2f3c0a7b9d41")
BUCKET = os.environ["BUCKET_NAME"]
TICKET_LIFE = timedelta(seconds=int(os.environ["TICKET_LIFETIME_SECONDS"]))
DOWNLOAD_LIFE = timedelta(seconds=int(os.environ["DOWNLOAD_URL_LIFETIME_SECONDS"]))
AWAITED = timedelta(hours=int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"]))
CONTENT_MEMBERS = ("bestandsnaam", "formaat", "bestandsomvang", "integriteit")

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


class NotFound(Exception):
    pass


class ContentCorrupt(Exception):
    pass


def store(message, content):
    """Record a document; its content is kept first, unless it is to follow."""
    document, now = message["document"], datetime.now(UTC)
    document_id = str(uuid.uuid5(NAMESPACE, _delivery_key(document)))
    folder = "aangekondigd" if content is None else "direct"
    object_key = f"{folder}/{now:%Y-%m-%d}/{document_id}/{secrets.token_hex(8)}"
    if content is not None:
        document |= describe(content)
        _write(object_key, content, document)
    item = {
        "documentId": document_id,
        "item": "head",
        "sender": "-",
        "status": "wacht_op_inhoud" if content is None else "opgeslagen",
        "version": 1,
        "registeredAt": _moment(now),
        "message": _compact(message),
        "objectKey": object_key,
        "changedAt": _moment(now),
        "changedBy": "-",
        "change": "aanlevering",
        "deliveryDigest": hashlib.sha256(json.dumps(message, sort_keys=True).encode()).digest(),
        "sitting": message["afnamemoment"]["offeringId"],
        "studentPerson": message["student"]["personId"],
        "studentNumber": hashlib.sha256(message["student"]["studentnummer"].encode()).hexdigest()[:32],
        "enrolment": message["verbintenis"]["associationId"],
    }
    if content is None:
        item |= {"unfinishedSince": f"{now:%Y-%m-%d}", "dueAt": _moment(now + AWAITED)}
    table.put_item(
        Item=item,
        ConditionExpression=Attr("documentId").not_exists(),
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    return item


def find(document_id):
    item = table.get_item(Key={"documentId": document_id, "item": "head"}, ConsistentRead=True).get("Item")
    if item is None:
        raise NotFound
    return item


def replace_content(item, content, media_type):
    """The next version: these bytes under the same metadata."""
    message, now = json.loads(item["message"]), datetime.now(UTC)
    document = message["document"]
    document |= describe(content) | {"formaat": media_type}
    object_key = f"direct/{now:%Y-%m-%d}/{item['documentId']}/{secrets.token_hex(8)}"
    _write(object_key, content, document)
    of_the_head = ("deliveryDigest", "sitting", "studentPerson", "studentNumber", "enrolment")
    earlier = {name: value for name, value in item.items() if name not in of_the_head}
    earlier["item"] = f"{item['version']:010}"
    new = item | {
        "version": item["version"] + 1,
        "message": _compact(message),
        "objectKey": object_key,
        "changedAt": _moment(now),
        "change": "inhoud",
    }
    table.meta.client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table.name, "Item": earlier}},
            {
                "Put": {
                    "TableName": table.name,
                    "Item": new,
                    "ConditionExpression": "#status = :status AND #version = :version AND objectKey = :key"
                    " AND attribute_not_exists(announcedKey)",
                    "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
                    "ExpressionAttributeValues": {
                        ":status": item["status"],
                        ":version": item["version"],
                        ":key": item["objectKey"],
                    },
                }
            },
        ]
    )
    return new


def complete(object_key):
    """Record that an announced upload is there; whether it was awaited."""
    try:
        item = find(object_key.split("/")[2])
    except NotFound:
        return False
    if item["objectKey"] != object_key or item["status"] != "wacht_op_inhoud":
        return False
    document = json.loads(item["message"])["document"]
    found = s3.head_object(Bucket=BUCKET, Key=object_key, ChecksumMode="ENABLED")
    if (found["ContentLength"], found["ChecksumSHA256"]) != (document["bestandsomvang"], _checksum(document)):
        raise ContentCorrupt
    beginning = s3.get_object(Bucket=BUCKET, Key=object_key, Range="bytes=0-4095")["Body"].read()
    if document["formaat"] == "application/pdf" and not beginning.startswith(b"%PDF-"):
        raise ContentCorrupt
    table.update_item(
        Key={"documentId": item["documentId"], "item": "head"},
        UpdateExpression="SET #status = :stored, changedAt = :now REMOVE unfinishedSince, dueAt",
        ConditionExpression="#status = :awaiting AND objectKey = :key",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":stored": "opgeslagen",
            ":awaiting": "wacht_op_inhoud",
            ":key": object_key,
            ":now": _moment(datetime.now(UTC)),
        },
    )
    return True


def receipt(item):
    document = json.loads(item["message"])["document"]
    return {
        "documentId": item["documentId"],
        "versie": int(item["version"]),
        "status": item["status"],
        "document": {name: document[name] for name in CONTENT_MEMBERS},
    }


def ticket(item):
    """A presigned PUT for the announced bytes."""
    document = json.loads(item["message"])["document"]
    signed = {
        "ContentType": document["formaat"],
        "ContentLength": document["bestandsomvang"],
        "ChecksumSHA256": _checksum(document),
        "IfNoneMatch": "*",
    }
    return {
        "methode": "PUT",
        "url": _signed("put_object", item, signed, TICKET_LIFE),
        "headers": {
            "Content-Type": document["formaat"],
            "x-amz-checksum-sha256": _checksum(document),
            "If-None-Match": "*",
        },
        "verlooptOp": _moment(datetime.now(UTC) + TICKET_LIFE),
    }


def details(item):
    """The document in the answer's words, with a URL of its content."""
    message = json.loads(item["message"])
    saved = {
        "ResponseContentType": message["document"]["formaat"],
        "ResponseContentDisposition": attachment(message["document"]),
    }
    return {
        "documentId": item["documentId"],
        "versie": int(item["version"]),
        "status": item["status"],
        "registratiedatum": item["registeredAt"],
        **message,
        "inhoudUrl": _signed("get_object", item, saved, DOWNLOAD_LIFE),
        "inhoudUrlVerlooptOp": _moment(datetime.now(UTC) + DOWNLOAD_LIFE),
    }


def read(item):
    """The bytes, verified."""
    content = s3.get_object(Bucket=BUCKET, Key=item["objectKey"])["Body"].read()
    if hashlib.sha256(content).hexdigest() != json.loads(item["message"])["document"]["integriteit"]["waarde"]:
        raise ContentCorrupt
    return content


def etag(item):
    return f'"{item["version"]}-{item["status"]}"'


def attachment(document):
    return f"attachment; filename*=UTF-8''{quote(document['bestandsnaam'])}"


def describe(content):
    waarde = hashlib.sha256(content).hexdigest()
    return {"bestandsomvang": len(content), "integriteit": {"algoritme": "sha_256", "waarde": waarde}}


def _write(object_key, content, document):
    s3.put_object(
        Bucket=BUCKET,
        Key=object_key,
        Body=content,
        ContentType=document["formaat"],
        ChecksumSHA256=_checksum(document),
    )


def _signed(method, item, parameters, life):
    params = {"Bucket": BUCKET, "Key": item["objectKey"], **parameters}
    return s3.generate_presigned_url(method, Params=params, ExpiresIn=int(life.total_seconds()))


def _delivery_key(document):
    return _compact(["identificatie", "-", document["bronorganisatie"].lower(), document["identificatie"]])


def _compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _checksum(document):
    return base64.b64encode(bytes.fromhex(document["integriteit"]["waarde"])).decode()


def _moment(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
