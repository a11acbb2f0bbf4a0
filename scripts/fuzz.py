"""Hostile input by the million: every target of tests/fuzzing, one after the other, and what came of it as JSON.

    .venv/bin/python scripts/fuzz.py --inputs 1000000 --seed 1

Whole handlers get half of the inputs, the parsers alone share the other half. The same seed gives the same inputs as
long as corpus, code and versions are the same. Ends with 1 when an input broke a rule, hung, or memory grew; the input
is then kept, and belongs into tests/fuzzing/corpus once it is understood.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGETS = sorted(path.name for path in (ROOT / "tests/fuzzing/corpus").iterdir())
HANDLERS = "calls"
WORK = ROOT / ".tools/fuzz"
VERSIONS = ("atheris", "multipart", "pydantic", "pydantic-core", "boto3")


def fuzz(target: str, inputs: int, seed: int) -> dict[str, Any] | None:
    """The figures of a run, or None when it came to a bad end, which is then in its log."""
    folder = WORK / target
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "new").mkdir(parents=True)
    command = [
        sys.executable,
        str(ROOT / "tests/fuzzing/run.py"),
        target,
        str(folder),
        f"--inputs={inputs}",
        f"--seed={seed}",
    ]
    with (folder / "log").open("wb") as log:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    report = folder / "report.json"
    facts: dict[str, Any] | None = json.loads(report.read_text()) if report.exists() else None
    return facts


def shares(targets: list[str], inputs: int) -> dict[str, int]:
    """How many inputs each target gets: whole handlers half of them, if they are not alone."""
    parsers = [target for target in targets if target != HANDLERS]
    if len(parsers) == len(targets) or not parsers:
        return dict.fromkeys(targets, -(-inputs // len(targets)))
    return dict.fromkeys(parsers, -(-inputs // 2 // len(parsers))) | {HANDLERS: -(-inputs // 2)}


def main() -> None:
    """Run the targets and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(TARGETS)}; all when none is named")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if unknown := {*given.targets} - {*TARGETS}:
        parser.error(f"unknown target {', '.join(sorted(unknown))}")
    if util.find_spec("atheris") is None:
        sys.exit("The fuzzer runs on Linux on x86_64 alone, for which Atheris is built.")
    found: dict[str, Any] = {}
    for target, inputs in shares(given.targets or TARGETS, given.inputs).items():
        print(f"{target}: {inputs} inputs", file=sys.stderr, flush=True)
        found[target] = fuzz(target, inputs, given.seed)
    failed = [target for target, facts in found.items() if facts is None or facts["memory grew"]]
    for target in failed:
        kept = [str(path.relative_to(ROOT)) for path in (WORK / target).glob("finding-*")]
        print(f"FAILED {target}: see {(WORK / target / 'log').relative_to(ROOT)} {' '.join(kept)}", file=sys.stderr)
    versions = {"python": platform.python_version()} | {name: metadata.version(name) for name in VERSIONS}
    print(json.dumps({"seed": given.seed, "versions": versions, "targets": found}, indent=2))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
