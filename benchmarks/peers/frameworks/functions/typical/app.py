"""The API by Powertools' resolver with validation, Logger and Tracer."""

import base64
import json
from http import HTTPStatus
from io import BytesIO
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from exam_store import documents
from exam_store.message import Message
from multipart import MultipartParser, parse_options_header
from pydantic import ValidationError

app = APIGatewayRestResolver(enable_validation=True)
logger = Logger(service="documents")
tracer = Tracer(service="documents")


@app.post("/documents")
def store() -> Response[dict]:
    message, content = delivery()
    item = documents.store(message, content)
    logger.info("stored", document_id=item["documentId"], status=item["status"])
    body, headers = documents.receipt(item), {"Location": f"documents/{item['documentId']}"}
    if content is None:
        return json_response(HTTPStatus.ACCEPTED, item, body | {"upload": documents.ticket(item)}, headers)
    return json_response(HTTPStatus.OK, item, body, headers)


@app.get("/documents/<document_id>")
def get(
    document_id: UUID,
    inhoud: Annotated[bool, Query()] = True,
    accept: Annotated[str, Header()] = "*/*",
):  # no annotation: the resolver would take the bytes for a wrong answer
    item = find(document_id)
    document = json.loads(item["message"])["document"]
    logger.info("read", document_id=item["documentId"])
    if accept == document["formaat"]:
        headers = {"ETag": documents.etag(item), "Content-Disposition": documents.attachment(document)}
        return Response(HTTPStatus.OK, document["formaat"], documents.read(item), headers)
    body = documents.details(item)
    if inhoud:
        body["inhoud"] = base64.b64encode(documents.read(item)).decode()
    return json_response(HTTPStatus.OK, item, body)


@app.patch("/documents/<document_id>")
def update(document_id: UUID, content_type: Annotated[str, Header()]) -> Response[None]:
    item = find(document_id)
    new = documents.replace_content(item, base64.b64decode(app.current_event.body), content_type)
    logger.info("updated", document_id=item["documentId"], version=int(new["version"]))
    return Response(HTTPStatus.NO_CONTENT, headers={"ETag": documents.etag(new)})


@app.exception_handler(ValidationError)
def invalid(error: ValidationError) -> Response[dict]:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return Response(HTTPStatus.UNPROCESSABLE_ENTITY, content_types.APPLICATION_JSON, json.dumps({"detail": faults}))


def delivery():
    """The message and its content, which is None when it is to follow."""
    body = base64.b64decode(app.current_event.body)
    content_type, options = parse_options_header(app.current_event.headers["Content-Type"])
    if content_type == "multipart/form-data":
        parts = {part.name: part for part in MultipartParser(BytesIO(body), options["boundary"], memory_limit=2**25)}
        return Message.model_validate_json(parts["metadata"].raw).in_force(), parts["file"].raw
    message = Message.model_validate_json(body)
    return message.in_force(), message.inhoud


def find(document_id: UUID):
    try:
        return documents.find(str(document_id))
    except documents.NotFound:
        raise NotFoundError("No such document") from None


def json_response(status, item, body, headers=None) -> Response[dict]:
    headers = {"ETag": documents.etag(item), "Cache-Control": "private, no-cache", **(headers or {})}
    return Response(status, content_types.APPLICATION_JSON, body, headers)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event, context):
    return app.resolve(event, context)
