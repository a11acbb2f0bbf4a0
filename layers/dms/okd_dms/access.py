"""Who may see and who may change a document: decided in one place, for every route."""

from okd_dms.caller import DELIVER, READ_ALL, Caller
from okd_dms.document import Document, Status
from okd_dms.errors import DocumentNotFound


def readable(document: Document | None, caller: Caller) -> Document:
    """The document, when it was not deleted, and is this caller's or the caller may read all.

    Raises DocumentNotFound for every other: the answer does not tell an unknown one from another's or a deleted one.
    Raises Forbidden when it is the caller's own, of a kind that the scopes do not cover.
    """
    if document is not None and document.status is not Status.DELETED and caller.may((READ_ALL,)):
        return document
    return changeable(document, caller)


def changeable(document: Document | None, caller: Caller, *, or_deleted: bool = False) -> Document:
    """The document, when it is this caller's and, unless that is asked for, was not deleted. Raises as `readable`."""
    if document is None or document.sender != caller.component:
        raise DocumentNotFound
    if document.status is Status.DELETED and not or_deleted:
        raise DocumentNotFound
    caller.require(DELIVER)  # every document of the exam flows is a document of an exam
    return document
