"""What a store is asked, of every kind, each as it begins: what was there before, and the call that a fault may meet.

A scenario prepares its own document, under the name that it is given, and gives the call; made twice, the call is what
the client repeats.
"""

from collections.abc import Callable
from datetime import timedelta

from changes import NEW, alter
from messages import PDF, result
from moto_store import Answer
from okd_dms.document import document_id, moment
from sender import Sender

type Call = Callable[[], Answer | None]
type Scenario = Callable[[Sender, str], Call]

THIRD = b"%PDF-1.7\nthe third version\n%%EOF\n"
PDFS = {"Accept": "application/pdf"}
FIRST_TAG = '"1-opgeslagen"'

SCENARIOS: dict[str, Scenario] = {}
"""By name."""

LATER_STATE: dict[str, int] = {}
"""What the repeat of a call may be answered, by scenario, when the call itself has changed the state it was for."""


def scenario(given: Scenario) -> Scenario:
    SCENARIOS[given.__name__] = given
    return given


def id_of(name: str) -> str:
    """The id of the document that this reference of the sender's makes."""
    return document_id("-", "25LX", name, None)


def keyed(name: str) -> str:
    """The same for an Idempotency-Key."""
    return document_id("-", "25LX", None, name)


def stored(sender: Sender, name: str) -> str:
    answer = sender.deliver(result(identificatie=name))
    assert answer.status == 200, answer.body
    return id_of(name)


def awaiting(sender: Sender, name: str) -> str:
    answer = sender.deliver(result(identificatie=name), carrier="announcement")
    assert answer.status == 202, answer.body
    return id_of(name)


def announced(sender: Sender, name: str, content: bytes = NEW) -> str:
    document = stored(sender, name)
    assert sender.announce(document, content).status == 202
    return document


def with_history(sender: Sender, name: str) -> str:
    document = stored(sender, name)
    assert sender.replace(document, NEW).status == 204
    assert sender.correct(document, {"document": {"titel": "Anders"}}, NEW).status == 200
    return document


def overdue(sender: Sender, document: str) -> None:
    """What is awaited of it should have come a second ago."""
    alter(sender.store, document, dueAt=moment(sender.clock.now - timedelta(seconds=1)))


# Deliveries


@scenario
def json(sender: Sender, name: str) -> Call:
    return lambda: sender.deliver(result(identificatie=name))


@scenario
def multipart_under_an_idempotency_key(sender: Sender, name: str) -> Call:
    return lambda: sender.deliver(result(), carrier="multipart", idempotency_key=name)


@scenario
def announcement(sender: Sender, name: str) -> Call:
    return lambda: sender.deliver(result(identificatie=name), carrier="announcement")


@scenario
def delivery_without_a_key(sender: Sender, _name: str) -> Call:
    return lambda: sender.deliver(result())


@scenario
def repeat_by_another_carrier(sender: Sender, name: str) -> Call:
    stored(sender, name)
    return lambda: sender.deliver(result(identificatie=name), carrier="multipart")


@scenario
def announcement_of_what_is_stored(sender: Sender, name: str) -> Call:
    stored(sender, name)
    return lambda: sender.deliver(result(identificatie=name), carrier="announcement")


@scenario
def repeat_of_an_announcement(sender: Sender, name: str) -> Call:
    awaiting(sender, name)
    return lambda: sender.deliver(result(identificatie=name), carrier="announcement")


@scenario
def content_of_what_was_announced(sender: Sender, name: str) -> Call:
    awaiting(sender, name)
    return lambda: sender.deliver(result(identificatie=name))


@scenario
def unequal_delivery(sender: Sender, name: str) -> Call:
    stored(sender, name)
    return lambda: sender.deliver(result(identificatie=name), NEW)


@scenario
def repeat_after_updates(sender: Sender, name: str) -> Call:
    with_history(sender, name)
    return lambda: sender.deliver(result(identificatie=name))


@scenario
def repeat_after_deletion(sender: Sender, name: str) -> Call:
    sender.delete(stored(sender, name))
    return lambda: sender.deliver(result(identificatie=name))


@scenario
def renewal_of_an_overdue_announcement(sender: Sender, name: str) -> Call:
    overdue(sender, awaiting(sender, name))
    return lambda: sender.deliver(result(identificatie=name), carrier="announcement")


@scenario
def renewal_of_what_was_uploaded(sender: Sender, name: str) -> Call:
    sender.upload(awaiting(sender, name))
    overdue(sender, id_of(name))
    return lambda: sender.deliver(result(identificatie=name), carrier="announcement")


# Uploads


@scenario
def event_of_a_first_upload(sender: Sender, name: str) -> Call:
    key = sender.upload(awaiting(sender, name))
    return lambda: sender.event(key)


@scenario
def event_of_an_update(sender: Sender, name: str) -> Call:
    key = sender.upload(announced(sender, name))
    return lambda: sender.event(key)


