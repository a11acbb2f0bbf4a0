"""A delivery key makes one document, whatever the retries: what a delivery is answered, given what stands there."""

from dataclasses import replace
from datetime import timedelta

from okd_dms import catalogue
from okd_dms.document import Document, Status, from_now
from okd_dms.errors import Busy, DeliveryConflict, IdempotencyKeyReused


def record(document: Document, lifetime: timedelta) -> Document:
    """Record a delivered document, and give what is answered: the same for the same delivery.

    One call, and one more for the repeat of an announcement that is overdue: no ticket for what is about to be closed,
    so it gets a new life first, under the same key, where its bytes may be already. Raises DeliveryConflict,
    IdempotencyKeyReused, Busy and DependencyFailed.
    """
    recorded = catalogue.add(document)
    if recorded.status is Status.DELETED:
        raise DeliveryConflict(
            "The document that was delivered under this key was deleted, and its key stays taken. Use another"
            " document.identificatie or Idempotency-Key for a new document.",
            members={"documentId": recorded.id},
        )
    if document.delivery_digest != recorded.delivery_digest:
        if "identificatie" not in document.message["document"]:
            raise IdempotencyKeyReused
        raise DeliveryConflict(members={"documentId": recorded.id})
    if recorded.is_overdue():
        recorded = replace(recorded, due_at=from_now(lifetime))
        if not catalogue.renew(recorded):
            raise Busy
    return document.as_first_answered(recorded)
