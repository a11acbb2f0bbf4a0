"""What `make checkov` is told to pass over says why, where it stands."""

import re

from moto_store import ROOT

EXCEPTION = re.compile(r"checkov:skip=(CKV2?_AWS_[0-9]+)(:.*)?$")


def test_every_exception_has_a_reason_in_place() -> None:
    lines = (ROOT / "template.yaml").read_text(encoding="utf-8").splitlines()
    exceptions = [match for line in lines if (match := EXCEPTION.search(line))]
    assert exceptions
    assert all(len(str(match[2]).split()) >= 5 for match in exceptions)


def test_nothing_is_passed_over_elsewhere() -> None:
    """By an option, or by a file that checkov reads by itself."""
    assert "skip-check" not in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [*ROOT.glob(".checkov.y*ml"), *ROOT.glob(".checkov.baseline")]
