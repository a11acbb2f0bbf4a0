"""The long runs: load, faults and whatever else takes longer than a check before a commit may.

    python scripts/soak.py [NAME ...] [--operations N] [--seed N]

runs those named, or all, one after the other, each with its own number of operations unless told otherwise. A run is a
command that shows its progress on stderr, says what it found on stdout, as JSON or in lines, and fails when a promise
is broken. What came of it is written to docs/soak/, with the seed and the versions that it was done with.
"""

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs/soak"
DEPLOYED = ("functions", "layers", "template.yaml")
"""What decides how the store behaves; git names its content whatever the commit."""
PYTHON = str(ROOT / ".venv/bin/python")


@dataclass(frozen=True, slots=True)
class Run:
    """One long run: the arguments {operations} and {seed} of its command stand for what was asked for."""

    name: str
    operations: int
    command: tuple[str, ...]


RUNS = (
    Run("documents", 10_000, (PYTHON, "tests/load/documents.py", "{operations}", "{seed}")),
    Run("lives", 50, (PYTHON, "tests/load/life.py", "{operations}", "{seed}")),
    Run("deliveries", 200, (PYTHON, "tests/load/one_key.py", "{operations}", "{seed}")),
    Run("hostile-input", 1_000_000, (PYTHON, "scripts/fuzz.py", "--inputs", "{operations}", "--seed", "{seed}")),
)


def carry_out(run: Run, operations: int, seed: int) -> bool:
    """Whether it went well; its result is written down either way."""
    print(f"{run.name}: {operations} operations, seed {seed}", file=sys.stderr)
    started = time.monotonic()
    asked = {"{operations}": str(operations), "{seed}": str(seed)}
    command = [asked.get(part, part) for part in run.command]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(str(ROOT / f) for f in ("layers/dms", "scripts", "tests"))
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    result = {
        "run": run.name,
        "went_well": done.returncode == 0,
        "operations": operations,
        "seed": seed,
        "commit": _git("describe", "--always", "--dirty=+"),
        "trees": {name: _git("rev-parse", f"HEAD:{name}") for name in DEPLOYED},
        "seconds": round(time.monotonic() - started),
        "versions": versions(),
        "found": _found(done.stdout),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{run.name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"{run.name}: {'well' if result['went_well'] else 'NOT WELL'}, {result['seconds']} s", file=sys.stderr)
    return done.returncode == 0


def _git(*arguments: str) -> str:
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def versions() -> dict[str, str]:
    """Of what takes part."""
    local_stack = (ROOT / "requirements/local-stack.txt").read_text()
    (ministack,) = re.findall(r"^ministack==(\S+)", local_stack, re.MULTILINE)
    ours = {name: version(name) for name in ("boto3", "botocore", "httpx", "hypothesis", "moto")}
    return {"python": platform.python_version(), "system": platform.platform(), "ministack": ministack} | ours


def _found(said: str) -> Any:
    """What was printed: JSON, or lines."""
    try:
        return json.loads(said)
    except ValueError:
        return said.splitlines()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[run.name for run in RUNS], metavar="NAME")
    parser.add_argument("--operations", type=int, help="instead of each run's own number")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    chosen = [run for run in RUNS if not asked.names or run.name in asked.names]
    went_well = [carry_out(run, asked.operations or run.operations, asked.seed) for run in chosen]
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main())
