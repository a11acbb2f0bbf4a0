"""Functions that nobody waits for: an event or a schedule calls them, and Lambda keeps what they raise."""

import functools
from collections.abc import Callable
from typing import Any

from okd_dms.errors import DmsError
from okd_dms.log import logger, unforeseen

type Event = dict[str, Any]


def job(function: Callable[[Event, Any], None]) -> Callable[[Event, Any], None]:
    """Make a Lambda handler of a function of an event, which has an `id`, and Lambda's context.

    What it raises is a DmsError, whose text is ours: Lambda writes that text into the log, and into the dead-letter
    queue. Of any other error the log gets the place, without the message.
    """

    @functools.wraps(function)
    def handler(event: Event, context: Any) -> None:
        logger.clear_state()
        logger.set_correlation_id(event["id"])
        try:
            function(event, context)
        except DmsError:
            raise
        except Exception as error:
            unforeseen(error)
            raise DmsError from None

    return handler
