"""The API by FastAPI, behind Mangum."""

import base64
import json
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from exam_store import documents
from exam_store.message import Message
from fastapi import FastAPI, Header, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from mangum import Mangum
from pydantic import ValidationError

app = FastAPI(title="Documents", docs_url=None, redoc_url=None)


@app.post("/documents")
async def store(request: Request) -> Response:
    message, content = await delivery(request)
    item = await run_in_threadpool(documents.store, message, content)
    body, headers = documents.receipt(item), {"Location": f"documents/{item['documentId']}"}
    if content is None:
        return json_response(HTTPStatus.ACCEPTED, item, body | {"upload": documents.ticket(item)}, headers)
    return json_response(HTTPStatus.OK, item, body, headers)


@app.get("/documents/{document_id}")
def get(document_id: UUID, inhoud: bool = True, accept: Annotated[str, Header()] = "*/*") -> Response:
    item = find(document_id)
    document = json.loads(item["message"])["document"]
    if accept == document["formaat"]:
        headers = {"ETag": documents.etag(item), "Content-Disposition": documents.attachment(document)}
        return Response(documents.read(item), media_type=document["formaat"], headers=headers)
    body = documents.details(item)
    if inhoud:
        body["inhoud"] = base64.b64encode(documents.read(item)).decode()
    return json_response(HTTPStatus.OK, item, body)


@app.patch("/documents/{document_id}")
async def update(document_id: UUID, request: Request, content_type: Annotated[str, Header()]) -> Response:
    item = await run_in_threadpool(find, document_id)
    new = await run_in_threadpool(documents.replace_content, item, await request.body(), content_type)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": documents.etag(new)})


@app.exception_handler(ValidationError)
def invalid(_request: Request, error: ValidationError) -> Response:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return JSONResponse({"detail": faults}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def delivery(request: Request):
    """The message and its content, which is None when it is to follow."""
    if request.headers["content-type"].startswith("multipart/form-data"):
        async with request.form() as form:
            return Message.model_validate_json(form["metadata"]).in_force(), await form["file"].read()
    message = Message.model_validate_json(await request.body())
    return message.in_force(), message.inhoud


def find(document_id: UUID):
    try:
        return documents.find(str(document_id))
    except documents.NotFound:
        raise HTTPException(HTTPStatus.NOT_FOUND, "No such document") from None


def json_response(status, item, body, headers=None):
    headers = {"ETag": documents.etag(item), "Cache-Control": "private, no-cache", **(headers or {})}
    return JSONResponse(body, status, headers)


handler = Mangum(app, lifespan="off")
