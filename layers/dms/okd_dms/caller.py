"""Who calls, and what the scopes of a token open (OKD 1.5, securitySchemes): any one of those listed is enough."""

from collections.abc import Iterable
from dataclasses import dataclass

from okd_dms.errors import Forbidden

NOBODY = "-"
"""The component that delivers every document while AuthMode is none."""

ALL_DOCUMENTS, EXAM_DOCUMENTS = "okd:alldocuments", "okd:examdocuments"
READ_ALL = "dms:readall"
"""The administrative scope: reads what any component delivered, and changes nothing. Ours, not of OKD."""

ANY_CALLER: tuple[str, ...] = ()
"""A valid token is enough."""
DELIVER = (ALL_DOCUMENTS, EXAM_DOCUMENTS)
"""Every document.type of the exam flows is a document of an exam."""
CHANGE = (*DELIVER, "okd:bpvdocuments", "okd:graduationdocuments", "okd:enrollmentderollment")
"""Any scope that covers documents of some kind; the document itself decides whether it covers that one."""
READ = (*CHANGE, READ_ALL)


@dataclass(frozen=True, slots=True)
class Caller:
    """A component, under the name that stays when its client id is renewed, with the scopes that it was granted."""

    component: str
    scopes: frozenset[str]

    def may(self, any_of: Iterable[str]) -> bool:
        """Whether the caller has one of these scopes."""
        return not self.scopes.isdisjoint(any_of)

    def require(self, any_of: tuple[str, ...]) -> None:
        """Raises Forbidden when the caller has none of these scopes; of no scopes, none is needed."""
        if any_of and not self.may(any_of):
            raise Forbidden(any_of)


EVERYONE = Caller(NOBODY, frozenset({ALL_DOCUMENTS}))
"""Whoever reaches the API, while AuthMode is none."""
