"""The template deployed on this machine, for the tests that call it over HTTP."""

from collections.abc import Iterator

import pytest

from local_stack import LocalStack


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The stack, deployed once for all of them."""
    with LocalStack() as stack:
        yield stack
