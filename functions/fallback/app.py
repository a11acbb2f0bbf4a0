"""Every path and method without an operation of its own: 404, or 405 with Allow, and 401 alike without a token."""

import json
import os

from okd_dms import cold_start
from okd_dms.api import Request, Response, operation
from okd_dms.caller import ANY_CALLER
from okd_dms.errors import MethodNotAllowed, RouteNotFound


@operation(opened_by=ANY_CALLER)
def handler(request: Request) -> Response:
    """Tell an unknown path from an unknown method, by the routes that the template hands over."""
    allowed = json.loads(os.environ["ROUTES"]).get(request.resource)
    if allowed is None:
        raise RouteNotFound
    raise MethodNotAllowed(headers={"Allow": allowed})


cold_start.end()
