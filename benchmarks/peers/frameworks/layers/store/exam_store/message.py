"""The metadata message, as a pydantic model."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Integrity(Part):
    algoritme: Literal["sha_256"]
    waarde: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Description(Part):
    bronorganisatie: Text
    creatiedatum: date
    titel: Text
    auteur: Text
    taal: Annotated[str, Field(pattern="^[a-z]{3}$")]
    type: Text
    bestandsnaam: Annotated[str, Field(min_length=1, max_length=255)]
    formaat: Annotated[str, Field(pattern="^[^/ ]+/[^/ ]+$")]
    bestandsomvang: Annotated[int, Field(ge=1, le=5 * 1024**3)] | None = None
    integriteit: Integrity | None = None
    identificatie: Text
    bewaartermijn: Annotated[str, Field(pattern="^[0-9]+[YMDH]$")] | None = None


class Student(Part):
    personId: UUID
    studentnummer: Text


class Sitting(Part):
    offeringId: UUID
    aanvang: datetime
    einde: datetime | None = None


class Test(Part):
    code: Text
    naam: Text | None = None
    resultaat: Text | None = None


class Programme(Part):
    programId: UUID
    code: Text | None = None
    naam: Text | None = None


class Enrolment(Part):
    associationId: UUID
    volgnummer: Text


class Message(Part):
    document: Description
    student: Student
    afnamemoment: Sitting
    toets: Test
    opleiding: Programme
    verbintenis: Enrolment
    inhoud: Base64Bytes | None = None

    def in_force(self) -> dict:
        """The message as it is stored and shown, without the content."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"inhoud"})
