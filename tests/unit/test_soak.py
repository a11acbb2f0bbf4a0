"""`make soak` is a list of long runs: each says what came of it, with all that it takes to do it again."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import soak
from soak import ROOT, RUNS, Run

PAGE = (ROOT / "docs/soak.md").read_text(encoding="utf-8")


def carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> tuple[bool, dict[str, Any]]:
    monkeypatch.setattr(soak, "RESULTS", tmp_path / "results")
    run = Run("sample", 3, (sys.executable, "-c", code, "{operations}", "{seed}"))
    went_well = soak.carry_out(run, operations=4, seed=7)
    return went_well, json.loads((tmp_path / "results/sample.json").read_text())


def test_a_run_writes_down_what_it_found_with_seed_commit_and_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import json, sys; print(json.dumps({'asked': sys.argv[1:]}))"
    went_well, result = carried_out(tmp_path, monkeypatch, code)
    assert went_well
    assert (result["went_well"], result["operations"], result["seed"]) == (True, 4, 7)
    assert result["found"] == {"asked": ["4", "7"]}
    assert result["commit"]
    assert all(len(name) == 40 for name in result["trees"].values())
    assert result["versions"].keys() >= {"python", "ministack", "boto3"}


def test_a_run_that_fails_is_written_down_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    went_well, result = carried_out(tmp_path, monkeypatch, "print('no JSON'); raise SystemExit(1)")
    assert not went_well
    assert (result["went_well"], result["found"]) == (False, ["no JSON"])


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_every_run_is_described_and_its_result_is_kept(run: Run) -> None:
    assert f"| `{run.name}` |" in PAGE
    result = json.loads((soak.RESULTS / f"{run.name}.json").read_text())
    assert result["went_well"]
    assert result["operations"] >= run.operations
