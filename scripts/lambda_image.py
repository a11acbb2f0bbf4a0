"""The image of Lambda's Python 3.13 runtime for `sam local`, where no registry can be reached.

Debian 13 has that Python: it is taken from the archive that this machine itself uses, and Lambda's runtime client and
boto3 are added. It stands in under the very name by which SAM asks for Amazon's image. If the machine's own
Docker has Amazon's image, that is used instead.
"""

import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import docker  # type: ignore[import-untyped]

import debian
from local_build import ARCHITECTURE, ROOT, SetUpError

NAME = "public.ecr.aws/lambda/python"
TAG = f"3.13-{ARCHITECTURE}"
RECIPE = "okd-dms.recipe"
"""Label of a stand-in: the digest of all that decides what is in it, but for Debian's own updates."""
TOOLS = ROOT / ".tools"
RUNTIME = TOOLS / "runtime/lib/python3.13/site-packages"
INSTRUCTIONS = (
    "ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime LANG=C.UTF-8 TZ=:UTC",
    "WORKDIR /var/task",
    'ENTRYPOINT ["/var/runtime/bootstrap"]',
)
PACKAGES = ("base-files", "python3", "libstdc++6", "dash", "coreutils")
"""Lambda's runtime client needs the C++ library; SAM needs a shell, to put its emulator into the image."""
GONE_WITH_US = (
    *("setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child"),
    *("--mount", "--propagation", "private", "--"),
)
"""Ahead of a command: however we or it end, its children and its mounts are gone at once."""
BOOTSTRAP = """#!/bin/sh
export PYTHONPATH="$LAMBDA_TASK_ROOT:/opt/python:$LAMBDA_RUNTIME_DIR"
exec python3.13 -m awslambdaric "$_HANDLER"
"""


def provide(client: Any, progress: Callable[[str], object]) -> None:
    """See to it that this Docker has the image. Raises SetUpError."""
    if _copy_from_machine(client):
        return
    recipe = _recipe()
    with suppress(docker.errors.ImageNotFound):
        if client.images.get(f"{NAME}:{TAG}").labels.get(RECIPE, recipe) == recipe:  # Amazon's has no such label
            return
    progress("building an image that stands in for Lambda's runtime (once) ...")
    with tempfile.TemporaryDirectory(dir=TOOLS, prefix="image-", ignore_cleanup_errors=True) as folder:
        root, archive = Path(folder, "root"), Path(folder, "root.tar")
        _install_debian(root, progress)
        _add_runtime(root)
        _run("tar", "--create", "--file", archive, "--directory", root, ".")
        changes = [*INSTRUCTIONS, f"LABEL {RECIPE}={recipe}"]
        client.api.import_image_from_file(str(archive), repository=NAME, tag=TAG, changes=changes)


def _copy_from_machine(client: Any) -> bool:
    """Take over the image of the Docker that this machine runs, if there is one."""
    with suppress(docker.errors.DockerException), closing(docker.from_env()) as machine:
        image = machine.images.get(f"{NAME}:{TAG}")
        with suppress(docker.errors.ImageNotFound):
            if client.images.get(f"{NAME}:{TAG}").id == image.id:
                return True
        client.images.load(image.save(named=True))
        return True
    return False


def _recipe() -> str:
    parts = (Path(__file__), ROOT / "requirements/runtime.txt")
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]


def _install_debian(root: Path, progress: Callable[[str], object]) -> None:
    archive = debian.mirror()
    if not archive:
        raise SetUpError(
            "this machine does not use a Debian archive, of which an image could be made. Where a registry can be"
            f" reached: docker pull {NAME}:{TAG}"
        )
    mmdebstrap = debian.command("mmdebstrap", "mmdebstrap", progress)
    unpacked = ("--quiet", "--variant=extract", f"--include={','.join(PACKAGES)}")  # nothing of them is ever set up
    _run(*GONE_WITH_US, mmdebstrap, *unpacked, "trixie", root, archive)


def _add_runtime(root: Path) -> None:
    if not RUNTIME.exists():
        raise SetUpError("Lambda's runtime client is not installed: make sam-local installs it")
    runtime = root / "var/runtime"
    _run("cp", "--recursive", RUNTIME, runtime)
    (runtime / "bootstrap").write_text(BOOTSTRAP)
    (runtime / "bootstrap").chmod(0o755)
    for folder in ("var/task", "opt"):
        (root / folder).mkdir(exist_ok=True)
    _run("chroot", root, "python3.13", "-m", "compileall", "-q", "/usr/lib/python3.13", "/var/runtime")


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise SetUpError(f"{Path(command[0]).name} failed\n{done.stdout[-2000:]}")
