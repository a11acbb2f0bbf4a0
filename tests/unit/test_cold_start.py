"""Init prepares for the first call, and whatever comes in between, the call is served all the same."""

import gc
import time
from collections.abc import Iterator

import pytest

from okd_dms import cold_start


@pytest.fixture
def on_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a function's process; what it did to the garbage collector is undone."""
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
    yield
    gc.enable()
    gc.unfreeze()


def fail() -> None:
    raise OSError


@pytest.mark.usefixtures("on_lambda")
def test_every_preparation_is_made_although_one_of_them_fails() -> None:
    made: list[int] = []
    cold_start.end(lambda: made.append(1), fail, lambda: made.append(2))
    assert made == [1, 2]


@pytest.mark.usefixtures("on_lambda")
def test_init_ends_although_a_preparation_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cold_start, "PATIENCE_SECONDS", 0.01)
    made: list[int] = []

    def hang() -> None:
        time.sleep(0.5)
        made.append(1)

    cold_start.end(hang)
    assert not made


@pytest.mark.usefixtures("on_lambda")
def test_garbage_is_left_alone_while_modules_load_and_collected_ever_after() -> None:
    cold_start.begin()
    assert not gc.isenabled()
    cold_start.end()
    assert gc.isenabled()
    assert gc.get_freeze_count()


def test_nowhere_but_on_lambda_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)
    made: list[int] = []
    cold_start.begin()
    cold_start.end(lambda: made.append(1))
    assert gc.isenabled()
    assert not made
