"""Who may see a document: decided in one place, for every route."""

from okd_dms.document import Document, Status
from okd_dms.errors import DocumentNotFound


def granted(document: Document | None, sender: str) -> Document:
    """The document, when it is this sender's and was not deleted.

    Raises DocumentNotFound for every other: the answer does not tell an unknown one from another's or a deleted one.
    """
    if document is None or document.sender != sender or document.status is Status.DELETED:
        raise DocumentNotFound
    return document
