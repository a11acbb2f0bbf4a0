"""What can go wrong, as one hierarchy.

A function raises one of these; `okd_dms.api` alone turns it into an HTTP answer (RFC 9457). The class attributes are
the problem's stable part and the source of `docs/problems.md` and `openapi.json`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

TICKET_FLOW = (
    "Announce the document instead: POST application/json without inhoud, with document.bestandsomvang and"
    " document.integriteit, answers an upload ticket for content up to 5 GiB."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a message: the member's path in wire names, a stable code, and what is expected of it."""

    name: str
    code: str
    reason: str


class DmsError(Exception):
    """The root. `detail` tells the caller what to do about it and never holds what the caller sent."""

    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500
    default_detail: ClassVar[str] = (
        "Something went wrong on our side. Repeating the request is safe when it carries document.identificatie or an"
        " Idempotency-Key; if it keeps failing, report the request id in instance to the operator."
    )

    def __init__(
        self, detail: str = "", *, headers: Mapping[str, str] | None = None, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail or self.default_detail)
        self.detail = detail or self.default_detail
        self.headers = dict(headers or {})
        self.members = dict(members or {})


class MalformedRequest(DmsError):
    """The request cannot be read: JSON, charset, multipart, base64, parameters or ids."""

    slug, title, status = "malformed-request", "Malformed request", 400
    default_detail = "The request cannot be read. Check it against openapi.json."


class Unauthorized(DmsError):
    """The call carries no token, or none that is valid here.

    `error` is a code of RFC 6750, 3.1, which a call without any token is not told; `reason` is for the log.
    """

    slug, title, status = "unauthorized", "Unauthorized", 401
    default_detail = "The call carries no valid credentials. Request a token and repeat the call."

    def __init__(self, detail: str = "", *, error: str = "", reason: str = "no token") -> None:
        super().__init__(detail)
        told = f', error="{error}", error_description="{self.detail}"' if error else ""
        self.headers["WWW-Authenticate"] = f'Bearer realm="okd-dms"{told}'
        self.reason = reason


class Forbidden(DmsError):
    """The token is valid, and none of its scopes allows this call (RFC 6750, 3.1)."""

    slug, title, status = "forbidden", "Forbidden", 403
    default_detail = "These credentials do not allow this call."

    def __init__(self, any_of: Collection[str]) -> None:
        super().__init__(f"The call needs a token with one of these scopes: {', '.join(any_of)}.")
        scopes = " ".join(any_of)
        self.headers["WWW-Authenticate"] = f'Bearer realm="okd-dms", error="insufficient_scope", scope="{scopes}"'


class DocumentNotFound(DmsError):
    """Unknown, deleted or another sender's: the answer does not tell which."""

    slug, title, status = "document-not-found", "Document not found", 404
    default_detail = "There is no document under this reference, or it is not yours to see. Check the reference."


class RouteNotFound(DmsError):
    """No such path."""

    slug, title, status = "route-not-found", "No such route", 404
    default_detail = "This API has no such path. Check the path against openapi.json."


class MethodNotAllowed(DmsError):
    """The path exists, without this method."""

    slug, title, status = "method-not-allowed", "Method not allowed", 405
    default_detail = "This path does not know this method. Use one of those in the Allow header."


class NotAcceptable(DmsError):
    """`Accept` names nothing that can be offered."""

    slug, title, status = "not-acceptable", "Not acceptable", 406
    default_detail = (
        "Accept application/json for the details, or application/octet-stream or the document's own media type for its"
        " bytes."
    )


class DeliveryConflict(DmsError):
    """The delivery key is taken by a different delivery, or by a document that was deleted."""

    slug, title, status = "delivery-conflict", "Delivery conflict", 409
    default_detail = (
        "Another document was delivered under this document.identificatie. To change it, PATCH the document named in"
        " documentId; to deliver a different one, use another document.identificatie."
    )


class Busy(DmsError):
    """Another call changed the same document at the same moment."""

    slug, title, status = "busy", "Document busy", 409
    default_detail = "The document changed while this call was under way. Repeat it after the seconds in Retry-After."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class UpdatePending(DmsError):
    """Content of this document is under way; one announcement at a time."""

    slug, title, status = "update-pending", "Content is under way", 409
    default_detail = (
        "Announced content of this document has not arrived. Upload it by its ticket, or repeat this call after the"
        " seconds in Retry-After. Repeating the same announcement gives a fresh ticket."
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "60"})


class PreconditionFailed(DmsError):
    """`If-Match` names another state than the document is in."""

    slug, title, status = "precondition-failed", "Precondition failed", 412
    default_detail = "The document is no longer in the state that If-Match names. Read it again and repeat the change."


class RangeNotSatisfiable(DmsError):
    """The asked range lies beyond the content."""

    slug, title, status = "range-not-satisfiable", "Range not satisfiable", 416
    default_detail = "The content ends before the range that Range asks for. Its size stands in Content-Range."

    def __init__(self, size: int) -> None:
        super().__init__(headers={"Content-Range": f"bytes */{size}"})


class ContentAwaited(DmsError):
    """The document is recorded and its content has not arrived."""

    slug, title, status = "content-awaited", "Content awaited", 409
    default_detail = (
        "The content of this document was announced and has not arrived. Read the details for its status, and the bytes"
        " when that is opgeslagen."
    )


class ContentTooLarge(DmsError):
    """More than fits in one message."""

    slug, title, status = "content-too-large", "Content too large", 413
    default_detail = f"The message is too large. {TICKET_FLOW}"


class UnsupportedMediaType(DmsError):
    """A content type or content coding that this operation does not take."""

    slug, title, status = "unsupported-media-type", "Unsupported media type", 415
    default_detail = (
        "Send multipart/form-data with the parts metadata and file, or application/json, without content coding."
    )


class InvalidMessage(DmsError):
    """Well-formed, but against the rules: `faults` holds every one of them."""

    slug, title, status = "invalid-message", "Invalid message", 422
    default_detail = "The message breaks the rules listed in invalidParams. Correct every one and send it again."

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            members={"invalidParams": [{"name": f.name, "code": f.code, "reason": f.reason} for f in faults]}
        )
        self.faults = faults


class IdempotencyKeyReused(DmsError):
    """The Idempotency-Key came before with a different delivery (draft-ietf-httpapi-idempotency-key-header, 2.7)."""

    slug, title, status = "idempotency-key-reused", "Idempotency key reused", 422
    default_detail = (
        "This Idempotency-Key came before with a different delivery. Repeat a delivery unchanged, or use a new key."
    )


class ContentCorrupt(DmsError):
    """The stored bytes are gone or do not match their checksum: never shown, reported to the operator."""

    slug, title, status = "content-corrupt", "Content failed its integrity check", 500
    default_detail = (
        "The stored content does not match its checksum and is withheld. Report the request id in instance to the"
        " operator."
    )


class UploadUnfit(DmsError):
    """What was uploaded is not what was announced. No caller sees this: it ends an upload event, for the operator."""

    slug, title, status = "upload-unfit", "Upload does not match its announcement", 500
    default_detail = "The uploaded object is gone, or differs from its announcement in size, SHA-256 or media type."


class DependencyFailed(DmsError):
    """AWS did not do what it was asked. `service` and `code` are for the log."""

    slug, title, status = "service-unavailable", "Service unavailable", 503
    default_detail = (
        "The store cannot answer now. Repeat the request after the seconds in Retry-After; with document.identificatie"
        " or an Idempotency-Key that is safe."
    )

    def __init__(self, service: str, code: str) -> None:
        super().__init__(headers={"Retry-After": "5"})
        self.service = service
        self.code = code
