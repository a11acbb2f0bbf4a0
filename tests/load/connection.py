"""A client that does as the README says: it repeats a call until it is answered, and follows what a `409` asks."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from load.books import Wrong
from load.network import NO_HANGING_UP

ATTEMPTS = 25
PATIENCE_SECONDS = 1.0
"""The longest pause between attempts: shorter than Retry-After asks for, which is harder on the store."""

AGAIN = {429, 502, 503, 504}


class Connection:
    """A client of the API at this address, and of S3. `tally` counts what it was answered."""

    def __init__(self, api: str, seed: str, http: httpx.Client) -> None:
        self.tally: Counter[str] = Counter()
        self._api = api
        self._random = random.Random(f"pauses {seed}")
        self._http = http

    def call(self, method: str, path: str, *, waits: bool = False, **request: Any) -> "Answered":
        """Call the API until it answers for good. `waits` when the call must not be carried out after it was repeated.

        Raises Wrong for an answer that no fault explains, and when none comes.
        """
        if waits:
            request["headers"] = request.get("headers", {}) | {NO_HANGING_UP: "1"}
        return self._until_answered(method, f"{self._api}{path}", request)

    def transfer(self, method: str, url: str, **request: Any) -> "Answered":
        """Call S3 by a presigned URL."""
        return self._until_answered(method, url, request)

    def once(self, method: str, path: str, **request: Any) -> httpx.Response | None:
        """Call the API once, for what is not to be repeated; None when there is no telling what became of it."""
        answer = self._attempt(method, f"{self._api}{path}", request)
        return None if answer is None or answer.status_code in AGAIN else answer

    def _until_answered(self, method: str, url: str, request: dict[str, Any]) -> "Answered":
        in_doubt = False
        for attempt in range(ATTEMPTS):
            answer = self._attempt(method, url, request)
            if answer is not None and not _asks_to_repeat(answer):
                if answer.status_code == 500 and url.startswith(self._api):
                    raise Wrong(f"{method} {_path(url)}: 500 {answer.text[:300]}")
                if answer.status_code < 500:
                    return Answered(answer, in_doubt)
            in_doubt = in_doubt or answer is None or answer.status_code >= 500
            time.sleep(min(PATIENCE_SECONDS, 0.02 * 2**attempt) * self._random.uniform(0.5, 1.5))
        said = "nothing" if answer is None else f"{answer.status_code} {answer.text[:300]}"
        raise Wrong(f"{method} {_path(url)}: no answer in {ATTEMPTS} attempts, the last said {said}")

    def _attempt(self, method: str, url: str, request: dict[str, Any]) -> httpx.Response | None:
        try:
            answer = self._http.request(method, url, **request)
        except httpx.TransportError as error:
            self.tally[type(error).__name__] += 1
            return None
        self.tally[str(answer.status_code)] += 1
        return answer


def http_client() -> httpx.Client:
    """What many connections share: no limit to how many calls are under way, and all the time that they take."""
    unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.Client(trust_env=False, timeout=httpx.Timeout(180, connect=60), limits=unlimited)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that counts, and whether an attempt before it may have been carried out."""

    response: httpx.Response
    in_doubt: bool

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return self.response.json()

    @property
    def version(self) -> int:
        """The version that its ETag speaks of."""
        return int(self.response.headers["ETag"].strip('"').partition("-")[0])

    def expect(self, *statuses: int) -> "Answered":
        """Raises Wrong when the status is none of these."""
        if self.status not in statuses:
            request = self.response.request
            raise Wrong(
                f"{request.method} {_path(str(request.url))}: {self.status} instead of {statuses}"
                f"{', in doubt' if self.in_doubt else ''}: {self.response.text[:300]}"
            )
        return self


def _asks_to_repeat(answer: httpx.Response) -> bool:
    """A short pause is asked for; a long one means that content is under way, which repeating does not bring."""
    busy = answer.status_code == 409 and answer.headers.get("Retry-After") == "1"
    return busy or answer.status_code in AGAIN


def _path(url: str) -> str:
    """Without the signature."""
    return httpx.URL(url).path
