"""Whichever call to AWS fails, in whatever way, of whichever operation: nothing personal is logged, answered or raised.

The failures carry marked data in their texts, as those of a parser or of a service may.
"""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

import template
from changes import (
    DOCUMENT,
    NEW,
    VERSIONS,
    announce,
    announced_key,
    correct,
    delete,
    environment_of,
    head_item,
    patch,
    replace,
    upload_event,
)
from interference import raising_at
from log_lines import faultless
from marked import CONTENT, HEADERS, MARK, MARKED, REFERENCE, multipart, post, stored
from messages import announcing, put, with_content
from moto_store import Answer, Store, handler

ANOTHER = put(MARKED, "document.identificatie", f"{MARK} 2")
type Operation = Callable[[Store], Answer | None]


def upload_that_came(store: Store) -> str:
    """The key of an announced object that is there, and whose event is not."""
    document_id = post(store, announcing(ANOTHER, CONTENT)).json()["documentId"]
    key = str(head_item(store, document_id)["objectKey"])
    store.upload(key, CONTENT)
    return key


def completing(store: Store) -> None:
    upload_event(store, upload_that_came(store))


def reconciling(store: Store) -> None:
    upload_that_came(store)
    with environment_of("ReconcileFunction"):
        handler("ReconcileFunction")({"id": "5d3a2b1c"}, Context())


def updating_what_came(store: Store) -> Answer:
    document_id = stored(store)
    announce(store, document_id, NEW)
    store.upload(announced_key(store, document_id), NEW)
    return correct(store, document_id, {"document": {"titel": f"{MARK} 2"}})


class Context:
    """What Lambda tells a function of its run."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


def reading(method: str, resource: str = DOCUMENT, query: Any = None, **headers: str) -> Operation:
    return lambda store: store.call(method, resource, headers=HEADERS | headers, query=query, documentId=stored(store))


OPERATIONS: dict[str, tuple[str, Operation]] = {
    "store json": ("StoreDocumentFunction", lambda store: post(store, with_content(ANOTHER, CONTENT))),
    "store multipart": ("StoreDocumentFunction", lambda store: multipart(store, ANOTHER)),
    "store announcement": ("StoreDocumentFunction", lambda store: post(store, announcing(ANOTHER, CONTENT))),
    "get": ("GetDocumentFunction", reading("GET")),
    "get bytes": ("GetDocumentFunction", reading("GET", Accept="application/pdf")),
    "get version": ("GetDocumentFunction", reading("GET", query={"versie": "1"})),
    "head": ("GetDocumentFunction", reading("HEAD")),
    "find": ("GetDocumentFunction", lambda store: store.call("GET", "/documents", headers=HEADERS, query=REFERENCE)),
    "list": ("ListVersionsFunction", reading("GET", VERSIONS)),
    "update bytes": ("UpdateDocumentFunction", lambda store: replace(store, stored(store), CONTENT * 2)),
    "update metadata": (
        "UpdateDocumentFunction",
        lambda store: correct(store, stored(store), {"document": {"titel": f"{MARK} 2", "formaat": "text/plain"}}),
    ),
    "update announcement": (
        "UpdateDocumentFunction",
        lambda store: announce(store, stored(store), CONTENT * 2, members={"bestandsnaam": f"{MARK} 3"}),
    ),
    "update of what came": ("UpdateDocumentFunction", updating_what_came),
    "update refused": (
        "UpdateDocumentFunction",
        lambda store: patch(store, stored(store), MARK.encode(), "text/plain"),
    ),
    "delete": ("DeleteDocumentFunction", lambda store: delete(store, stored(store))),
    "complete": ("CompleteUploadFunction", completing),
    "reconcile": ("ReconcileFunction", reconciling),
}
FAILURES: dict[str, Callable[[], Exception]] = {
    "nobody foresaw": lambda: RuntimeError(f"{MARK} in the text", MARK),
    "a parser's": lambda: json.JSONDecodeError(f"{MARK} is no JSON", MARK, 0),
    "refused by AWS": lambda: ClientError(
        {"Error": {"Code": "ValidationException", "Message": f"{MARK} is not valid"}}, "Operation"
    ),
    "no connection": lambda: EndpointConnectionError(endpoint_url=f"https://{MARK}.example.org"),
}


def test_every_function_that_calls_aws_is_made_to_fail() -> None:
    assert {function for function, _ in OPERATIONS.values()} == template.functions().keys() - {"FallbackFunction"}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_failure_of_any_call_writes_answers_and_raises_nothing_personal(
    store: Store, log: Callable[[], str], name: str, failure: str
) -> None:
    stored(store)
    for number in count():
        answer, raised = None, ""
        with raising_at(number, FAILURES[failure]()) as event:
            try:
                answer = OPERATIONS[name][1](store)
            except Exception as error:
                raised = f"{error!r} {'' if error.__suppress_context__ else error.__context__!r}"
        assert MARK not in raised
        if answer is not None and answer.status >= 400:
            faultless(answer)
        if not event.happened:
            break
    assert number > 0
    assert MARK not in log()
