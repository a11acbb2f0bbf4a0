"""The document store with boto3 clients and json, and nothing else: no validation, no problem details, no log."""

import base64
import hashlib
import json
import os
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import boto3
from botocore.config import Config

NAMESPACE = uuid.UUID("6e1f6f5c-4b0e-5f0a-9d5e-2f3c0a7b9d41")
TABLE, BUCKET = os.environ["TABLE_NAME"], os.environ["BUCKET_NAME"]
TICKET_SECONDS = int(os.environ["TICKET_LIFETIME_SECONDS"])
DOWNLOAD_SECONDS = int(os.environ["DOWNLOAD_URL_LIFETIME_SECONDS"])
AWAITED_HOURS = int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"])

dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


def store(event, _context):
    message, content = delivery(event)
    document, now = message["document"], datetime.now(UTC)
    key = json.dumps(
        ["identificatie", "-", document["bronorganisatie"].lower(), document["identificatie"]],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    document_id = str(uuid.uuid5(NAMESPACE, key))
    folder = "aangekondigd" if content is None else "direct"
    object_key = f"{folder}/{now:%Y-%m-%d}/{document_id}/{secrets.token_hex(8)}"
    if content is not None:
        document |= described(content)
        put_object(object_key, content, document)
    item = {
        "documentId": {"S": document_id},
        "item": {"S": "head"},
        **version(message, object_key, 1, "aanlevering", moment(now)),
        "status": {"S": "wacht_op_inhoud" if content is None else "opgeslagen"},
        "registeredAt": {"S": moment(now)},
        "deliveryDigest": {"B": hashlib.sha256(json.dumps(message, sort_keys=True).encode()).digest()},
        "sitting": {"S": message["afnamemoment"]["offeringId"]},
        "studentPerson": {"S": message["student"]["personId"]},
        "studentNumber": {
            "S": hashlib.blake2b(message["student"]["studentnummer"].encode(), digest_size=16).hexdigest()
        },
        "enrolment": {"S": message["verbintenis"]["associationId"]},
    }
    if content is None:
        item["unfinishedSince"] = {"S": f"{now:%Y-%m-%d}"}
        item["dueAt"] = {"S": moment(now + timedelta(hours=AWAITED_HOURS))}
    dynamodb.put_item(
        TableName=TABLE,
        Item=item,
        ConditionExpression="attribute_not_exists(documentId)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    receipt = {
        "documentId": document_id,
        "versie": 1,
        "status": item["status"]["S"],
        "document": {name: document[name] for name in ("bestandsnaam", "formaat", "bestandsomvang", "integriteit")},
    }
    headers = {"Location": f"documents/{document_id}", "ETag": f'"1-{receipt["status"]}"'}
    if content is None:
        return answer(202, receipt | {"upload": ticket(object_key, document)}, headers)
    return answer(200, receipt, headers)


def get(event, _context):
    item = find(event["pathParameters"]["documentId"])
    if item is None:
        return answer(404, {"title": "No such document"})
    message, headers = json.loads(item["message"]["S"]), {"ETag": etag(item), "Vary": "Accept"}
    document = message["document"]
    if event["headers"].get("Accept") == document["formaat"]:
        headers |= {"Content-Type": document["formaat"], "Content-Disposition": attachment(document)}
        content = base64.b64encode(get_object(item)).decode()
        return {"statusCode": 200, "headers": headers, "body": content, "isBase64Encoded": True}
    body = {
        "documentId": item["documentId"]["S"],
        "versie": int(item["version"]["N"]),
        "status": item["status"]["S"],
        "registratiedatum": item["registeredAt"]["S"],
        **message,
    }
    if (event["queryStringParameters"] or {}).get("inhoud") != "false":
        body["inhoud"] = base64.b64encode(get_object(item)).decode()
    body["inhoudUrl"] = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": BUCKET,
            "Key": item["objectKey"]["S"],
            "ResponseContentType": document["formaat"],
            "ResponseContentDisposition": attachment(document),
        },
        ExpiresIn=DOWNLOAD_SECONDS,
    )
    body["inhoudUrlVerlooptOp"] = moment(datetime.now(UTC) + timedelta(seconds=DOWNLOAD_SECONDS))
    return answer(200, body, headers)


