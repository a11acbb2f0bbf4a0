"""Every sample event, and calls of the API, through `sam local`: in containers that reach the local stack alone.

    python scripts/sam_local.py [ARGUMENTS OF PYTEST]

needs no registry and no Docker set up beforehand, but root on Linux. The tests are those in tests/sam_local.
"""

import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import lambda_image
from docker_stack import progress
from local_build import ROOT, SetUpError, build
from local_stack import END_SIGNALS
from private_docker import PrivateDocker


def main() -> int:
    for number in END_SIGNALS:
        signal.signal(number, _end)
    try:
        with PrivateDocker(progress) as docker:
            lambda_image.provide(docker.client, progress)
            progress("building ...")
            with tempfile.TemporaryDirectory(prefix="okd-dms-") as home:
                build(Path(home))  # while PyPI can be reached: in Docker's network it can't
            progress("running the functions in containers ...")
            return docker.run(sys.executable, "-m", "pytest", ROOT / "tests/sam_local", *sys.argv[1:])
    except SetUpError as error:
        print(f"sam local was not run: {error}", file=sys.stderr)
        return 1


def _end(*_: object) -> NoReturn:
    """Leave by an exception, which ends all that was started on its way."""
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
