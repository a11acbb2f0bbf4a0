"""On a schedule: brings to an end what crashes, lost events and broken promises leave behind."""

import os
from datetime import timedelta
from typing import Any

from okd_dms import cold_start
from okd_dms.job import job
from okd_dms.log import logger, note
from okd_dms.reconciler import Run

RESERVE_MILLISECONDS = 30_000
"""Left over for the call under way, so that the run ends before Lambda ends it."""


@job
def handler(_event: dict[str, Any], context: Any) -> None:
    """One bounded run; the next one goes on where it stopped. Raises DependencyFailed."""
    run = Run(
        lifetime=timedelta(hours=int(os.environ["ANNOUNCEMENT_LIFETIME_HOURS"])),
        grace=timedelta(hours=int(os.environ["GRACE_PERIOD_HOURS"])),
        time_left=lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS,
    )
    note(**run.reconcile())
    logger.info("reconciled")


cold_start.end()
