"""The whole job on this machine: real exam documents go into the DMS and come back bit for bit.

The files that the lines shown use stay in .demo/, so that anyone can repeat them.
"""

import argparse
import base64
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

from curl import Curl, UnexpectedAnswer
from demo_tokens import turned_away, with_token
from exam_papers import CORRECTION, RESULT, RESULT_IN_JSON, REVISED, SITTING, SITTING_IN_JSON, Paper, portfolio, write
from local_build import ROOT, SetUpError
from local_issuer import EXAMS
from local_stack import LocalStack

FOLDER = Path(".demo")
MAX_IN_MESSAGE = 4 * 1024**2
AS_JSON, AS_PDF = "-H 'Content-Type: application/json'", "-H 'Content-Type: application/pdf'"
AS_CORRECTION = "-H 'Content-Type: application/merge-patch+json'"
UPLOAD_URL = f"""$(sed 's/.*"url":"\\([^"]*\\)".*/\\1/' {FOLDER}/ticket.json)"""

type Call = Callable[[str, int], bytes]
"""Runs a curl line that expects this status, and gives the body."""


def store_multipart(curl: Call, what: str, sent: Paper, name: str) -> str:
    """Hand over metadata and file as two parts, and read them back; the documentId."""
    print(f"\n{what}, as multipart/form-data")
    file = quote(f"file=@{FOLDER / sent.filename}")
    document_id = _stored(curl(f"-si $API/documents -F metadata=@{FOLDER}/{name}.json -F {file}", 200))
    read_back(curl, document_id, sent)
    return document_id


def store_json(curl: Call, what: str, sent: Paper, name: str) -> None:
    """Hand over one JSON message with the content in it, and read it back."""
    print(f"\n{what}, as JSON with the content in it")
    read_back(curl, _stored(curl(f"-si $API/documents {AS_JSON} -d @{FOLDER}/{name}.json", 200)), sent)


def store_large(curl: Call, sent: Paper) -> None:
    """Announce a document, send its content straight to S3 by the ticket, and read it back."""
    print(f"\nA document of {len(sent.pdf) / 1024**2:.0f} MiB, by an upload ticket")
    curl(f"-s -D - $API/documents {AS_JSON} -d @{FOLDER}/portfolio.json -o {FOLDER}/ticket.json", 202)
    document_id = _stored((FOLDER / "ticket.json").read_bytes(), 202)
    ticket = json.loads((FOLDER / "ticket.json").read_bytes())["upload"]
    headers = " ".join(f"-H {quote(f'{name}: {value}')}" for name, value in ticket["headers"].items())
    curl(f'-#i -T {quote(str(FOLDER / sent.filename))} {headers} "{UPLOAD_URL}"', 200)
    print("    200  S3 has checked length, media type and SHA-256")
    read_back(curl, document_id, sent)


def redeliver(curl: Call) -> None:
    """Hand over a document that is there already: the answer is the first one again."""
    print("\nThe first one again, by the other carrier: the same document, which its sender's reference finds")
    again = _stored(curl(f"-si $API/documents {AS_JSON} -d @{FOLDER}/result-again.json", 200))
    found = curl('-si "$API/documents?bronorganisatie=25LX&identificatie=EX-2026-0417&inhoud=false"', 200)
    _check("documentId", _stored(found), again)


def update(curl: Call, document_id: str) -> None:
    """Give a document new content and corrected metadata; the version before stays readable."""
    print("\nThe first one assessed again (flow 2.4): new content, then corrected metadata, each a version of its own")
    document = f"$API/documents/{document_id}"
    curl(f"-si -X PATCH {AS_PDF} -T {quote(str(FOLDER / REVISED.filename))} {document}", 204)
    print("    204  new content")
    details = json.loads(curl(f"-si -X PATCH {AS_CORRECTION} -d @{FOLDER}/correction.json {document}", 200))
    _check_members(CORRECTION, details)
    print(f"    200  versie {details['versie']}, resultaat {details['toets']['resultaat']}")
    listed = json.loads(curl(f"-si {document}/versies", 200))["versies"]
    print("    200  " + ", ".join(f"versie {each['versie']}: {each['wijziging']}" for each in listed))
    _check("the list of versions", [each["versie"] for each in listed], [3, 2, 1])
    for which, paper in (("", REVISED), ("?versie=1", RESULT)):
        read_bytes(curl, document_id + which, paper)


