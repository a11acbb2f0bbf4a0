"""What is there when the load is over and the grace period too, held against what the clients were told."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

import template
from invariants import DELETED, Grace, Holdings, message_of, violations
from load import contended, reads
from load.books import Entry, Wrong
from load.contended import Contended
from load.network import Network
from load.sender import Sender
from local_aws import ROOT_CREDENTIALS
from local_stack import LocalStack
from okd_dms import aws, catalogue, vault
from okd_dms.reconciler import Run

LIFETIME = timedelta(hours=template.default("AnnouncementLifetimeHours"))
GRACE = timedelta(hours=template.default("GracePeriodHours"))
QUIET_SECONDS, PATIENCE_SECONDS = 2.0, 120.0


def clear(stack: LocalStack) -> None:
    """Leave nothing of what was there, the reconciler's notes included: they may be of days to come."""
    dynamodb, s3 = stack.client("dynamodb"), stack.client("s3")
    table, bucket = stack.outputs["TableName"], stack.outputs["BucketName"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("documentId", "item")})
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])


def wait_until_quiet(network: Network) -> None:
    """Until what is under way has come to its end: late calls, and the events of uploads. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        before = network.calls.total()
        time.sleep(QUIET_SECONDS)
        if not network.is_busy and network.calls.total() == before:
            return
    raise TimeoutError(f"still busy after {PATIENCE_SECONDS:.0f} s")


def reconcile(stack: LocalStack, step: timedelta = timedelta(hours=6)) -> tuple[Grace, Counter[str]]:
    """The reconciler's runs until everything of today is past its grace period: time moves in steps.

    The periods are the template's own. It is the code of the function, called here because the clock of the function
    cannot be moved.
    """
    outcomes: Counter[str] = Counter()
    now = datetime.now(UTC)
    end = now + LIFETIME + GRACE + timedelta(days=2)
    with _as_function(stack):
        while now < end:
            now += step
            outcomes += Run(LIFETIME, GRACE, lambda: True, now=now).reconcile()
    return Grace(now, LIFETIME, GRACE), outcomes


@contextmanager
def _as_function(stack: LocalStack) -> Iterator[None]:
    """The variables that the function has."""
    names = {"Table": stack.outputs["TableName"], "Bucket": stack.outputs["BucketName"]}
    clients = (aws.session, catalogue.client, vault.client)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in template.environment("ReconcileFunction", **names, AwsEndpointUrl=stack.endpoint).items():
            patch.setenv(name, value)
        for name, value in ROOT_CREDENTIALS.items():
            patch.setenv(name.upper(), value)
        # the session of tests before may have other credentials
        for client in clients:
            client.cache_clear()
        yield
        for client in clients:
            client.cache_clear()


def check_as_told(senders: list[Sender], *, thoroughly: bool) -> list[str]:
    """What the clients find wrong when each reads its documents again: all versions and lists, or the newest alone."""

    def check(sender: Sender, entry: Entry) -> str | None:
        try:
            if thoroughly:
                reads.check(sender, entry)
            elif not entry.deleted:
                answered = sender.to.call("GET", f"/documents/{entry.id}").expect(200)
                reads.check_details(answered, entry, with_content=True)
        except Wrong as wrong:
            return str(wrong)
        return None

    def check_all(sender: Sender) -> list[str | None]:
        return [check(sender, entry) for entry in sender.entries]

    with ThreadPoolExecutor(len(senders) or 1) as threads:
        return [wrong for found in threads.map(check_all, senders) for wrong in found if wrong]


def check_contended(sender: Sender, documents: list[Contended]) -> Iterator[str]:
    for document in documents:
        try:
            contended.check(sender, document)
        except Wrong as wrong:
            yield str(wrong)


def forget_what_came_to_nothing(senders: list[Sender]) -> None:
    """What nobody uploaded was closed with its life: the books say so too."""
    for sender in senders:
        for entry in sender.entries:
            if entry.awaited:
                entry.deleted = True
            elif entry.uploaded and not entry.deleted:
                entry.came()
            entry.coming = None


def check_holdings(stack: LocalStack, grace: Grace, senders: list[Sender], shared: list[Contended]) -> list[str]:
    """What is wrong with all that table and bucket hold."""
    held = Holdings.of(
        stack.client("dynamodb"), stack.client("s3"), stack.outputs["TableName"], stack.outputs["BucketName"]
    )
    return [*violations(held, grace), *_check_documents(held, senders, shared)]


def _check_documents(held: Holdings, senders: list[Sender], shared: list[Contended]) -> Iterator[str]:
    """Every document that was answered is there once, and no other, but for those of which nobody knows."""
    entries = [entry for sender in senders for entry in sender.entries]
    known = {entry.id for entry in entries if not entry.deleted} | {document.id for document in shared}
    perhaps = {delivery.title for sender in senders for delivery in sender.perhaps}
    live = {document_id: head for document_id, head in held.heads.items() if head["status"] != DELETED}
    titles = Counter(message_of(head)["document"]["titel"] for head in live.values())
    yield from (f"{document_id}: lost" for document_id in known - live.keys())
    yield from (f"{title}: {number} documents of one delivery" for title, number in titles.items() if number > 1)
    for document_id in live.keys() - known:
        if message_of(live[document_id])["document"]["titel"] not in perhaps:
            yield f"{document_id}: nobody was told of it"
    for entry in entries:
        if entry.deleted and held.of_document(entry.id):
            yield f"{entry.id}: deleted, and not all of its content is gone"
