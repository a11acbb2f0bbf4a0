"""Hostile input by the million: every target of tests/fuzzing, one after the other, and a log of what came of it.

    .venv/bin/python scripts/fuzz.py --inputs 1000000 --seed 1 > log

The same seed gives the same inputs as long as corpus, code and versions are the same. Ends with 1 when an input broke a
rule, hung, or memory grew; the input is then kept, and belongs into tests/fuzzing/corpus once it is understood.
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


def main() -> None:
    """Run the targets and print the log."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(TARGETS)}; all when none is named")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if unknown := {*given.targets} - {*TARGETS}:
        parser.error(f"unknown target {', '.join(sorted(unknown))}")
    if util.find_spec("atheris") is None:
        sys.exit("The fuzzer runs on Linux on x86_64 alone, for which Atheris is built.")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS)
    print(f"seed {given.seed}; Python {platform.python_version()}, {versions}", flush=True)
    failed = []
    for target in given.targets or TARGETS:
        facts = fuzz(target, given.inputs, given.seed)
        print(f"{target}: {json.dumps(facts)}", flush=True)
        if facts is None or facts["memory grew"]:
            failed.append(target)
    for target in failed:
        found = [str(path.relative_to(ROOT)) for path in (WORK / target).glob("finding-*")]
        print(f"FAILED {target}: see {(WORK / target / 'log').relative_to(ROOT)} {' '.join(found)}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
