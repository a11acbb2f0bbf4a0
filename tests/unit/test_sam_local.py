"""Where Docker can't be had, `make sam-local` says why and what to do, and does not count as passed."""

import shutil
from pathlib import Path

import pytest

import debian
import private_docker
import sam_local


@pytest.fixture(autouse=True)
def _own_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests keep theirs."""
    monkeypatch.setattr("signal.signal", lambda *_: None)


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """On Linux, as root, with no commands but those in this folder."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(debian, "PATH", str(tmp_path))
    monkeypatch.setattr(private_docker, "IMAGES", tmp_path / "images")
    return tmp_path


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    """What it says when it gives up."""
    assert sam_local.main() == 1
    return capsys.readouterr().err


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "sudo make sam-local" in refusal(capsys)


def test_on_another_system_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert "needs root on Linux" in refusal(capsys)


def test_without_a_package_manager_it_says_what_to_install(
    as_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(as_root))
    assert "install Docker's engine" in refusal(capsys)


def test_a_failing_package_manager_is_quoted(
    as_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(as_root, "apt-get", "echo 'Could not resolve the archive'; exit 100")
    monkeypatch.setenv("PATH", str(as_root))
    assert "Could not resolve the archive" in refusal(capsys)


def test_a_daemon_that_does_not_start_is_quoted(
    as_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(as_root, "dockerd", "echo 'mount: operation not permitted'; exit 1")
    monkeypatch.setattr(private_docker, "_in_a_network_of_its_own", tuple)
    said = refusal(capsys)
    assert "dockerd does not start here" in said
    assert "operation not permitted" in said


def command(folder: Path, name: str, does: str) -> None:
    (folder / name).write_text(f"#!{shutil.which('sh')}\n{does}\n")
    (folder / name).chmod(0o755)
