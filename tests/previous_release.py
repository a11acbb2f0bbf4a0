"""What an upgrade starts from: the previous release, out of the git history."""

import subprocess
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[1]
DEPLOYED = ("template.yaml", "functions", "layers")


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


def _differs(revision: str) -> bool:
    """Whether that revision deploys anything else than the working tree does."""
    return bool(_git("diff", "--name-only", revision, "--", *DEPLOYED))


def _table(template: bytes) -> Any:
    return yaml_parse(template)["Resources"]["Table"]["Properties"]


def find() -> str | None:
    """The youngest tag that deploys something else than the working tree does.

    Before the first release it is the youngest such commit with the same table: what was never released is nowhere to
    be upgraded, so until then the table may still change. None without a history that goes back so far.
    """
    now = _table((ROOT / "template.yaml").read_bytes())
    try:
        for tag in _git("tag", "--merged", "HEAD", "--sort=-creatordate").decode().split():
            if _differs(tag):
                return tag
        for commit in _git("log", "--format=%h", "--", *DEPLOYED).decode().split():
            if _differs(commit) and _table(_git("show", f"{commit}:template.yaml")) == now:
                return commit
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository
        return None
    return None


def unpack(revision: str, folder: Path) -> Path:
    """Template and code of that revision, in `folder`."""
    archive = _git("archive", revision, *DEPLOYED)
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    return folder