def delete(curl: Call, document_id: str) -> None:
    """Delete a document with all its versions: it is gone."""
    print("\nThe first one is deleted, with all its versions")
    curl(f"-si -X DELETE $API/documents/{document_id}", 204)
    print("    204  deleted")
    problem = json.loads(curl(f"-si $API/documents/{document_id}", 404))
    print(f"    404  {problem['title']}")


def refused(curl: Call) -> None:
    """Hand over a faulty message: every fault is named."""
    print("\nA faulty message is refused")
    problem = json.loads(curl(f"-si $API/documents {AS_JSON} -d @{FOLDER}/faulty.json", 422))
    print(f"    422  {problem['detail']}")
    for fault in problem["invalidParams"]:
        print(f"         {fault['name']}: {fault['reason']}")


def read_back(curl: Call, document_id: str, sent: Paper) -> None:
    """Read the details with the content in them, then the bytes alone, and compare both with what was sent."""
    details = json.loads(curl(f"-si $API/documents/{document_id}", 200))
    print(f"    200  {details['status']}: {details['document']['titel']}")
    _check_members(sent.message, details)
    if len(sent.pdf) <= MAX_IN_MESSAGE:
        _check_bytes(base64.b64decode(details["inhoud"]), sent)
    read_bytes(curl, document_id, sent)


def read_bytes(curl: Call, document: str, sent: Paper) -> None:
    """Read the bytes alone, of the version that `document` may name, and compare them with what was sent."""
    back = FOLDER / "back" / sent.filename
    back.unlink(missing_ok=True)
    curl(f"-sL -D - -H 'Accept: application/pdf' \"$API/documents/{document}\" -o {quote(str(back))}", 200)
    _check_bytes(back.read_bytes(), sent)
    print(f"    200  {len(sent.pdf):,} bytes, SHA-256 {sent.sha256[:16]}…, exactly as sent")


def _stored(answer: bytes, status: int = 200) -> str:
    receipt = json.loads(answer)
    print(f"    {status}  documentId {receipt['documentId']}, versie {receipt['versie']}, {receipt['status']}")
    return str(receipt["documentId"])


def _check_members(sent: Any, got: Any) -> None:
    for name, value in sent.items():
        if isinstance(value, dict):
            _check_members(value, got.get(name, {}))
        else:
            _check(name, got.get(name), value)


def _check_bytes(got: bytes, sent: Paper) -> None:
    _check(f"the SHA-256 of {sent.filename}", hashlib.sha256(got).hexdigest(), sent.sha256)


def _check(what: str, got: Any, sent: Any) -> None:
    if got != sent:
        raise UnexpectedAnswer(f"{what} was {sent!r} and came back as {got!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--auth", action="store_true", help="with tokens")
    auth = parser.parse_args().auth
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by an exception, which ends the stack on its way
    os.chdir(ROOT)
    (FOLDER / "back").mkdir(parents=True, exist_ok=True)
    (FOLDER / ".gitignore").write_text("*\n")
    write(FOLDER)
    try:
        with LocalStack(progress=lambda line: print(line, file=sys.stderr, flush=True), auth=auth) as stack:
            print(f"API {stack.api}", flush=True)
            curl = stranger = Curl(stack.api, FOLDER)
            if stack.issuer:
                curl = with_token(stranger, stack.issuer, "examineren", EXAMS)
            first = store_multipart(curl, "An exam result (flow 2.1)", RESULT, "result")
            store_json(curl, "An exam result (flow 2.1)", RESULT_IN_JSON, "result-in-json")
            store_multipart(curl, "An exam sitting (flow 2.2)", SITTING, "sitting")
            store_json(curl, "An exam sitting (flow 2.2)", SITTING_IN_JSON, "sitting-in-json")
            store_large(curl, portfolio())
            redeliver(curl)
            update(curl, first)
            refused(curl)
            if stack.issuer:
                turned_away(stranger, stack.issuer, first)
            delete(curl, first)
    except (SetUpError, UnexpectedAnswer) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    serve = "make serve AUTH=1, then TOKEN and" if auth else "make serve, then"
    print(f"\nAll five documents came back bit for bit. To repeat a line: {serve} API=<the address it prints>.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