def update(event, _context):
    item = find(event["pathParameters"]["documentId"])
    if item is None:
        return answer(404, {"title": "No such document"})
    message, content, now = json.loads(item["message"]["S"]), base64.b64decode(event["body"]), datetime.now(UTC)
    message["document"] |= described(content) | {"formaat": event["headers"]["Content-Type"]}
    object_key = f"direct/{now:%Y-%m-%d}/{item['documentId']['S']}/{secrets.token_hex(8)}"
    put_object(object_key, content, message["document"])
    earlier = {name: item[name] for name in ("documentId", "registeredAt", "status", *version({}, "", 0, "", ""))} | {
        "item": {"S": f"{int(item['version']['N']):010d}"}
    }
    new = item | version(message, object_key, int(item["version"]["N"]) + 1, "inhoud", moment(now))
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": TABLE, "Item": earlier}},
            {
                "Put": {
                    "TableName": TABLE,
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
    return answer(204, None, {"ETag": etag(new)})


def complete(event, _context):
    object_key = event["detail"]["object"]["key"]
    item = find(object_key.split("/")[2])
    if item is None or item["objectKey"]["S"] != object_key or item["status"]["S"] != "wacht_op_inhoud":
        return
    document = json.loads(item["message"]["S"])["document"]
    found = s3.head_object(Bucket=BUCKET, Key=object_key, ChecksumMode="ENABLED")
    if found["ContentLength"] != document["bestandsomvang"] or found["ChecksumSHA256"] != checksum(document):
        raise ValueError("the object is not what was announced")
    beginning = s3.get_object(Bucket=BUCKET, Key=object_key, Range="bytes=0-4095")["Body"].read()
    if document["formaat"] == "application/pdf" and not beginning.startswith(b"%PDF-"):
        raise ValueError("the object is not of its media type")
    dynamodb.update_item(
        TableName=TABLE,
        Key={"documentId": item["documentId"], "item": item["item"]},
        UpdateExpression="SET #status = :stored, changedAt = :now REMOVE unfinishedSince, dueAt",
        ConditionExpression="#status = :awaiting AND objectKey = :key",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":stored": {"S": "opgeslagen"},
            ":awaiting": {"S": "wacht_op_inhoud"},
            ":key": {"S": object_key},
            ":now": {"S": moment(datetime.now(UTC))},
        },
    )


def delivery(event):
    """The message and its content, which is None when it is to follow."""
    body, content_type = base64.b64decode(event["body"]), event["headers"]["Content-Type"]
    if content_type == "application/json":
        message = json.loads(body)
        inhoud = message.pop("inhoud", None)
        return message, inhoud and base64.b64decode(inhoud)
    boundary = content_type.partition("boundary=")[2].encode()
    parts = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        parts[head.partition(b'name="')[2].partition(b'"')[0]] = content[:-2]
    return json.loads(parts[b"metadata"]), parts[b"file"]


def find(document_id):
    key = {"documentId": {"S": document_id}, "item": {"S": "head"}}
    return dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")


def put_object(object_key, content, document):
    s3.put_object(
        Bucket=BUCKET,
        Key=object_key,
        Body=content,
        ContentType=document["formaat"],
        ChecksumSHA256=checksum(document),
    )


def get_object(item):
    return s3.get_object(Bucket=BUCKET, Key=item["objectKey"]["S"])["Body"].read()


def ticket(object_key, document):
    headers = {"Content-Type": document["formaat"], "x-amz-checksum-sha256": checksum(document), "If-None-Match": "*"}
    url = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": BUCKET,
            "Key": object_key,
            "ContentType": document["formaat"],
            "ContentLength": document["bestandsomvang"],
            "ChecksumSHA256": checksum(document),
            "IfNoneMatch": "*",
        },
        ExpiresIn=TICKET_SECONDS,
    )
    expires = moment(datetime.now(UTC) + timedelta(seconds=TICKET_SECONDS))
    return {"methode": "PUT", "url": url, "headers": headers, "verlooptOp": expires}


def version(message, object_key, number, change, now):
    return {
        "sender": {"S": "-"},
        "version": {"N": str(number)},
        "message": {"S": json.dumps(message, ensure_ascii=False, separators=(",", ":"))},
        "objectKey": {"S": object_key},
        "changedAt": {"S": now},
        "changedBy": {"S": "-"},
        "change": {"S": change},
    }


def described(content):
    waarde = hashlib.sha256(content).hexdigest()
    return {"bestandsomvang": len(content), "integriteit": {"algoritme": "sha_256", "waarde": waarde}}


def checksum(document):
    return base64.b64encode(bytes.fromhex(document["integriteit"]["waarde"])).decode()


def attachment(document):
    return f"attachment; filename*=UTF-8''{quote(document['bestandsnaam'])}"


def etag(item):
    return f'"{item["version"]["N"]}-{item["status"]["S"]}"'


def moment(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answer(status, body, headers=None):
    headers = {"Content-Type": "application/json", "Cache-Control": "private, no-cache", **(headers or {})}
    text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return {"statusCode": status, "headers": headers, "body": text, "isBase64Encoded": False}
