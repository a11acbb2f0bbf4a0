"""sbom.json: what runs on AWS, by CycloneDX, from the locks; run by the audit's own environment, as `make sbom` does.

The layer's packages are ours to ship; those of Lambda's runtime come with it, in the versions that were tested. Names,
versions, licences and dependencies are cyclonedx-bom's reading of an environment that holds exactly the two locks, the
hashes are the locks' own. Nothing in it changes from one making to the next.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = {
    "layer": ROOT / "layers/dms/requirements.txt",
    "AWS Lambda runtime": ROOT / "requirements/runtime.txt",
}
"""Where a package comes from, the layer first, which hides the runtime's."""


def locked(lock: Path) -> dict[str, list[str]]:
    """The SHA-256 of every file of a package that may be installed, by the package's name."""
    text = lock.read_text(encoding="utf-8")
    blocks = re.findall(r"^([A-Za-z0-9._-]+)==[^\n]*((?:\n    --hash=[^\n]*)+)", text, re.MULTILINE)
    return {_name(name): re.findall(r"sha256:([0-9a-f]{64})", hashes) for name, hashes in blocks}


def _name(given: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", given).lower()


def _asked_for() -> set[str]:
    """The packages that are there because we want them, not because another package does."""
    lines = [line for source in ("layer", "runtime") for line in (ROOT / f"requirements/{source}.in").open()]
    return {_name(match[0]) for line in lines if (match := re.match("[A-Za-z0-9._-]+", line))}


def _described(component: dict[str, Any], locks: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    name = _name(component["name"])
    source = next(source for source, lock in locks.items() if name in lock)
    kept = {key: value for key, value in component.items() if key not in ("externalReferences", "properties")}
    files = [
        {"type": "distribution", "url": component["purl"], "hashes": [{"alg": "SHA-256", "content": each}]}
        for each in sorted(locks[source][name])
    ]
    return kept | {
        "name": name,
        "externalReferences": files,
        "properties": [{"name": "okd-dms:provided-by", "value": source}],
    }


def make(environment: Path) -> str:
    """The bill of materials of this environment, checked against its schema."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--spec-version", "1.6"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), str(environment)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    bill = json.loads(run.stdout)
    locks = {source: locked(lock) for source, lock in SHIPPED.items()}
    bill["components"] = [_described(component, locks) for component in bill["components"]]
    bill["metadata"]["tools"] = {"components": [{"type": "application", "name": "cyclonedx-bom"}]}
    (root,) = (entry for entry in bill["dependencies"] if entry["ref"] == bill["metadata"]["component"]["bom-ref"])
    root["dependsOn"] = [each["bom-ref"] for each in bill["components"] if each["name"] in _asked_for()]
    text = json.dumps(bill, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"not what CycloneDX 1.6 says: {fault}")
    return text


if __name__ == "__main__":
    (ROOT / "sbom.json").write_text(make(Path(sys.argv[1])), encoding="utf-8")
