"""What is written down of every call: ids, sizes, outcomes and timings, never anything personal."""

import traceback

from aws_lambda_powertools import Logger

logger = Logger(utc=True, location=None)


def note(**facts: object) -> None:
    """Facts for this call's line in the log."""
    logger.append_keys(**facts)


def unforeseen(error: Exception) -> None:
    """Where an error came from, without its message: that may hold what the caller sent."""
    frames = traceback.extract_tb(error.__traceback__)
    logger.error("unforeseen error", error=type(error).__name__, at=[f"{f.filename}:{f.lineno}" for f in frames[-6:]])
