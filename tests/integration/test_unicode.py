"""Text that looks like other text: kept and compared as it was sent, and refused where ASCII alone has a meaning."""

import base64
import json
import unicodedata
from typing import Any

import pytest

from messages import PDF, put, result, sitting, with_content, without
from moto_store import Part, Store, proxy_event

LOOK_ALIKES = [
    *("Zoe\u0308", "Zo\u00eb", "Zoe", "ZOE\u0308", "Zoe\u0308\u200b", "\u200eZoe\u0308", "Zоё", "Ｚoë"),
    *("\ufb01", "fi", "\u212a", "K", "k", "\u017f", "s", "ß", "ss", "\u0130", "i", "I", "\u0131", "\u1e9e"),
]
"""Equal to somebody: after normalization, case folding, or to the eye."""
IDENTITY = "document.identificatie"


def test_references_are_compared_by_code_point(store: Store) -> None:
    ids = set()
    for reference in LOOK_ALIKES:
        stored = store.post_json(with_content(result(identificatie=reference)))
        assert stored.status == 200
        ids.add(stored.json()["documentId"])
        query = {"bronorganisatie": "25LX", "identificatie": reference}
        assert store.call("GET", "/documents", query=query).json()["document"]["identificatie"] == reference
    assert len(ids) == len(LOOK_ALIKES)


def test_keys_are_compared_by_code_point(store: Store) -> None:
    keys = ["K", "k", "a b", "a  b", "a%20b", "a+b", "a\tb"]
    ids = {store.post_json(with_content(result()), Idempotency_Key=key).json()["documentId"] for key in keys}
    assert len(ids) == len(keys)


@pytest.mark.parametrize("path", ["document.titel", "student.studentnummer", "toets.naam", "document.bestandsnaam"])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_text_is_kept_in_the_form_in_which_it_came(store: Store, path: str, form: Any) -> None:
    text = unicodedata.normalize(form, "Zoë Ångström ﬁ ① 한.pdf")
    document_id = store.post_json(with_content(put(result(), path, text))).json()["documentId"]
    owner, member = path.split(".")
    assert store.get(document_id).json()[owner][member] == text


@pytest.mark.parametrize(
    "organisation", ["25L\u212a", "25L\u212a00", "２５LX", "٢٥LX", "25LX0\u00b2", "25ＬＸ", "25L\u200bX"]
)
def test_an_organisation_is_written_in_ascii(store: Store, organisation: str) -> None:
    answer = store.post_json(with_content(result(bronorganisatie=organisation)))
    assert answer.faults() == {"document.bronorganisatie": "organisation"}
    assert store.is_empty()


def test_a_lookup_takes_no_look_alike_of_an_organisation(store: Store) -> None:
    """KELVIN SIGN becomes k in lower case."""
    store.post_json(with_content(result(bronorganisatie="25LK", identificatie="EX-1")))
    for organisation, status in {"25LK": 200, "25lk": 200, "25L\u212a": 404, "２５LK": 404}.items():
        query = {"bronorganisatie": organisation, "identificatie": "EX-1"}
        assert store.call("GET", "/documents", query=query).status == status


@pytest.mark.parametrize("digits", ["１２３４５６７８２", "١٢٣٤٥٦٧٨٢", "123456782\n", "12345678²"])
def test_digits_are_ascii_digits(store: Store, digits: str) -> None:
    assert store.post_json(with_content(result(bronorganisatie=digits))).status == 422
    store.call("GET", "/documents/{documentId}/versies", query={"limit": digits}, documentId=LOST).problem(
        400, "malformed-request"
    )
    store.get(LOST, query={"versie": digits}).problem(400, "malformed-request")


