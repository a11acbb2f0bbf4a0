"""S3 "Object Created" of an announced upload: no HTTP, so no FastAPI."""

from exam_store import documents


def handler(event, _context):
    documents.complete(event["detail"]["object"]["key"])
