"""The metadata message of flows 2.1 and 2.2: its shape and its rules.

Field names are the standard's own words on the wire; the classes carry the English terms of MORA and OOAPI. Lengths
count Unicode code points. `validate` is the only way in.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from okd_dms.errors import Fault, InvalidMessage

MAX_CONTENT_BYTES = 5 * 1024**3
"""5 GiB, the most that S3 takes in one PUT."""

_UUID = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
_BRIN = re.compile(r"[0-9]{2}[A-Z]{2}([0-9]{2})?")
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATE_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
_RESTRICTED_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"  # RFC 6838, 4.2
MEDIA_TYPE = rf"^{_RESTRICTED_NAME}/{_RESTRICTED_NAME}$"
_DOCUMENT_TYPE = (
    "^(additional_document|assessment_form|assessment_model|assignment|attendance_report|handed_in_document"
    "|instructions|plagiarism_report|session_report|test_made|other|x-.+)$"
)


def _fails(code: str, reason: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{reason}", {"reason": reason})


def passes_eleven_test(digits: str) -> bool:
    """Whether nine digits are a possible RSIN: weights 9 … 2 and -1, sum divisible by eleven, not all zero."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return digits != "000000000" and sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0


def _source_organisation(value: str) -> str:
    if re.fullmatch(_UUID, value):
        return value.lower()
    if _BRIN.fullmatch(value) or (re.fullmatch("[0-9]{9}", value) and passes_eleven_test(value)):
        return value
    raise _fails(
        "organisation",
        "expected an RSIN (9 digits that pass the eleven-test), a BRIN such as 25LX or 25LX00, or a UUID",
    )


def _past_date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _fails("date", "expected a date that exists, as in 2026-11-24") from None
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise _fails("future", "expected a date that is not in the future")
    return value


def _moment(value: str) -> str:
    try:
        datetime.fromisoformat(value.upper()).astimezone(UTC)
        time.fromisoformat(
            value[-5:] if value[-6] in "+-" else "00:00"
        )  # Python itself lets offsets such as +01:60 pass
    except (ValueError, OverflowError):
        raise _fails("date_time", "expected a moment that exists, as in 2026-11-24T09:00:00+01:00") from None
    return value


_NOT_IN_A_FILENAME = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Path separators, control characters, ends of lines, and what turns the direction of text around (UAX 9), so that
an .exe shows as a .pdf. Other invisible characters stay: scripts need them."""


def _filename(value: str) -> str:
    if _NOT_IN_A_FILENAME.search(value) or value in (".", ".."):
        raise _fails("filename", "expected a file name without path separators, control and direction characters")
    return value


Text = Annotated[str, Field(min_length=1, max_length=200)]
Uuid = Annotated[str, Field(pattern=_UUID, json_schema_extra={"format": "uuid"}), AfterValidator(str.lower)]
Moment = Annotated[str, Field(pattern=_DATE_TIME, json_schema_extra={"format": "date-time"}), AfterValidator(_moment)]
Filename = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_filename)]
MediaType = Annotated[str, Field(pattern=MEDIA_TYPE)]
ContentSize = Annotated[int, Field(ge=1, le=MAX_CONTENT_BYTES)]


class Part(BaseModel):
    """Strict, and closed to members that it does not know.

    Its validator is built when it is first asked for: that of a whole needs none of its parts' own.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Integrity(Part):
    """The checksum of the content."""

    algoritme: Literal["sha_256"]
    waarde: Annotated[str, Field(pattern="^[0-9A-Fa-f]{64}$"), AfterValidator(str.lower)]


class Description(Part):
    """The document itself (OOAPI 6 document, with the flows' own members)."""

    bronorganisatie: Annotated[Text, AfterValidator(_source_organisation)]
    creatiedatum: Annotated[str, Field(pattern=_DATE, json_schema_extra={"format": "date"}), AfterValidator(_past_date)]
    titel: Text
    auteur: Text
    taal: Annotated[str, Field(pattern="^[a-z]{3}$")]
    type: Annotated[Text, Field(pattern=_DOCUMENT_TYPE)]
    bestandsnaam: Filename
    formaat: MediaType
    bestandsomvang: ContentSize
    integriteit: Integrity
    identificatie: Text | None = None
    bewaartermijn: Annotated[Text, Field(pattern="^[0-9]+[YMDH]$")] | None = None


class Student(Part):
    """Whose result it is."""

    personId: Uuid | None = None
    studentnummer: Text | None = None


class Sitting(Part):
    """The exam sitting: when, and which component offering."""

    offeringId: Uuid | None = None
    aanvang: Moment | None = None
    einde: Moment | None = None


