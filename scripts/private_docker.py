"""A Docker daemon of our own, in a network of its own that leads nowhere.

Its containers reach the processes that run in that network, and nothing else: there is no other way out of it, whatever
is configured. It has its own images, sockets and mounts, and leaves a Docker that is there already alone. The kernel
gives such a network to root alone.
"""

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, Self

import docker  # type: ignore[import-untyped]

import debian
from local_build import ROOT, SetUpError

IMAGES = ROOT / ".tools/docker"
START_SECONDS = 60
STOP_SECONDS = 60
CALL_SECONDS = 300

# A new network's loopback is down (SIOCSIFFLAGS, IFF_UP). In a new /run, the containerd of the machine is not found.
PREPARED = """
import fcntl, os, socket, struct, subprocess, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
os.execv(sys.argv[1], sys.argv[1:])
"""


class PrivateDocker:
    """The daemon, up for as long as the `with` block lasts. Raises SetUpError when Docker can't be had here."""

    client: Any
    """Docker's own client, connected to it."""

    def __init__(self, progress: Callable[[str], object]) -> None:
        self._progress = progress

    def __enter__(self) -> Self:
        _check_machine()
        dockerd = debian.command("dockerd", "docker.io", self._progress)
        IMAGES.mkdir(parents=True, exist_ok=True)
        with ExitStack() as cleanup:
            folder = tempfile.TemporaryDirectory(prefix="okd-dms-", ignore_cleanup_errors=True)
            home = Path(cleanup.enter_context(folder))
            self._host = f"unix://{home}/docker.sock"
            self._log = home / "dockerd.log"
            output = cleanup.enter_context(self._log.open("wb"))
            self._process = subprocess.Popen(
                [*_in_a_network_of_its_own(), *_daemon(dockerd, home, self._host)],
                env={"PATH": debian.PATH, "HOME": str(home)},
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            cleanup.callback(self._stop)
            self.client = cleanup.enter_context(closing(self._connected()))
            cleanup.callback(self._tidy)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def run(self, *command: str | Path) -> int:
        """Run a command in the daemon's network, as a user of this Docker, and give its exit status."""
        network = f"--net=/proc/{self._process.pid}/ns/net"
        with subprocess.Popen(
            [*_ends_with_us("INT"), "nsenter", network, "--", *command],
            env={**os.environ, "DOCKER_HOST": self._host},
            start_new_session=True,  # Ctrl-C comes from us, once
        ) as process:
            try:
                return process.wait()
            except BaseException:
                process.send_signal(signal.SIGINT)
                raise

    def _connected(self) -> Any:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(docker.errors.DockerException):
                client = docker.DockerClient(base_url=self._host, timeout=CALL_SECONDS)
                client.ping()
                return client
            time.sleep(0.1)
        log = self._log.read_text(errors="replace")[-3000:]
        raise SetUpError(
            "dockerd does not start here: this machine may be a container that lacks the privileges. Run it on a"
            f" machine of your own, a virtual one or a privileged container\n{log}"
        )

    def _tidy(self) -> None:
        """Keep nothing but the images that are of use to the next run."""
        for container in self.client.containers.list(all=True, ignore_removed=True):
            container.remove(force=True)
        self.client.images.prune()

    def _stop(self) -> None:
        with self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _check_machine() -> None:
    if platform.system() != "Linux" or os.geteuid() != 0:
        raise SetUpError(
            "it needs root on Linux, for a network in which no container can reach AWS: sudo make sam-local, or in a"
            " virtual machine. With a Docker of your own, run the functions as the README shows instead."
        )


def _ends_with_us(end_signal: str) -> tuple[str, ...]:
    return ("setpriv", "--pdeathsig", end_signal)


def _in_a_network_of_its_own() -> tuple[str, ...]:
    """Mounts of its own too: they are gone with the process, however it ends."""
    alone = ("unshare", "--net", "--mount", "--propagation", "private", "--")
    return (*_ends_with_us("TERM"), *alone, sys.executable, "-c", PREPARED)


def _daemon(dockerd: str, home: Path, host: str) -> tuple[str, ...]:
    """Nothing is forwarded, so no firewall is needed; ports are published by Docker's own proxy."""
    return (
        dockerd,
        *("--host", host, "--data-root", str(IMAGES), "--exec-root", f"{home}/exec", "--pidfile", f"{home}/pid"),
        *("--iptables=false", "--ip-forward=false", "--ip-masq=false", "--log-level", "warn"),
    )
