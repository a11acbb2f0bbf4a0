"""SAM on this machine, and the template built by it.

A build is kept by the digest of all that went in, so that an unchanged tree is not built again.
"""

import hashlib
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".aws-sam/local"
KEPT_SECONDS = 24 * 60 * 60
REGION = "eu-central-1"
ARCHITECTURE = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
"""The functions run on this very machine, so the layer's compiled modules must be of its kind."""


class SetUpError(Exception):
    """The local stack did not come up; the message says why, and what to do about it."""


def build(home: Path, root: Path = ROOT) -> Path:
    """The folder of the template in `root`, built for this machine's architecture; `home` takes the logs.

    A finished build gets its name in one step, so runs side by side never see half of one.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    built = KEPT / _digest(root)
    if not built.exists():
        with tempfile.TemporaryDirectory(dir=KEPT, prefix=".") as scratch:
            sam(
                *("build", "--template-file", str(root / "template.yaml"), "--build-dir", f"{scratch}/build"),
                *("--no-cached", "--parallel", "--parameter-overrides", f"Architecture={ARCHITECTURE}"),
                home=home,
            )
            if platform.system() != "Linux":
                _replace_linux_packages(Path(scratch, "build"))
            if _digest(root) != built.name:
                raise SetUpError("the code changed while it was built: start again")
            with suppress(OSError):  # another run was first, with the same result
                Path(scratch, "build").rename(built)
    os.utime(built)
    _forget_old()
    return built


def sam(*arguments: str, home: Path, **variables: str) -> None:
    """Run SAM with dummy credentials and `variables`; its output shows only when it fails, by SetUpError.

    It ends with everything that it started, also when an exception comes between.
    """
    log = home / f"sam-{arguments[0]}.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(home),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **variables,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [ROOT / ".venv/bin/sam", *arguments],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise SetUpError(f"sam {arguments[0]} failed\n{log.read_text(errors='replace')}")


def _replace_linux_packages(build_folder: Path) -> None:
    """SAM builds for Lambda's Linux; elsewhere the layer's compiled modules would not load."""
    for requirements in build_folder.glob("*/python/requirements.txt"):
        uv = (ROOT / ".tools/uv/bin/uv", "pip", "install", "--quiet", "--python", ROOT / ".venv")
        subprocess.run([*uv, "--target", requirements.parent, "--reinstall", "-r", requirements], check=True)
        python = ROOT / ".venv/bin/python"
        subprocess.run([python, ROOT / "layers/dms/lean_botocore.py", requirements.parent], check=True)
        compileall = (python, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash")
        subprocess.run([*compileall, requirements.parent], check=True)


def _digest(root: Path) -> str:
    digest = hashlib.sha256(ARCHITECTURE.encode())
    for name, path in _sources(root):
        digest.update(f"\0{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _sources(root: Path) -> Iterator[tuple[str, Path]]:
    """What decides the build: template, code, and this checkout's locked version of SAM."""
    yield "requirements/dev.txt", ROOT / "requirements/dev.txt"
    yield "template.yaml", root / "template.yaml"
    for folder in ("functions", "layers"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(root)), path


def _forget_old() -> None:
    """Remove builds that no run has used for a day, and what a killed one left behind."""
    for path in KEPT.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
