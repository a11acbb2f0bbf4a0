"""S3 "Object Created" of an announced upload: the document gets its content."""

from typing import Any

from okd_dms import cold_start, uploads
from okd_dms.job import job
from okd_dms.log import logger


@job
def handler(event: dict[str, Any], _context: Any) -> None:
    """Complete the document that awaits this object.

    Raises UploadUnfit and DependencyFailed: the event is then retried, and kept in the dead-letter queue at last.
    """
    logger.info("upload event", outcome=uploads.complete(event["detail"]["object"]["key"]))


cold_start.end()
