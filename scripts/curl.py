"""Calls made by the very curl line that is shown, so that what a reader copies is what was run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

STAND_IN = Path(__file__).with_name("curl_stand_in.py")
"""Makes the same calls on a machine without curl."""


class UnexpectedAnswer(Exception):
    """The answer is not what it should be; the message says in what."""


@dataclass(frozen=True, slots=True)
class Curl:
    """Runs lines in a shell that knows $API, and nothing of the caller's settings. `home` stands in for theirs.

    `variables` are what it knows besides; with a TOKEN among them, every call to the API carries it.
    """

    api: str
    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __call__(self, arguments: str, expected: int) -> bytes:
        """Show the line, run it, and give the body that it printed after the headers. Raises UnexpectedAnswer."""
        if "TOKEN" in self.variables and "$API" in arguments:
            arguments = f'{arguments} -H "Authorization: Bearer $TOKEN"'
        print(f"  $ curl {arguments}", flush=True)
        known = {"PATH": os.environ["PATH"], "HOME": str(self.home), "API": self.api, "no_proxy": "localhost"}
        known |= self.variables
        curl = "curl" if shutil.which("curl") else f"{quote(sys.executable)} {quote(str(STAND_IN))}"
        body = subprocess.run(
            ["sh", "-c", f"{curl} {arguments}"], env=known, stdout=subprocess.PIPE, check=False
        ).stdout
        status = "no answer"
        while body.startswith(b"HTTP/"):  # 100 Continue and a redirect come before the answer itself
            head, _, body = body.partition(b"\r\n\r\n")
            status = head.split(maxsplit=2)[1].decode()
        if status != str(expected):
            raise UnexpectedAnswer(f"expected {expected}, got {status} {body[:500].decode(errors='replace')}")
        return body
