"""A component sees and changes what it delivered itself, and nothing shows it that there is more."""

import json
import uuid
from collections.abc import Callable

import pytest

from changes import DOCUMENT, VERSIONS, announce, awaiting, content_of, delete, stored, with_versions
from issuer import ADMINISTRATION, ALL, EXAMS, Issuer
from messages import PDF, announcing, result, with_content
from moto_store import Store
from okd_dms.caller import CHANGE, DELIVER
from routes import OF_ONE_DOCUMENT, OPERATIONS, WRITING, calls, plain, seen


def _announced(store: Store) -> str:
    document_id = stored(store)
    assert announce(store, document_id).status == 202
    return document_id


def _deleted(store: Store) -> str:
    document_id = with_versions(store, 2)
    assert delete(store, document_id).status == 204
    return document_id


STATES: dict[str, Callable[[Store], str]] = {
    "stored": stored,
    "in versions": lambda store: with_versions(store, 3),
    "awaited": awaiting,
    "announced anew": _announced,
    "deleted": _deleted,
}
"""Documents of the owner, in every state."""


@pytest.fixture
def owned(store: Store, issuer: Issuer) -> Store:
    """The stack, called by the owner."""
    store.parameters = issuer.parameters
    store.token = issuer.token(azp="owner")
    return store


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("route", OF_ONE_DOCUMENT, ids=" ".join)
def test_anothers_document_cannot_be_told_from_one_that_is_not_there(
    owned: Store, issuer: Issuer, route: tuple[str, str], state: str
) -> None:
    """Status, headers and body, and the calls to AWS that are all that time could show."""
    theirs = STATES[state](owned)
    before = owned.items(), owned.objects()
    for scope in (EXAMS, f"{ALL} {ADMINISTRATION}") if route in WRITING else (EXAMS, ALL):
        owned.token = issuer.token(azp="another", scope=scope)
        for call in calls(route):
            anothers = call.make(owned, theirs)
            assert anothers.status in (400, 404, 415), call
            there = seen(owned, anothers)
            nothing = seen(owned, call.make(owned, str(uuid.uuid4())))
            assert there == nothing, call
        assert plain(route).make(owned, theirs).status == 404
    assert (owned.items(), owned.objects()) == before


@pytest.mark.parametrize("route", OF_ONE_DOCUMENT, ids=" ".join)
def test_the_owners_own_is_there(owned: Store, route: tuple[str, str]) -> None:
    """Else the test above could not fail."""
    assert plain(route).make(owned, stored(owned)).status in (200, 204)


@pytest.mark.parametrize("route", OF_ONE_DOCUMENT, ids=" ".join)
def test_a_document_that_was_deleted_is_like_one_that_never_was(owned: Store, route: tuple[str, str]) -> None:
    """But for its owner's deletion of it again, which is answered the same."""
    gone = _deleted(owned)
    for call in calls(route):
        if route[0] != "DELETE":
            assert seen(owned, call.make(owned, gone)) == seen(owned, call.make(owned, str(uuid.uuid4())))


@pytest.mark.parametrize("scope", sorted({*CHANGE} - {*DELIVER}))
@pytest.mark.parametrize("route", OF_ONE_DOCUMENT, ids=" ".join)
def test_a_scope_for_other_kinds_of_document_does_not_cover_exams(
    owned: Store, issuer: Issuer, route: tuple[str, str], scope: str
) -> None:
    """Whose it is comes first: only the owner learns that it is the scope which is missing."""
    theirs, before = with_versions(owned, 2), owned.items()
    owned.token = issuer.token(azp="owner", scope=scope)
    for call in calls(route):
        assert call.make(owned, theirs).status in (400, 403, 415), call
    assert plain(route).make(owned, theirs).status == 403
    owned.token = issuer.token(azp="another", scope=scope)
    assert plain(route).make(owned, theirs).status == 404
    assert owned.items() == before


@pytest.mark.parametrize("scope", sorted({*CHANGE} - {*DELIVER}))
def test_a_scope_for_other_kinds_of_document_delivers_none_of_an_exam(owned: Store, issuer: Issuer, scope: str) -> None:
    owned.token = issuer.token(scope=scope)
    owned.post_json(with_content(result())).problem(403, "forbidden")
    assert owned.is_empty()


