"""How long the tests that generate their cases may take: a minute or so each, or as long as it takes."""

import os

LONG = os.environ.get("OKD_DMS_TESTS") == "long"
"""Set OKD_DMS_TESTS=long for every fault of every call, and for many more examples of the stateful tests."""
