"""Right answers first: every variant is put through the whole life of a document before any of it is timed."""

import base64
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import operations
from aws_events import object_created
from exam_papers import Paper
from operations import AWAITED, COMPLETED, IN_JSON, LARGE, REVISION, SMALL, UPDATED
from stubbed_aws import StubbedAws
from variants import COMPLETE, GET, STORE, UPDATE, Variant

if TYPE_CHECKING:
    from function_process import FunctionProcess

PASSING = ("registratiedatum", "inhoudUrl", "inhoudUrlVerlooptOp", "upload")
"""Members of an answer that differ from call to call; of the signed ones, what does not is compared."""


class WrongAnswer(Exception):
    """A variant does not do what the others do, so its times would mean nothing."""


def check(that: bool, variant: Variant, what: str) -> None:
    if not that:
        raise WrongAnswer(f"{variant.name}: {what}")


class Rehearsal:
    """A variant's functions, each in a process, and the answers that they gave so far.

    `answers` holds status and body of every call, without what differs from call to call: all variants agree on it.
    """

    def __init__(self, variant: Variant, aws: StubbedAws, cleanup: ExitStack) -> None:
        self.variant, self.aws = variant, aws
        self.answers: dict[str, Any] = {}
        self._cleanup = cleanup
        self._processes: dict[str, FunctionProcess] = {}

    def call(self, what: str, function: str, event: Any) -> Any:
        """The answer of a function to an event: the API's body, the bytes in it decoded."""
        if function not in self._processes:
            self._processes[function] = self._cleanup.enter_context(self.variant.process(function, self.aws))
        payload, _ = self._processes[function].invoke(json.dumps(event, ensure_ascii=False).encode())
        answer = json.loads(payload)
        if answer is None:
            self.answers[what] = None
            return None
        body = answer.get("body") or None
        if body and answer.get("isBase64Encoded"):
            body = base64.b64decode(body)
        elif body:
            body = json.loads(body)
        self.answers[what] = (answer["statusCode"], _lasting(body), _headers(answer))
        return body

    def upload(self, document: Paper, ticket: Any) -> str:
        """Send a document's bytes by its ticket, and give the key of the object."""
        url = urlsplit(ticket["url"])
        self.aws.request(ticket["methode"], f"{url.path}?{url.query}", document.pdf, ticket["headers"])
        return self.key_of(ticket)

    def key_of(self, ticket: Any) -> str:
        """The key of the object that a ticket is for."""
        return str(urlsplit(ticket["url"]).path).removeprefix(f"/{self.variant.store}/")


def _lasting(body: Any) -> Any:
    """A body without what differs from call to call; of a ticket and a URL stays what they are signed over."""
    if not isinstance(body, dict):
        return body
    lasting = {name: value for name, value in body.items() if name not in PASSING}
    if upload := body.get("upload"):
        lasting["upload"] = (upload["methode"], upload["headers"], _signed(upload["url"]))
    if url := body.get("inhoudUrl"):
        lasting["inhoudUrl"] = _signed(url)
    return lasting


def _signed(url: str) -> tuple[list[str], list[str]]:
    """The names of the parameters of a presigned URL, and of the headers that it is signed over."""
    query = parse_qs(urlsplit(url).query)
    return sorted(query), query["X-Amz-SignedHeaders"]


def _headers(answer: Any) -> dict[str, str]:
    """The headers on which clients rely; Mangum and Powertools give them as lists."""
    given = {name: [value] for name, value in (answer.get("headers") or {}).items()}
    given |= answer.get("multiValueHeaders") or {}
    lower = {name.lower(): values[0] for name, values in given.items()}
    return {name: lower[name] for name in ("etag", "location") if name in lower}


