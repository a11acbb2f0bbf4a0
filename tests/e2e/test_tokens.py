"""Tokens over HTTP on the deployed template: each component comes at its own documents and at no other."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager

import httpx
import jwt
import pytest

from local_issuer import EXAMS, INTERNSHIPS, READ_ALL
from local_stack import LocalStack
from messages import PDF, announcing, result, with_content
from over_http import comes_true, content_of, pages, replace, stored, upload
from processes import without_make

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def closed() -> Iterator[LocalStack]:
    """A stack that asks for tokens."""
    with LocalStack(auth=True) as stack:
        yield stack


def client(closed: LocalStack, token: str | None) -> httpx.Client:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=closed.api, headers=headers, trust_env=False, timeout=120)


def component(closed: LocalStack, name: str, *scopes: str) -> AbstractContextManager[httpx.Client]:
    assert closed.issuer
    return client(closed, closed.issuer.token(name, *scopes))


@pytest.fixture(scope="module")
def owner(closed: LocalStack) -> Iterator[httpx.Client]:
    with component(closed, "examineren", EXAMS) as dms:
        yield dms


@pytest.fixture(scope="module")
def document_id(owner: httpx.Client) -> str:
    """A document in two versions."""
    kept = stored(owner, identificatie="EX-1")
    assert replace(owner, kept, PDF * 2).status_code == 204
    return kept


def told(answer: httpx.Response) -> tuple[object, ...]:
    """What a caller sees, but for the request id and the moment."""
    own = {name: value for name, value in answer.headers.items() if name not in ("date", "x-amzn-requestid")}
    varying = {name for name in own if "trace" in name or "request" in name or name.startswith("x-amz")}
    body = answer.json() | {"instance": ""} if answer.content else None
    return answer.status_code, {name: value for name, value in own.items() if name not in varying}, body


def test_with_a_token_the_flows_go_as_without(owner: httpx.Client, document_id: str) -> None:
    assert content_of(owner, document_id) == PDF * 2
    assert content_of(owner, document_id, 1) == PDF
    query = {"bronorganisatie": "25LX", "identificatie": "EX-1", "inhoud": "false"}
    assert owner.get("/documents", params=query).json()["documentId"] == document_id
    versions = owner.get(f"/documents/{document_id}/versies").json()["versies"]
    assert {version["door"] for version in versions} == {"examineren"}


def test_an_upload_by_ticket_needs_no_token_and_completes(owner: httpx.Client) -> None:
    announced = owner.post("/documents", json=announcing(result())).json()
    assert upload(announced["upload"], PDF) == 200
    path = f"/documents/{announced['documentId']}"
    assert comes_true(lambda: owner.get(path, params={"inhoud": "false"}).json()["status"] == "opgeslagen")


def test_strangers_are_told_the_same_whatever_they_ask_for(closed: LocalStack, document_id: str) -> None:
    assert closed.issuer
    head, body, signature = closed.issuer.token("examineren", EXAMS).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    for token in (None, "x", f"{head}.{body}.{signature[::-1]}", jwt.encode(claims, "k" * 32, "HS256", {"kid": "k"})):
        with client(closed, token) as stranger:
            answers = [
                told(stranger.get(path))
                for path in (f"/documents/{document_id}", f"/documents/{UNKNOWN}/versies", "/documents", "/", "/x/y")
            ]
            answers.append(told(stranger.post("/documents", json=with_content(result()))))
            answers.append(told(stranger.delete(f"/documents/{document_id}")))
            assert all(answer == answers[0] for answer in answers)
            assert answers[0][0] == 401
            challenge = stranger.get("/").headers["WWW-Authenticate"]
            assert challenge.startswith("Bearer realm=")
            assert ("error=" in challenge) == (token is not None)


def test_a_token_without_the_scope_is_told_which(closed: LocalStack, document_id: str) -> None:
    with component(closed, "toetsafname", INTERNSHIPS) as dms:
        answer = dms.post("/documents", json=with_content(result()))
        assert answer.status_code == 403
        assert EXAMS in answer.json()["detail"]
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
        assert dms.get(f"/documents/{document_id}").status_code == 404


def test_anothers_document_is_like_one_that_is_not_there(closed: LocalStack, document_id: str) -> None:
    with component(closed, "toetsafname", EXAMS, READ_ALL) as reader, component(closed, "toetsafname", EXAMS) as other:
        for method, path in (
            ("GET", "/documents/{}"),
            ("HEAD", "/documents/{}"),
            ("GET", "/documents/{}?versie=1"),
            ("GET", "/documents/{}/versies"),
            ("DELETE", "/documents/{}"),
        ):
            there = told(other.request(method, path.format(document_id)))
            assert there == told(other.request(method, path.format(UNKNOWN)))
            assert there[0] == 404
        assert replace(other, document_id, b"%PDF-another").status_code == 404
        assert reader.delete(f"/documents/{document_id}").status_code == 404
        assert replace(reader, document_id, b"%PDF-another").status_code == 404


def test_the_administrative_scope_reads_it(closed: LocalStack, document_id: str) -> None:
    with component(closed, "toetsafname", READ_ALL) as reader:
        assert content_of(reader, document_id) == PDF * 2
        assert reader.get(f"/documents/{document_id}").json()["document"]["identificatie"] == "EX-1"
        assert [*pages(reader, document_id, 1)] == [[2], [1]]
        assert reader.post("/documents", json=with_content(result())).status_code == 403
        assert reader.delete(f"/documents/{document_id}").status_code == 403


def test_the_lines_that_serve_prints_give_a_token(closed: LocalStack, document_id: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    assert closed.issuer
    lines = [line for line in closed.issuer.how_to_get_a_token().splitlines() if "TOKEN=$(" in line]
    assert len(lines) == 2
    address, token = f"{closed.api}/documents/{document_id}", '-H "Authorization: Bearer $TOKEN"'
    status = f"curl -s -o /dev/null -w '%{{http_code}}' {token} {address}"
    said = [
        subprocess.run(
            ["sh", "-c", f"{line}\n{status}"],
            env=without_make() | {"no_proxy": "localhost"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for line in lines
    ]
    assert said == ["200", "404"]
