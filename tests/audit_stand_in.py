"""`scripts/audit.py` where the services answer by a file of canned answers; run by the audit's own environment.

The file maps the end of a URL, or "advisories", to [status, page]. What it does not name is a 404 of the registry, and
a connection that fails to the advisories.
"""

import json
import sys
from pathlib import Path
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import audit


def main() -> int:
    """The exit status of the audit."""
    answers = json.loads(Path(sys.argv[1]).read_text())

    def answer(status: int, page: Any) -> requests.Response:
        made = requests.Response()
        made.status_code, made._content = status, json.dumps(page).encode()
        return made

    def get(url: str, **_: object) -> requests.Response:
        return answer(*answers.get("/".join(url.split("/")[4:]), [404, {}]))

    def post(**_: object) -> requests.Response:
        if "advisories" not in answers:
            raise requests.ConnectionError
        return answer(*answers["advisories"])

    return audit.audit(sys.argv[2:], [audit.registry(get), audit.advisories(post)])


if __name__ == "__main__":
    sys.exit(main())
