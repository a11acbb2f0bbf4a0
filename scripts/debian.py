"""What this machine's own package manager gives, when that is Debian's."""

import os
import shutil
import subprocess
from collections.abc import Callable

from local_build import SetUpError

PATH = f"{os.environ['PATH']}{os.pathsep}/usr/sbin{os.pathsep}/sbin"
"""Where daemons and their tools are found, also for a caller who is not root by login."""


def command(name: str, package: str, progress: Callable[[str], object]) -> str:
    """Where a command is, after installing its package if it is missing. Raises SetUpError."""
    if not shutil.which(name, path=PATH):
        progress(f"installing the distribution's package {package} (once) ...")
        _apt_get("update")
        _apt_get("install", "--no-install-recommends", package)
    found = shutil.which(name, path=PATH)
    if not found:
        raise SetUpError(f"the package {package} brings no {name}: install it by hand")
    return found


def mirror() -> str | None:
    """The Debian archive from which this machine gets its packages, or None if it uses another distribution's."""
    if not shutil.which("apt-get"):
        return None
    _apt_get("update")
    wanted = ("--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian")
    listed = subprocess.run(["apt-get", "indextargets", *wanted], capture_output=True, text=True, check=True)
    return next(iter(listed.stdout.split()), None)


def _apt_get(*arguments: str) -> None:
    if not shutil.which("apt-get"):
        raise SetUpError("this machine has no apt-get: install Docker's engine (dockerd) with its own package manager")
    quietly = {**os.environ, "PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", "--quiet", "--yes", *arguments],
        env=quietly,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetUpError(f"apt-get {' '.join(arguments)} failed\n{done.stdout[-2000:]}")
