"""The demo is no show: what comes back otherwise than it went in ends it, with a line that says what differs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import demo
from curl import Curl, UnexpectedAnswer
from exam_papers import RESULT
from local_build import SetUpError

DETAILS = RESULT.with_content() | {"status": "opgeslagen"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's folder, elsewhere and without papers."""
    monkeypatch.chdir(tmp_path)
    (demo.FOLDER / "back").mkdir(parents=True)
    return tmp_path


def dms(details: dict[str, Any], content: bytes) -> Callable[[str, int], bytes]:
    """A DMS that answers these details, and these bytes into the file that the line names."""

    def call(arguments: str, _expected: int) -> bytes:
        if " -o " in arguments:
            Path(arguments.rpartition(" -o ")[2].strip("'")).write_bytes(content)
        return json.dumps(details).encode()

    return call


@pytest.mark.usefixtures("folder")
def test_what_comes_back_as_it_was_sent_is_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    demo.read_back(dms(DETAILS, RESULT.pdf), "some-id", RESULT)
    assert "exactly as sent" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("details", "content", "what"),
    [
        (DETAILS, RESULT.pdf + b"\n", "the SHA-256 of beoordeling-Zoë-Ångström.pdf"),
        (DETAILS | {"inhoud": "AAAA"}, RESULT.pdf, "the SHA-256 of beoordeling-Zoë-Ångström.pdf"),
        (DETAILS | {"toets": {"code": "B1-K1-W2", "naam": "Anders"}}, RESULT.pdf, "naam"),
        ({name: DETAILS[name] for name in DETAILS if name != "verbintenis"}, RESULT.pdf, "associationId"),
    ],
)
def test_what_comes_back_otherwise_ends_it(details: dict[str, Any], content: bytes, what: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"^{what} was"):
        demo.read_back(dms(details, content), "some-id", RESULT)


def test_no_answer_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnexpectedAnswer, match="expected 200, got no answer"):
        Curl("http://127.0.0.1:1", tmp_path)("-si $API/documents", 200)
    assert capsys.readouterr().out == "  $ curl -si $API/documents\n"


def test_a_failure_is_said_in_one_line_and_ends_with_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stack(**_: object) -> None:
        raise SetUpError("the port is taken")

    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["demo.py"])
    monkeypatch.setattr(demo, "ROOT", folder)
    monkeypatch.setattr(demo, "LocalStack", stack)
    assert demo.main() == 1
    assert capsys.readouterr().err == "\nThe demo failed: the port is taken\n"
