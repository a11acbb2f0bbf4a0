"""sbom.json says what runs on AWS, as the locks have it: `make sbom` writes it."""

import json
import re
from typing import Any

import pytest

import template

TEXT = (template.ROOT / "sbom.json").read_text(encoding="utf-8")
BILL = json.loads(TEXT)
LOCKS = {"layer": "layers/dms/requirements.txt", "AWS Lambda runtime": "requirements/runtime.txt"}


def locked(lock: str) -> dict[str, tuple[str, set[str]]]:
    """Version and hashes of each package of a lock."""
    text = (template.ROOT / lock).read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9-]+)==(\S+)[^\n]*((?:\n    --hash=[^\n]*)+)", text, re.MULTILINE)
    return {name: (version, set(re.findall(r"sha256:(\w+)", hashes))) for name, version, hashes in found}


def source(component: dict[str, Any]) -> str:
    (property_,) = component["properties"]
    assert property_["name"] == "okd-dms:provided-by"
    return str(property_["value"])


def test_it_is_cyclonedx_of_this_product() -> None:
    assert (BILL["bomFormat"], BILL["specVersion"]) == ("CycloneDX", "1.6")
    assert BILL["metadata"]["component"]["name"] == "okd-dms"


def test_it_names_every_package_that_runs_and_no_other() -> None:
    """Of a package in both, the layer's hides the runtime's."""
    layer, runtime = (locked(lock) for lock in LOCKS.values())
    expected = {(name, version, "layer") for name, (version, _) in layer.items()}
    expected |= {(name, version, "AWS Lambda runtime") for name, (version, _) in runtime.items() if name not in layer}
    named = [(each["name"], each["version"], source(each)) for each in BILL["components"]]
    assert sorted(named) == sorted(expected)


@pytest.mark.parametrize("component", BILL["components"], ids=lambda each: each["name"])
def test_a_package_has_its_licence_and_the_hashes_of_its_lock(component: dict[str, Any]) -> None:
    assert component["licenses"]
    hashes = {each["content"] for file in component["externalReferences"] for each in file["hashes"]}
    assert hashes == locked(LOCKS[source(component)])[component["name"]][1]
    assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"


def test_a_package_in_both_locks_has_one_version() -> None:
    layer, runtime = (locked(lock) for lock in LOCKS.values())
    assert all(layer[name][0] == runtime[name][0] for name in layer.keys() & runtime.keys())


def test_every_dependency_is_named_and_needed() -> None:
    needed = {reference for entry in BILL["dependencies"] for reference in entry.get("dependsOn", [])}
    assert needed == {component["bom-ref"] for component in BILL["components"]}


def test_making_it_again_changes_nothing() -> None:
    assert "timestamp" not in BILL["metadata"]
    assert "serialNumber" not in BILL
    assert not re.search(r"https?://(?!cyclonedx\.org/schema/)", TEXT)