@scenario
def event_of_an_update_that_is_overdue(sender: Sender, name: str) -> Call:
    key = sender.upload(announced(sender, name))
    overdue(sender, id_of(name))
    return lambda: sender.event(key)


@scenario
def event_that_comes_twice(sender: Sender, name: str) -> Call:
    key = sender.upload(announced(sender, name))
    sender.event(key)
    return lambda: sender.event(key)


@scenario
def event_after_deletion(sender: Sender, name: str) -> Call:
    key = sender.upload(announced(sender, name))
    sender.delete(id_of(name))
    return lambda: sender.event(key)


# Updates


@scenario
def bytes_as_update(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.replace(document, NEW)


@scenario
def bytes_that_are_in_force(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.replace(document, PDF)


@scenario
def bytes_under_if_match(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.replace(document, NEW, If_Match=FIRST_TAG)


@scenario
def bytes_when_an_upload_is_there(sender: Sender, name: str) -> Call:
    document = announced(sender, name)
    sender.upload(document)
    return lambda: sender.replace(document, THIRD)


@scenario
def correction(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.correct(document, {"document": {"titel": "Anders"}})


@scenario
def correction_under_if_match(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.correct(document, {"document": {"titel": "Anders"}}, If_Match=FIRST_TAG)


@scenario
def correction_when_the_first_upload_is_there(sender: Sender, name: str) -> Call:
    document = awaiting(sender, name)
    sender.upload(document)
    return lambda: sender.correct(document, {"document": {"titel": "Anders"}})


@scenario
def correction_in_place_of_an_overdue_announcement(sender: Sender, name: str) -> Call:
    document = announced(sender, name)
    overdue(sender, document)
    return lambda: sender.correct(document, {"document": {"titel": "Anders"}})


@scenario
def correction_while_content_is_awaited(sender: Sender, name: str) -> Call:
    document = announced(sender, name)
    return lambda: sender.correct(document, {"document": {"titel": "Anders"}})


@scenario
def announced_update(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.announce(document, NEW)


@scenario
def announced_update_under_if_match(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.announce(document, NEW, If_Match=FIRST_TAG)


@scenario
def announced_update_once_more(sender: Sender, name: str) -> Call:
    document = announced(sender, name)
    return lambda: sender.announce(document, NEW)


@scenario
def announced_update_in_place_of_an_overdue_one(sender: Sender, name: str) -> Call:
    document = announced(sender, name)
    overdue(sender, document)
    return lambda: sender.announce(document, THIRD)


@scenario
def announced_update_when_an_upload_is_there(sender: Sender, name: str) -> Call:
    document = announced(sender, name)
    sender.upload(document)
    return lambda: sender.announce(document, THIRD)


LATER_STATE |= {
    "bytes_under_if_match": 412,
    "correction_under_if_match": 412,
}


# Reads


@scenario
def details(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.read(document)


@scenario
def details_of_an_earlier_version(sender: Sender, name: str) -> Call:
    document = with_history(sender, name)
    return lambda: sender.read(document, query={"versie": "1"})


@scenario
def details_by_reference(sender: Sender, name: str) -> Call:
    stored(sender, name)
    return lambda: sender.look_up("25LX", name)


@scenario
def the_bytes(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.read_bytes(document)


@scenario
def bytes_of_an_earlier_version(sender: Sender, name: str) -> Call:
    document = with_history(sender, name)
    return lambda: sender.read_bytes(document, 2)


@scenario
def range_of_the_bytes(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.read_bytes(document, Range="bytes=3-8")


@scenario
def bytes_of_a_pending_upload(sender: Sender, name: str) -> Call:
    document = awaiting(sender, name)
    return lambda: sender.read_bytes(document)


@scenario
def details_of_an_upload_whose_event_is_late(sender: Sender, name: str) -> Call:
    document = awaiting(sender, name)
    sender.upload(document)
    return lambda: sender.read(document)


@scenario
def head_of_a_document(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.store.head(document)


@scenario
def list_of_versions(sender: Sender, name: str) -> Call:
    document = with_history(sender, name)
    return lambda: sender.list_versions(document, limit="2")


@scenario
def what_was_deleted(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    sender.delete(document)
    return lambda: sender.read(document)


# Deletions


@scenario
def deletion(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    return lambda: sender.delete(document)


@scenario
def deletion_with_versions_and_an_upload(sender: Sender, name: str) -> Call:
    document = with_history(sender, name)
    sender.announce(document, THIRD)
    sender.upload(document)
    return lambda: sender.delete(document, If_Match='"3-opgeslagen"')


@scenario
def deletion_of_what_never_came(sender: Sender, name: str) -> Call:
    document = awaiting(sender, name)
    return lambda: sender.delete(document)


@scenario
def deletion_once_more(sender: Sender, name: str) -> Call:
    document = stored(sender, name)
    sender.delete(document)
    return lambda: sender.delete(document)
