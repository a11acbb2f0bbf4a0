"""A metadata message in a third of the room that its JSON takes: DynamoDB counts writes by the KiB.

zlib (RFC 1950) with a dictionary of what every message says anyway; its checksum is verified on the way out.
"""

import json
import zlib
from typing import Any

from okd_dms import strict_json

DICTIONARY = (
    b"x-additional_documentassessment_modelassignmentattendance_reporthanded_in_documentinstructionsplagiarism_report"
    b'test_madeother.docx","formaat":"application/vnd.openxmlformats-officedocument.wordprocessingml.documentimage/jpeg'
    b'"resultaat":"onvoldoende"goed{"document":{"bronorganisatie":"25","creatiedatum":"2026-","titel":"Beoordelings'
    b'formulier ","auteur":"Examenbureau","taal":"nld","type":"session_reportassessment_form","bestandsnaam":".pdf",'
    b'"formaat":"application/pdf","bestandsomvang":,"integriteit":{"algoritme":"sha_256","waarde":""},"identificatie":"'
    b'","bewaartermijn":"7Y"},"student":{"personId":"","studentnummer":"1"},"afnamemoment":{"offeringId":"","aanvang":"'
    b'2026-T09:00:00+01:00","einde":"T10:30:00+02:00"},"toets":{"code":"B1-K1-W1","naam":"","resultaat":"voldoende"},'
    b'"opleiding":{"programId":"","code":"BOL","naam":""},"verbintenis":{"associationId":"","volgnummer":"1"}}'
)
"""Never change it: what was packed with it can't be read with another. A better one would be a second one."""

_WINDOW_BITS = 12
"""4 KiB, which the dictionary and a message fit in; more only takes longer."""


def pack(message: dict[str, Any]) -> bytes:
    """The message in few bytes."""
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=_WINDOW_BITS, zdict=DICTIONARY)
    return packer.compress(strict_json.dumps(message).encode()) + packer.flush()


def unpack(packed: bytes) -> Any:
    """The message again. Raises zlib.error when these are not the bytes that were packed."""
    unpacker = zlib.decompressobj(zdict=DICTIONARY)
    return json.loads(unpacker.decompress(packed) + unpacker.flush())
