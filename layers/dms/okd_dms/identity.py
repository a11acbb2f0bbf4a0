"""Who calls: decided in one place, before anything else happens."""

import os

from okd_dms.errors import Unauthorized

NOBODY = "-"
"""The sender of every document while AuthMode is none."""


def sender() -> str:
    """The component that calls. Raises Unauthorized unless the deployer has chosen to let everyone in."""
    if os.environ.get("AUTH_MODE") == "none":
        return NOBODY
    raise Unauthorized