LOST = "00000000-0000-4000-8000-000000000000"
JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("Idempotency-Key", value) for value in ("Zoë", "\u212aey", "\udcff", "é\ud83d")),
        *(
            ("Content-Type", value)
            for value in ("image/\u212a", "application/jſon", "multipart/form-data; boundary=\udcff")
        ),
        *(("Content-Encoding", "\udcff"), ("If-Match", "\udcff"), ("Accept", "*/*, \udcff"), ("Range", "byteſ=0-0")),
        *(("If-None-Match", '"é"'), ("If-Range", '"é"')),
    ],
)
def test_a_header_that_counts_is_ascii(store: Store, name: str, value: str) -> None:
    """Gateways and clients decode other bytes differently, so that one key could become two."""
    document_id = store.post_json(with_content(result())).json()["documentId"]
    kept = store.items()
    body = json.dumps(with_content(sitting())).encode()
    read = {"Accept": "application/octet-stream"} | {name: value}
    if name in ("Accept", "Range", "If-None-Match", "If-Range"):
        answer = store.get(document_id, headers=read)
    elif name == "If-Match":
        answer = store.call("DELETE", "/documents/{documentId}", headers={name: value}, documentId=document_id)
    else:
        answer = store.call("POST", "/documents", body=body, headers=dict([JSON]) | {name: value})
    answer.problem(400, "malformed-request")
    assert store.items() == kept


@pytest.mark.parametrize("name", ["Range", "If-Range", "If-None-Match"])
def test_it_is_ascii_whatever_is_read(store: Store, name: str) -> None:
    document_id = store.post_json(with_content(result())).json()["documentId"]
    for accept in ("application/json", "application/pdf"):
        store.get(document_id, headers={"Accept": accept, name: "é"}).problem(400, "malformed-request")
        assert store.head(document_id, headers={"Accept": accept, name: "é"}).status == 400


def test_other_headers_may_hold_anything(store: Store) -> None:
    headers = dict([JSON]) | {"User-Agent": "Zoë\udcff", "X-Naam": "\u212a"}
    body = json.dumps(with_content(result())).encode()
    assert store.call("POST", "/documents", body=body, headers=headers).status == 200


@pytest.mark.parametrize("reference", ["\udcff", "EX-\ud83d", "\udc00\ud800"])
def test_a_query_that_is_no_unicode_is_refused(store: Store, reference: str) -> None:
    query = {"bronorganisatie": "25LX", "identificatie": reference}
    store.call("GET", "/documents", query=query).problem(400, "malformed-request")


def test_a_parts_media_type_is_not_folded_into_ascii(store: Store) -> None:
    message = json.dumps(without(result(), "document.formaat")).encode()
    answer = store.post_multipart([Part("metadata", message), Part("file", PDF, "a.pdf", "image/\u212a")])
    assert answer.faults() == {"document.formaat": "pattern"}
    assert store.is_empty()


@pytest.mark.parametrize("path", ["%2e%2e", "..%2F..%2Fdocuments", f"{LOST}%00", f"{LOST}\x00", f"{LOST}/", f"%{LOST}"])
def test_an_id_is_decoded_once_and_then_a_uuid(store: Store, path: str) -> None:
    """`path` is what the gateway has decoded already."""
    store.get(path).problem(400, "malformed-request")


@pytest.mark.parametrize("reference", ["a%20b", "a+b", "%00", "\x00", "%252e", "a&b=c", "#", "\r\nX: 1"])
def test_a_reference_is_decoded_once(store: Store, reference: str) -> None:
    store.post_json(with_content(result(identificatie=reference)))
    found = store.call("GET", "/documents", query={"bronorganisatie": "25LX", "identificatie": reference})
    assert found.json()["document"]["identificatie"] == reference


def test_a_body_that_claims_base64_and_holds_other_letters_is_refused(store: Store) -> None:
    body = json.dumps(with_content(result()))
    event = proxy_event("POST", "/documents", body.encode(), [JSON], None, {})
    encoded = base64.b64encode(body.encode()).decode()
    for wrong in (encoded.replace("A", "\u0410", 1), encoded + "\u200b", encoded[:-4] + "Ａ==="):
        store.invoke(event | {"body": wrong}).problem(400, "malformed-request")
    assert store.is_empty()
