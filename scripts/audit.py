"""Known vulnerabilities of every locked package, by pip-audit; run by its own environment, as `make audit` does.

A package has one of three outcomes: nothing known, vulnerable, or nobody answered for it. The last never passes for the
first, as it does with pip-audit by itself where a registry has no page of that version or a page without the list.
Ends with 1 when something is vulnerable, else with 3 when something is unanswered, unless --tell says that telling is
enough.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from packaging.version import Version
from pip_audit._service import OsvService, PyPIService
from pip_audit._service.interface import Dependency, ResolvedDependency, ServiceError, VulnerabilityService

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [ROOT / "layers/dms/requirements.txt", *sorted((ROOT / "requirements").glob("*.txt"))]
SECONDS = 20
ACCEPTED = {
    "ecdsa 0.19.2": {
        "PYSEC-2026-1325": "no version is fixed; checkov alone brings it, on the machine that checks the template, and"
        " signs nothing with it"
    }
}
"""What is known, cannot be had without, and does no harm where it is: told in every run. Nothing of it ships."""

type Get = Callable[..., Any]


def pins(lock: Path) -> set[tuple[str, str]]:
    """Name and version of every package in a lock."""
    return set(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def registry(get: Get | None = None) -> VulnerabilityService:
    """The package registry. Where it has no page of a version, the package's own page speaks for the newest one."""
    service = PyPIService(ROOT / ".tools/audit/cache", SECONDS)
    ask: Get = get or service.session.get

    def asked(url: str, **how: Any) -> Any:
        answer = ask(url=url, **how)
        *_, version, _ = url.split("/")
        if answer.status_code == 404:
            newest = ask(url=f"{url.removesuffix(f'/{version}/json')}/json", **how)
            if newest.status_code == 200 and newest.json()["info"]["version"] == version:
                answer = newest
        if answer.status_code == 200 and answer.json().get("vulnerabilities") is None:
            answer.status_code = 404
        return answer

    service.session.get = asked
    return service


def advisories(get: Get | None = None) -> VulnerabilityService:
    """The open database of advisories, which knows all versions."""
    service = OsvService(ROOT / ".tools/audit/cache", SECONDS)
    if get:
        service.session.post = get
    return service


def known(services: list[VulnerabilityService], pin: tuple[str, str]) -> list[str] | None:
    """The vulnerabilities of a package, or None when nobody answered."""
    spec: Dependency = ResolvedDependency(pin[0], Version(pin[1]))
    for service in services:
        try:
            answered, found = service.query(spec)
        except (ServiceError, OSError):
            continue
        if not answered.is_skipped():
            accepted = ACCEPTED.get(f"{pin[0]} {pin[1]}", {})
            return [
                f"{each.id} (fixed in {', '.join(map(str, each.fix_versions)) or 'none'})"
                for each in found
                if each.id not in accepted
            ]
    return None


def outcome(locks: list[Path], services: list[VulnerabilityService]) -> Iterator[tuple[str, list[str] | None]]:
    """Every locked package with what is known of it."""
    wanted = sorted({pin for lock in locks for pin in pins(lock)})
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda pin: known(services, pin), wanted)
        yield from ((f"{name} {version}", found) for (name, version), found in zip(wanted, answers, strict=True))


def audit(arguments: list[str], services: list[VulnerabilityService]) -> int:
    """Print what is to be known, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("locks", nargs="*", type=Path, help="all when none is named")
    parser.add_argument("--tell", action="store_true", help="what is unanswered is told, and fails nothing")
    given = parser.parse_args(arguments)
    found = dict(outcome(given.locks or LOCKS, services))
    vulnerable = {name: known for name, known in found.items() if known}
    unanswered = [name for name, known in found.items() if known is None]
    for name in ACCEPTED.keys() & found.keys():
        for each, reason in ACCEPTED[name].items():
            print(f"ACCEPTED {name}: {each}: {reason}")
    for name, vulnerabilities in vulnerable.items():
        print(f"VULNERABLE {name}: {'; '.join(vulnerabilities)}")
    if unanswered:
        names = ", ".join(unanswered)
        print(f"AUDIT NOT DONE for {len(unanswered)} of {len(found)} packages, no service answered: {names}")
    print(f"audited {len(found) - len(unanswered)} of {len(found)} packages, {len(vulnerable)} vulnerable")
    if not found:
        print("AUDIT NOT DONE: the locks name no package")
    return 1 if vulnerable else 3 if (unanswered and not given.tell) or not found else 0


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1:], [registry(), advisories()]))
