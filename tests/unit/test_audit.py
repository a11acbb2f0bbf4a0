"""The audit of dependencies: what is vulnerable fails, and what nobody answered for is never taken for safe."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from moto_store import ROOT

PYTHON = str(ROOT / ".tools/audit/bin/python")
PIN = "example==1.0.0"
KNOWN = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fixed_in": ["1.0.1"], "summary": "x", "withdrawn": None}
BY_OSV = {
    "vulns": [
        {
            "id": "PYSEC-2026-2",
            "summary": "x",
            "affected": [
                {
                    "package": {"name": "example", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0.2"}]}],
                    "versions": ["1.0.0"],
                }
            ],
        }
    ]
}


def page(version: str, *known: dict[str, Any]) -> list[Any]:
    return [200, {"info": {"version": version}, "vulnerabilities": [*known]}]


def audited(folder: Path, answers: dict[str, Any], *arguments: str, pin: str = PIN) -> tuple[int, str]:
    """Exit status and output of an audit of one package."""
    (folder / "lock.txt").write_text(f"{pin} \\\n    --hash=sha256:00\n")
    (folder / "answers.json").write_text(json.dumps(answers))
    stand_in = [PYTHON, str(ROOT / "tests/audit_stand_in.py"), str(folder / "answers.json")]
    run = subprocess.run([*stand_in, str(folder / "lock.txt"), *arguments], capture_output=True, text=True, check=False)
    assert not run.stderr, run.stderr
    return run.returncode, run.stdout


@pytest.mark.parametrize(
    "answers",
    [
        {"example/1.0.0/json": page("1.0.0")},
        {"example/json": page("1.0.0")},
        {"example/1.0.0/json": page("1.0.0", KNOWN | {"withdrawn": "2026-01-01T00:00:00Z"})},
        {"advisories": [200, {}]},
    ],
    ids=["its page", "the newest page", "withdrawn", "advisories"],
)
def test_a_package_with_nothing_known_passes(tmp_path: Path, answers: dict[str, Any]) -> None:
    status, output = audited(tmp_path, answers)
    assert (status, output) == (0, "audited 1 of 1 packages, 0 vulnerable\n")


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"example/1.0.0/json": page("1.0.0", KNOWN)}, "PYSEC-2026-1 (fixed in 1.0.1)"),
        ({"example/json": page("1.0.0", KNOWN)}, "PYSEC-2026-1 (fixed in 1.0.1)"),
        ({"advisories": [200, BY_OSV]}, "PYSEC-2026-2 (fixed in 1.0.2)"),
    ],
    ids=["its page", "the newest page", "advisories"],
)
@pytest.mark.parametrize("arguments", [[], ["--tell"]])
def test_a_vulnerable_package_fails(tmp_path: Path, answers: Any, name: str, arguments: list[str]) -> None:
    status, output = audited(tmp_path, answers, *arguments)
    assert status == 1
    assert f"VULNERABLE example 1.0.0: {name}" in output


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"example/json": page("1.0.1")},
        {"example/json": page("1.0.1", KNOWN)},
        {"example/1.0.0/json": [200, {"info": {"version": "1.0.0"}}]},
        {"example/json": [200, {"info": {"version": "1.0.0"}}]},
        {"example/1.0.0/json": [503, {}], "advisories": [500, {}]},
    ],
    ids=["nobody", "another version", "another version's", "no list", "no list of the newest", "out of order"],
)
def test_what_nobody_answered_for_does_not_pass(tmp_path: Path, answers: dict[str, Any]) -> None:
    status, output = audited(tmp_path, answers)
    assert status == 3
    assert "AUDIT NOT DONE for 1 of 1 packages, no service answered: example 1.0.0" in output
    assert audited(tmp_path, answers, "--tell") == (0, output)


def test_a_lock_without_packages_does_not_pass(tmp_path: Path) -> None:
    for arguments in ([], ["--tell"]):
        status, output = audited(tmp_path, {}, *arguments, pin="# nothing")
        assert status == 3
        assert "AUDIT NOT DONE" in output


def test_a_pin_that_is_known_to_be_vulnerable_never_passes(tmp_path: Path) -> None:
    """By the real services; without a network they do not answer, which is no pass either."""
    lock = tmp_path / "lock.txt"
    lock.write_text("pycrypto==2.6.1\n")
    run = subprocess.run([PYTHON, str(ROOT / "scripts/audit.py"), str(lock)], capture_output=True, check=False)
    assert run.returncode in (1, 3), run.stderr
    assert (b"VULNERABLE pycrypto 2.6.1" in run.stdout) == (run.returncode == 1)


def accepted() -> dict[str, dict[str, str]]:
    program = "import audit, json; print(json.dumps(audit.ACCEPTED))"
    run = subprocess.run([PYTHON, "-c", program], cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def test_an_accepted_vulnerability_is_told_and_covers_no_other(tmp_path: Path) -> None:
    ((package, reasons),) = accepted().items()
    name, version = package.split()
    (accepted_id,) = reasons
    known = KNOWN | {"id": accepted_id, "fixed_in": []}
    pin = f"{name}=={version}"
    status, output = audited(tmp_path, {f"{name}/{version}/json": page(version, known)}, pin=pin)
    assert (status, output.splitlines()[0]) == (0, f"ACCEPTED {package}: {accepted_id}: {reasons[accepted_id]}")
    status, output = audited(tmp_path, {f"{name}/{version}/json": page(version, known, KNOWN)}, pin=pin)
    assert status == 1
    assert f"VULNERABLE {package}: PYSEC-2026-1 (fixed in 1.0.1)" in output


def test_nothing_that_ships_has_a_vulnerability_that_was_accepted() -> None:
    shipped = (ROOT / "layers/dms/requirements.txt").read_text() + (ROOT / "requirements/runtime.txt").read_text()
    assert not [package for package in accepted() if re.search(rf"^{package.split()[0]}==", shipped, re.MULTILINE)]


def test_every_lock_is_audited() -> None:
    program = "import audit; print(*(f'{lock.name} {len(audit.pins(lock))}' for lock in audit.LOCKS), sep='\\n')"
    run = subprocess.run([PYTHON, "-c", program], cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    locks = [ROOT / "layers/dms/requirements.txt", *sorted((ROOT / "requirements").glob("*.txt"))]
    counts = [len(re.findall(r"^\S+==", lock.read_text(), re.MULTILINE)) for lock in locks]
    assert run.stdout.splitlines() == [f"{lock.name} {count}" for lock, count in zip(locks, counts, strict=True)]
