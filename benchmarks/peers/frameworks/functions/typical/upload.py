"""S3 "Object Created" of an announced upload."""

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent, event_source
from exam_store import documents

logger = Logger(service="documents")
tracer = Tracer(service="documents")


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@event_source(data_class=S3EventBridgeNotificationEvent)
def handler(event: S3EventBridgeNotificationEvent, _context):
    logger.info("upload", completed=documents.complete(event.detail.object.key))