@pytest.mark.parametrize("state", ["stored", "in versions", "awaited", "announced anew"])
@pytest.mark.parametrize("route", [route for route in OF_ONE_DOCUMENT if route not in WRITING], ids=" ".join)
def test_the_administrative_scope_reads_what_the_owner_reads(
    owned: Store, issuer: Issuer, route: tuple[str, str], state: str
) -> None:
    document_id = STATES[state](owned)
    owners = issuer.token(azp="owner")
    for call in calls(route):
        owned.token = owners
        mine = call.make(owned, document_id)
        owned.token = issuer.token(azp="archive", scope=ADMINISTRATION)
        theirs = call.make(owned, document_id)
        assert (theirs.status, theirs.headers.get("ETag")) == (mine.status, mine.headers.get("ETag"))
    assert plain(route).make(owned, document_id).status == 200
    if route == ("GET", DOCUMENT) and state == "stored":
        assert content_of(owned, document_id) == PDF


def test_the_administrative_scope_finds_no_deleted_document(owned: Store, issuer: Issuer) -> None:
    gone = _deleted(owned)
    owned.token = issuer.token(azp="archive", scope=ADMINISTRATION)
    owned.get(gone).problem(404, "document-not-found")


def test_a_reference_finds_ones_own_document_alone(owned: Store, issuer: Issuer) -> None:
    query = {"bronorganisatie": "25LX", "identificatie": "EX-1"}
    mine = stored(owned, result(identificatie="EX-1"))
    assert owned.call("GET", "/documents", query=query).json()["documentId"] == mine
    owned.token = issuer.token(azp="another")
    anothers = seen(owned, owned.call("GET", "/documents", query=query))
    nothing = seen(owned, owned.call("GET", "/documents", query=query | {"identificatie": "EX-2"}))
    assert anothers == nothing
    assert anothers[0] == 404


@pytest.mark.parametrize("message", [with_content(result()), announcing(result())], ids=["stored", "announced"])
@pytest.mark.parametrize("key", ["identificatie", "Idempotency-Key"])
def test_anothers_delivery_key_is_free(owned: Store, issuer: Issuer, message: dict[str, object], key: str) -> None:
    """Nor does an upload ticket, or a conflict, tell of another's document."""
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": "k"} if key != "identificatie" else {})
    if key == "identificatie":
        message = message | {"document": {**message["document"], "identificatie": "EX-1"}}  # type: ignore[dict-item]
    ids = []
    for component in ("owner", "another"):
        owned.token = issuer.token(azp=component)
        answer = owned.call("POST", "/documents", body=json.dumps(message).encode(), headers=headers)
        assert answer.status in (200, 202)
        ids.append(answer.json()["documentId"])
        keys = {item["objectKey"].split("/")[2] for item in owned.items() if item["sender"] == component}
        assert keys == {ids[-1]}
    assert len({*ids}) == 2


def test_a_component_keeps_its_documents_when_its_client_is_renewed(owned: Store, issuer: Issuer) -> None:
    document_id = stored(owned)
    owned.parameters = issuer.parameters | {"OAuthComponents": "owner=owner,renewed=owner"}
    owned.token = issuer.token(azp="renewed")
    assert owned.get(document_id).status == 200
    assert delete(owned, document_id).status == 204


def test_the_history_says_which_component_made_a_change(owned: Store, issuer: Issuer) -> None:
    owned.parameters = issuer.parameters | {"OAuthComponents": "client-1=examineren,client-2=examineren"}
    owned.token = issuer.token(azp="client-1")
    document_id = with_versions(owned, 2)
    owned.token = issuer.token(azp="client-2")
    listed = owned.call("GET", VERSIONS, documentId=document_id).json()["versies"]
    assert [version["door"] for version in listed] == ["examineren", "examineren"]


def test_what_was_stored_without_authorization_is_nobodys_until_it_is_given_to_a_component(
    store: Store, issuer: Issuer
) -> None:
    document_id = stored(store)
    store.parameters = issuer.parameters
    store.token = issuer.token(azp="examineren")
    store.get(document_id).problem(404, "document-not-found")
    store.token = issuer.token(azp="-")
    store.get(document_id).problem(401, "unauthorized")
    store.parameters = issuer.parameters | {"OAuthComponents": "examineren=-"}
    store.token = issuer.token(azp="examineren")
    assert store.get(document_id).status == 200


def test_every_operation_is_tried() -> None:
    assert {*OF_ONE_DOCUMENT} | {("POST", "/documents"), ("GET", "/documents"), ("HEAD", "/documents")} == {*OPERATIONS}
