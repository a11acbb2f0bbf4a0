"""One target under Atheris (libFuzzer), in a process of its own, which ends with it: scripts/fuzz.py starts it.

What makes new inputs worth keeping is the coverage of the store and of the multipart parser. The first input that
breaks a rule, or takes longer than the watchdog allows, ends the run and is left among the findings.
"""

import argparse
import gc
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "scripts", "layers/dms")]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["okd_dms", "multipart"]):
    from fuzzing import targets
    from fuzzing.calls import Calls

import pytest  # noqa: E402

from fuzzing.account import Account  # noqa: E402
from fuzzing.mutations import mutate  # noqa: E402

WATCHDOG_SECONDS = 60
"""For one input: far beyond what the largest takes on a busy machine, far below for ever."""
LARGEST = 70_000
"""Bytes of an input: more than the metadata may have."""


def _mutate(data: bytes, largest: int, seed: int) -> bytes:
    return mutate(data, largest, seed, atheris.Mutate)


def main() -> None:
    """Fuzz the target until it has had its inputs, then write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("folder", type=Path, help="where new inputs, findings and the report go")
    parser.add_argument("--inputs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    given = parser.parse_args()
    target = targets.make(given.target, pytest.MonkeyPatch())
    calls = target if isinstance(target, Calls) else None
    gc.collect()
    gc.freeze()
    account = Account(target, given.inputs)

    def take(data: bytes) -> None:
        if account.take(data):
            answers = {"answers": dict(sorted(calls.answered.items()))} if calls else {}
            (given.folder / "report.json").write_text(json.dumps(account.facts() | answers))
            sys.stdout.flush()
            os._exit(0)

    here = Path(__file__).parent
    options = [
        *(f"-seed={given.seed}", f"-max_len={LARGEST}", f"-timeout={WATCHDOG_SECONDS}", "-rss_limit_mb=2048"),
        *(f"-artifact_prefix={given.folder}/finding-", f"-dict={here / 'dictionary.txt'}"),
    ]
    corpus = [str(given.folder / "new"), str(here / "corpus" / given.target)]
    atheris.Setup([sys.argv[0], *options, *corpus], take, **({"custom_mutator": _mutate} if calls else {}))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
