"""The fuzzer's corpus through its targets, a short run of the fuzzer itself, and that it would notice.

`scripts/fuzz.py` makes the long runs.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import util
from typing import Any

import pytest

import fuzz
import template
from fuzzing import effects, targets, wire
from fuzzing.account import Account
from fuzzing.calls import Calls
from fuzzing.parsers import PARSERS
from fuzzing.standing import IDS
from moto_store import ROOT
from okd_dms import (
    carriers,
    catalogue,
    history,
    identity,
    media_types,
    message,
    ranges,
    representation,
    strict_json,
    updates,
    vault,
)
from okd_dms.document import Document

CORPUS = {target: sorted((ROOT / "tests/fuzzing/corpus" / target).iterdir()) for target in fuzz.TARGETS}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    with monkeypatch.context() as patch:
        yield Calls(patch)


def replay(target: Callable[[bytes], None], name: str) -> None:
    """Every input of the corpus, once."""
    for path in CORPUS[name]:
        try:
            target(path.read_bytes())
        except Exception as error:
            error.add_note(f"by {path.relative_to(ROOT)}")
            raise


def test_there_is_a_corpus_for_every_target() -> None:
    assert targets.NAMES == fuzz.TARGETS


@pytest.mark.parametrize("name", [name for name in targets.NAMES if name != "calls"])
def test_a_parser_keeps_its_rules_on_the_corpus(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    replay(targets.make(name, monkeypatch), name)


def test_the_handlers_keep_their_rules_on_the_corpus(calls: Calls) -> None:
    replay(calls, "calls")
    met = {tuple(answered.split()[:2]) for answered in calls.answered}
    assert {route for route, function in template.routes().items() if function != "FallbackFunction"} <= met


def test_the_corpus_meets_every_status_that_needs_no_fault_of_aws(calls: Calls) -> None:
    replay(calls, "calls")
    met = {int(answered.split()[2]) for answered in calls.answered}
    assert met >= {200, 202, 204, 206, 304, 400, 404, 405, 406, 409, 412, 415, 416, 422}


@pytest.mark.skipif(util.find_spec("atheris") is None, reason="Atheris is built for Linux on x86_64 alone")
def test_a_short_run_finds_nothing() -> None:
    command = [sys.executable, str(ROOT / "scripts/fuzz.py"), "--inputs", "2000", "--seed", "1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert all(f"\n{target}: {{" in run.stdout for target in fuzz.TARGETS)


def cut_short(real: Callable[..., Any]) -> Callable[..., Any]:
    def write(document: Document, content: bytes) -> None:
        real(document, content[:-1])

    return write


def altered(real: Callable[..., Any]) -> Callable[..., Any]:
    def read(document: Document) -> bytes:
        return bytes(real(document)[:-1]) + b"!"

    return read


def forgetful(_: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *_: True


def failing(_: Callable[..., Any]) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise KeyError("x")

    return fail


def losing_a_member(real: Callable[..., Any]) -> Callable[..., Any]:
    def validated(raw: Any, faults: Any = ()) -> Any:
        raw.get("toets", {}).pop("resultaat", None)
        return real(raw, faults)

    return validated


@pytest.mark.parametrize(
    ("module", "name", "spoil"),
    [
        (vault, "write", cut_short),
        (vault, "read", altered),
        (vault, "erase", forgetful),
        (catalogue, "update", forgetful),
        (catalogue, "bury", forgetful),
        (catalogue, "find", failing),
        (representation, "attachment", failing),
        (message, "validate", losing_a_member),
        (ranges, "asked", lambda _: lambda *_: (1, 1)),
    ],
)
def test_a_planted_fault_is_noticed(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, spoil: Callable[..., Any]
) -> None:
    monkeypatch.setattr(module, name, spoil(getattr(module, name)))
    with pytest.raises((AssertionError, KeyError, RecursionError)):
        replay(calls, "calls")


def test_an_undocumented_answer_is_noticed(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okd_dms.errors.DocumentNotFound.status", 410)
    with pytest.raises(AssertionError, match="410"):
        replay(calls, "calls")


@pytest.mark.parametrize(
    ("name", "module", "function", "wrong"),
    [
        ("json", strict_json, "parse", lambda data: json.loads(data, object_hook=len)),
        ("merge-patch", updates, "_merged", lambda target, patch: target | patch if isinstance(patch, dict) else patch),
        ("accept", media_types, "choose", lambda *_: "text/html"),
        ("range", ranges, "asked", lambda *_: (0, 2**33)),
        ("disposition", media_types, "attachment", lambda name: f'attachment; filename="{name}"'),
        ("cursor", history, "version_of", lambda *_: 2),
        ("multipart", carriers, "_parts", lambda *_: {"file": (None, b"\r\nx")}),
    ],
)
def test_a_parser_that_errs_is_noticed(
    monkeypatch: pytest.MonkeyPatch, name: str, module: Any, function: str, wrong: Callable[..., Any]
) -> None:
    monkeypatch.setattr(module, function, wrong)
    with pytest.raises((AssertionError, ValueError, TypeError)):
        replay(PARSERS[name], name)


@pytest.fixture
def frozen() -> Iterator[None]:
    """Collecting garbage looks at what the test makes, and at nothing else."""
    gc.freeze()
    yield
    gc.unfreeze()


def nothing_signed(*_: object, **__: object) -> dict[str, Any]:
    return {"client_id": "client-1"}


@pytest.mark.parametrize("name", ["authorization", "claims"])
def test_a_token_that_is_taken_unverified_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    target = targets.make(name, monkeypatch)
    monkeypatch.setattr("okd_dms.tokens.verified", nothing_signed)
    with pytest.raises((AssertionError, KeyError, TypeError, ValueError)):
        replay(target, name)


def test_some_token_of_the_corpus_lets_its_client_in(monkeypatch: pytest.MonkeyPatch) -> None:
    target, components = targets.make("claims", monkeypatch), set()
    real = identity.caller

    def noted(authorization: list[str]) -> Any:
        caller = real(authorization)
        components.add(caller.component)
        return caller

    monkeypatch.setattr(identity, "caller", noted)
    replay(target, "claims")
    assert components >= {"examens", "client-2"}


@pytest.mark.usefixtures("frozen")
def test_a_target_that_holds_on_to_its_inputs_is_noticed() -> None:
    held: list[bytes] = []

    def holding(data: bytes) -> None:
        held.extend(data.split())

    def letting_go(data: bytes) -> None:
        data.split()

    for target, grows in ((holding, True), (letting_go, False)):
        account = Account(target, 3000)
        while not account.take(b"one two three " * 40):
            pass
        assert account.facts()["memory grew"] is grows


@pytest.mark.parametrize("path", CORPUS["calls"], ids=lambda path: path.name)
def test_a_call_is_written_as_it_is_read(path: Any) -> None:
    call = wire.parse(path.read_bytes())
    assert wire.parse(call.to_bytes()) == call


def test_a_message_that_is_not_quite_the_one_sent_is_told() -> None:
    sent = {"document": {"titel": "a", "bronorganisatie": "ABC"}, "student": None}
    kept = {"document": {"titel": "a", "bronorganisatie": "abc", "bestandsomvang": 1}}
    assert effects._says(sent, kept)
    for wrong in ({"titel": "b"}, {"titel": "A"}, {"bronorganisatie": "abd"}, {"taal": "nld"}, {"titel": None}):
        assert not effects._says(sent, {"document": kept["document"] | wrong})
    assert IDS