def rehearse(variant: Variant, aws: StubbedAws) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Put a variant through it: what it answered, and the events to time.

    Leaves its table and its bucket frozen. Raises WrongAnswer and FunctionFailed.
    """
    with ExitStack() as cleanup:
        rehearsal = Rehearsal(variant, aws, cleanup)
        awaited_key = _live_through_it(rehearsal)
    aws.freeze(variant.store)
    return rehearsal.answers, operations.timed(awaited_key)


def announce_and_complete(variant: Variant, aws: StubbedAws, size: int) -> dict[str, bytes]:
    """Let a variant have a document of any size, whose bytes nobody has: the events that ask for a ticket and a URL."""
    message = operations.announcement(size)
    with ExitStack() as cleanup:
        rehearsal = Rehearsal(variant, aws, cleanup)
        ticket = rehearsal.call("announce", STORE, message.event())["upload"]
        key = rehearsal.key_of(ticket)
        signed = ticket["headers"]
        said = {"type": signed["Content-Type"], "size": str(size), "sha256": signed["x-amz-checksum-sha256"]}
        aws.pretend(variant.store, key, operations.PDF_HEADER, said)
        rehearsal.call("complete", COMPLETE, object_created(key, size))
        read = rehearsal.call("details", GET, operations.details(SMALL))
    check(read["status"] == "opgeslagen", variant, f"a document of {size} bytes is not completed")
    aws.freeze(variant.store)
    return {
        "store_ticket": operations.in_json(message.event()),
        "get_url": operations.in_json(operations.details(SMALL)),
    }


def _live_through_it(rehearsal: Rehearsal) -> str:
    """Store, read, complete and update; the key of the one upload that is not yet completed."""
    variant, call = rehearsal.variant, rehearsal.call
    for document, carried in (
        (SMALL, operations.by_multipart),
        (UPDATED, operations.by_multipart),
        (LARGE, operations.by_multipart),
        (IN_JSON, operations.by_json),
    ):
        name = document.message["document"]["identificatie"]
        call(f"store {name}", STORE, carried(document))
        read = call(f"read {name}", GET, operations.with_content(document))
        check(base64.b64decode(read["inhoud"]) == document.pdf, variant, f"{name} does not read back bit for bit")
    read = call("read bytes", GET, operations.as_bytes(LARGE))
    check(read == LARGE.pdf, variant, "bytes do not read back bit for bit")
    _check_url(rehearsal, SMALL, call("details", GET, operations.details(SMALL)))
    keys = []
    for document in (COMPLETED, AWAITED):
        ticket = call(
            f"announce {document.message['document']['identificatie']}", STORE, operations.announced(document)
        )
        keys.append(rehearsal.upload(document, ticket["upload"]))
    call("complete", COMPLETE, object_created(keys[0], len(COMPLETED.pdf)))
    read = call("read completed", GET, operations.with_content(COMPLETED))
    check(read["status"] == "opgeslagen", variant, "the upload is not completed")
    check(base64.b64decode(read["inhoud"]) == COMPLETED.pdf, variant, "the upload does not read back bit for bit")
    call("update", UPDATE, operations.revised(UPDATED))
    read = call("read updated", GET, operations.with_content(UPDATED))
    check(base64.b64decode(read["inhoud"]) == REVISION, variant, "the update does not read back bit for bit")
    return keys[1]


def _check_url(rehearsal: Rehearsal, document: Paper, read: Any) -> None:
    """The signed URL leads to the bytes."""
    url = urlsplit(read["inhoudUrl"])
    got = rehearsal.aws.request("GET", f"{url.path}?{url.query}")
    check(
        got == document.pdf and "X-Amz-Signature=" in url.query, rehearsal.variant, "inhoudUrl does not give the bytes"
    )


def compare(answers: dict[str, dict[str, Any]]) -> None:
    """All variants gave the same answers as the first. Raises WrongAnswer."""
    (first, expected), *others = answers.items()
    for name, given in others:
        for what, answer in expected.items():
            if given[what] != answer:
                raise WrongAnswer(f"{name} answers {what!r} with {given[what]}, {first} with {answer}")
