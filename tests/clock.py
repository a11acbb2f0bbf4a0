"""Time as the store sees it, standing still until a test moves it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

BEGIN = datetime(2026, 6, 1, 10, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """The moment that it is."""

    now: datetime = BEGIN

    def advance(self, period: timedelta) -> None:
        self.now += period


@contextmanager
def set_to(begin: datetime = BEGIN) -> Iterator[Clock]:
    """Every module of the layer reads this clock. AWS, botocore and the stand-in for AWS keep their own."""
    clock = Clock(begin)

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment = clock.now.astimezone(tz)
            return cls.combine(moment.date(), moment.timetz())

    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("okd_dms.") and getattr(module, "datetime", None) is datetime:
                patch.setattr(module, "datetime", Now)
        yield clock