class Test(Part):
    """What was examined."""

    code: Text | None = None
    naam: Text | None = None
    resultaat: Text | None = None


class Programme(Part):
    """The programme of study."""

    programId: Uuid | None = None
    code: Text | None = None
    naam: Text | None = None


class Enrolment(Part):
    """The student's enrolment in a programme."""

    associationId: Uuid | None = None
    volgnummer: Text | None = None


class Message(Part):
    """The whole message, as it is in force: the content's size, checksum, name and type stand under `document`."""

    document: Description
    student: Student | None = None
    afnamemoment: Sitting
    toets: Test
    opleiding: Programme | None = None
    verbintenis: Enrolment | None = None


Message.model_rebuild()  # in init, not in the first call

ONE_OF_THESE = {
    "student": ("personId", "studentnummer"),
    "afnamemoment": ("offeringId", "aanvang"),
    "toets": ("code", "naam"),
    "opleiding": ("programId", "code"),
    "verbintenis": ("associationId", "volgnummer"),
}
"""Of each object, the members of which at least one is needed."""


def _given(value: Any, member: str) -> bool:
    return isinstance(value, dict) and value.get(member) is not None


def _cross_faults(raw: dict[str, Any]) -> Iterator[Fault]:
    for name, members in ONE_OF_THESE.items():
        part = raw.get(name)
        if isinstance(part, dict) and not any(_given(part, member) for member in members):
            yield Fault(name, "required", f"expected at least one of {' and '.join(members)}")
    if _given(raw, "student"):
        if not _given(raw, "opleiding") and not _given(raw, "verbintenis"):
            yield Fault("opleiding", "required", "a result (with student) names its opleiding or its verbintenis")
    elif _given(raw, "verbintenis"):
        yield Fault("verbintenis", "not_allowed", "a sitting (without student) has no verbintenis")
    sitting: Any = raw.get("afnamemoment")
    if _given(sitting, "aanvang") and _given(sitting, "einde"):
        try:
            begins, ends = (datetime.fromisoformat(sitting[member].upper()) for member in ("aanvang", "einde"))
            if ends < begins:
                yield Fault("afnamemoment.einde", "order", "expected a moment that is not before aanvang")
        except (ValueError, TypeError, AttributeError, OverflowError):
            pass  # reported by the member itself


_CODES = {
    "string_too_short": "length",
    "string_too_long": "length",
    "string_pattern_mismatch": "pattern",
    "greater_than_equal": "range",
    "less_than_equal": "range",
}
"""Our codes for pydantic's, where they differ."""


def _fault(error: ErrorDetails) -> Fault:
    name = ".".join(str(step) for step in error["loc"])[:200]
    kind = error["type"]
    if kind == "extra_forbidden":
        return Fault(name, "unknown", "no such member; check the spelling")
    if kind == "missing" or error["input"] is None:
        return Fault(name, "required", "expected a value")
    if kind.endswith("_type"):
        return Fault(name, "type", "expected an object" if kind == "model_type" else error["msg"])
    return Fault(name, _CODES.get(kind, kind), error["msg"])


def checked(model: type[Part], raw: Any) -> dict[str, Any]:
    """What `raw` holds by this model, without absent members. Raises InvalidMessage with every fault."""
    try:
        return model.model_validate(raw).model_dump(exclude_none=True)
    except ValidationError as error:
        raise InvalidMessage(
            [_fault(detail) for detail in error.errors(include_url=False, include_context=False)]
        ) from None


def organisation_faults(raw: Any, accepted: str) -> Iterator[Fault]:
    """The fault of a message from a source organisation that this school does not accept.

    `accepted` lists those that it does, separated by commas, UUIDs in any case; an empty list means all. A BRIN stands
    for its locations too.
    """
    listed = {organisation.strip().lower() for organisation in accepted.split(",")} - {""}
    document = raw.get("document") if isinstance(raw, dict) else None
    given = document.get("bronorganisatie") if isinstance(document, dict) else None
    if listed and isinstance(given, str) and not {given.lower(), given.lower()[:4]} & listed:
        yield Fault("document.bronorganisatie", "not_accepted", "this school takes no documents of this organisation")


def validate(raw: Any, faults: tuple[Fault, ...] = ()) -> dict[str, Any]:
    """The message as stored: without absent members, ids and checksums in lower case, text as given.

    `faults` are those that the caller found already. Raises InvalidMessage with all of them together.
    """
    found, message = list(faults), {}
    try:
        message = checked(Message, raw)
    except InvalidMessage as error:
        found += error.faults
    if isinstance(raw, dict):
        found += _cross_faults(raw)
    if found:
        raise InvalidMessage(sorted(set(found), key=lambda fault: (fault.name, fault.code, fault.reason)))
    return message
