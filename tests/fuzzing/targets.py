"""Everything that the fuzzer drives, by the name of its corpus: each made anew, over what it needs to patch."""

from collections.abc import Callable
from typing import Any

import pytest

from fuzzing.bearer import Authorization, Claims
from fuzzing.calls import Calls
from fuzzing.parsers import PARSERS

WITH_STATE: dict[str, Callable[[pytest.MonkeyPatch], Any]] = {
    "authorization": Authorization,
    "calls": Calls,
    "claims": Claims,
}
NAMES = sorted([*PARSERS, *WITH_STATE])


def make(name: str, patch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """What takes the inputs of this target."""
    return WITH_STATE[name](patch) if name in WITH_STATE else PARSERS[name]
