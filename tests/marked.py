"""Marked data, in every place where a caller can put something: a mark that shows up elsewhere is a leak."""

import json
from collections.abc import Callable
from typing import Any

from messages import announcing, put, with_content
from moto_store import Answer, Part, Store, proxy_event

MARK = "Vertrouwelijk"
MARKED = {
    "document": {
        "bronorganisatie": "25LX",
        "creatiedatum": "2026-03-12",
        "titel": f"{MARK} titel",
        "auteur": f"{MARK} auteur",
        "taal": "nld",
        "type": f"x-{MARK}",
        "bestandsnaam": f"{MARK}.pdf",
        "formaat": "application/pdf",
        "identificatie": f"{MARK} identificatie",
    },
    "student": {"studentnummer": f"{MARK} 1234567"},
    "afnamemoment": {"aanvang": "2026-03-12T09:00:00+01:00"},
    "toets": {"code": f"{MARK} code", "naam": f"{MARK} toets", "resultaat": f"{MARK} resultaat"},
    "opleiding": {"code": f"{MARK} opleiding", "naam": f"{MARK} naam"},
    "verbintenis": {"volgnummer": f"{MARK} volgnummer"},
}
CONTENT = f"%PDF-1.7 {MARK} bytes".encode()
HEADERS = {"Authorization": f"Bearer {MARK}", "User-Agent": MARK, "X-Forwarded-For": MARK, "Referer": MARK}
REFERENCE = {"bronorganisatie": "25LX", "identificatie": f"{MARK} identificatie"}


def post(store: Store, message: Any, **headers: str) -> Answer:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    sent = HEADERS | {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return store.call("POST", "/documents", body=body, headers=sent)


def multipart(store: Store, message: Any, content: bytes = CONTENT, extra: str = "") -> Answer:
    file = Part("file", content, f"{MARK} 2.pdf", "application/pdf", extra)
    return store.post_multipart([Part("metadata", json.dumps(message).encode()), file], Authorization=MARK)


def stored(store: Store) -> str:
    return str(post(store, with_content(MARKED, CONTENT)).json()["documentId"])


REFUSED: dict[str, Callable[[Store], Answer]] = {
    "no json": lambda store: post(store, MARK.encode()),
    "duplicate member": lambda store: post(store, f'{{"{MARK}": 1, "{MARK}": "{MARK}"}}'.encode()),
    "no base64": lambda store: post(store, MARKED | {"inhoud": f"{MARK}!"}),
    "inhoud no text": lambda store: post(store, MARKED | {"inhoud": [MARK]}),
    "empty message": lambda store: post(store, {}),
    "unknown members": lambda store: post(store, with_content(put(MARKED | {MARK: MARK}, f"student.{MARK}", MARK))),
    "every member wrong": lambda store: post(
        store, {part: {member: [MARK] for member in members} for part, members in MARKED.items()} | {"inhoud": "QQ=="}
    ),
    "every text too long": lambda store: post(
        store, {part: dict.fromkeys(members, MARK * 40) for part, members in MARKED.items()} | {"inhoud": "QQ=="}
    ),
    "objects no objects": lambda store: post(store, dict.fromkeys(MARKED, MARK) | {"inhoud": "QQ=="}),
    "false checksum": lambda store: multipart(store, announcing(MARKED, b"other")),
    "too large": lambda store: post(store, put(MARKED, "document.titel", MARK * 10_000)),
    "other media type": lambda store: post(store, MARKED, Content_Type=f"application/{MARK}"),
    "other charset": lambda store: post(store, MARKED, Content_Type=f"application/json; charset={MARK}"),
    "other coding": lambda store: post(store, MARKED, Content_Encoding=MARK),
    "other boundary": lambda store: post(store, MARKED, Content_Type=f"multipart/form-data; boundary={MARK}"),
    "strange part": lambda store: store.post_multipart([Part(MARK, CONTENT, MARK, MARK)]),
    "part encoded": lambda store: multipart(store, MARKED, extra=f"Content-Transfer-Encoding: {MARK}\r\n"),
    "path in filename": lambda store: multipart(store, put(MARKED, "document.bestandsnaam", f"../{MARK}")),
    "key too long": lambda store: post(store, with_content(MARKED), Idempotency_Key=MARK * 30),
    "no uuid": lambda store: store.get(MARK),
    "unknown reference": lambda store: store.call("GET", "/documents", query=REFERENCE),
    "no reference": lambda store: store.call("GET", "/documents", query={"identificatie": MARK}),
    "query value": lambda store: store.get("0" * 8 + "-0000-4000-8000-" + "0" * 12, query={"inhoud": MARK}),
    "query name": lambda store: store.call("GET", "/documents", query=REFERENCE | {MARK: MARK}),
    "query twice": lambda store: store.call("GET", "/documents", query=[("inhoud", MARK), ("inhoud", MARK)]),
    "unknown path": lambda store: store.invoke(
        proxy_event("GET", "/{proxy+}", None, HEADERS, {MARK: MARK}, {"proxy": MARK}) | {"path": f"/{MARK}"}
    ),
    "unknown method": lambda store: store.call("PUT", "/documents/{documentId}", documentId=MARK, headers=HEADERS),
}
"""Calls that are refused, by what is wrong with them."""
