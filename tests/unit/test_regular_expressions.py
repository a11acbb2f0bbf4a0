"""No pattern, of the code or of openapi.json, takes more than its share of time on any text that leads it astray."""

import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import contract_check
from moto_store import ROOT

LONG = 100_000
"""Characters; more than any header and all metadata may have."""
CPU_SECONDS = 60
"""For everything. Linear patterns take a second together, a quadratic one minutes on a single text of this length."""
TEXTS = [
    *(
        "a",
        "0",
        "-",
        ".",
        "/",
        " ",
        "\t",
        "%",
        "A",
        "é",
        '"',
        "\\",
        "<!--",
        "<!---->",
        "a.",
        "0.",
        "-0",
        "a/",
        "/a",
        "ab",
    ),
    *(
        "bytes=0",
        "bytes= ",
        "x-",
        "q=0",
        "0-",
        "A=",
        "==",
        "A===",
        "aaaa",
        "<?xml ",
        "bearer ",
        "a.a.a.",
        " bearer a",
        "\n",
    ),
    *("2026-03-12", "T00:00:00", "+01:00", "25LX", "[", "{", ",", ";", "=", "&", "\ud83d", "\0"),
]
"""What a pattern may stumble over when it comes many times, with something at the end that lets nothing match."""


def in_code() -> Iterator[str]:
    """Every literal of the layer's code that is given to `re`, to pydantic, or built into one that is."""
    for path in sorted((ROOT / "layers/dms/okd_dms").glob("*.py")):
        name = f"okd_dms.{path.stem}"
        module = __import__(name, fromlist=["*"])
        for value in vars(module).values():
            if isinstance(value, re.Pattern):
                yield json.dumps([_text(value.pattern), value.flags, isinstance(value.pattern, bytes)])
        for literal in re.findall(
            r're\.(?:fullmatch|match|search|sub)\(\s*(r?f?"(?:[^"\\]|\\.)+"|r?\'(?:[^\'\\]|\\.)+\')', path.read_text()
        ):
            yield json.dumps([eval(literal, vars(module)), 0, False])  # noqa: S307 - a literal of our own code


def _text(pattern: str | bytes) -> str:
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern


def in_description(part: Any) -> Iterator[str]:
    """Every `pattern` of openapi.json, wherever it stands."""
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield json.dumps([part["pattern"], 0, False])
        part = [*part.values()]
    if isinstance(part, list):
        for each in part:
            yield from in_description(each)


PATTERNS = sorted({*in_code(), *in_description(contract_check.description())})


def limited() -> None:
    """The kernel ends who takes longer."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def try_all(patterns: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Every pattern on every text, in a process that is ended when it takes too long."""
    (folder / "patterns.json").write_text(json.dumps([patterns, TEXTS, LONG]))
    program = """
import json, re, sys
patterns, texts, long = json.load(open(sys.argv[1]))
for given in patterns:
    pattern, flags, of_bytes = json.loads(given)
    found = re.compile(pattern.encode("latin-1") if of_bytes else pattern, flags)
    print(given, flush=True)
    for text in texts:
        for attempt in (text * (long // len(text)) + "\\u20ac", "a" + text * (long // len(text)) + "\\n!"):
            attempt = attempt.encode("utf-8", "surrogatepass") if of_bytes else attempt
            found.match(attempt), found.fullmatch(attempt)
"""
    command = [sys.executable, "-c", program, str(folder / "patterns.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)


def test_the_patterns_are_found() -> None:
    assert any("bytes=" in pattern for pattern in PATTERNS)
    assert any("sha" not in pattern and "{8}" in pattern for pattern in PATTERNS)
    assert len(PATTERNS) > 20


def test_no_pattern_is_led_astray(tmp_path: Path) -> None:
    tried = try_all(PATTERNS, tmp_path)
    assert tried.returncode == 0, f"ended at {tried.stdout.splitlines()[-1:]} {tried.stderr}"
    assert len(tried.stdout.splitlines()) == len(PATTERNS)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", r"^(\w+\s?)*$"])
def test_a_pattern_that_is_led_astray_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pattern: str) -> None:
    monkeypatch.setattr(f"{__name__}.CPU_SECONDS", 2)
    assert try_all([json.dumps([pattern, 0, False])], tmp_path).returncode != 0
