"""The template deployed on this machine, for the tests that call it over HTTP."""

from collections.abc import Iterator

import pytest

from load import aftermath
from load.network import FAULTS, Network
from load.run import Behind, behind_network
from local_stack import LocalStack


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The stack, deployed once for all of them."""
    with LocalStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def _behind() -> Iterator[Behind]:
    with Network(seed=5, at_once=8) as network, behind_network(network) as behind:
        yield behind


@pytest.fixture
def behind(_behind: Behind) -> Behind:
    """A stack behind a network that can fail, deployed once for all of them; empty, and no fault yet."""
    _behind.network.share, _behind.network.kinds = 0.0, FAULTS
    aftermath.clear(_behind.stack)
    return _behind
