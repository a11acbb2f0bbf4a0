"""docs/privacy.md does what it says: its very lines list and erase what a stack keeps of one student."""

import os
import pty
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from local_build import REGION, ROOT
from local_stack import STACK_NAME, LocalStack
from messages import result, sitting, with_content
from over_http import correct, items, objects, replace, stored

LISTS, ERASES = re.findall("```sh\n(.*?)\n```", (ROOT / "docs/privacy.md").read_text(encoding="utf-8"), re.DOTALL)
NEW = b"%PDF-1.7\nthe second version\n%%EOF\n"

type Operator = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def dms(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.api, trust_env=False, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def operator(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Runs a line in a checkout whose acceptance is this stack, at a terminal, and types these answers."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("Makefile", "scripts", "layers", "requirements", "samconfig.toml", ".python-version"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, checkout / name)
    for name in (".venv", ".tools"):
        (checkout / name).symlink_to(ROOT / name)
    settings = checkout / "samconfig.toml"
    settings.write_text(settings.read_text().replace('"okd-dms-acceptance"', f'"{STACK_NAME}"'))
    return lambda line, *answers: _run(line, answers, checkout, stack.endpoint)


def _run(line: str, answers: tuple[str, ...], checkout: Path, endpoint: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE", "MFLAGS"))}
    known = kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, "".join(f"{answer}\n" for answer in answers).encode())
        return subprocess.run(
            ["sh", "-ec", line], cwd=checkout, env=known, stdin=terminal, capture_output=True, text=True, check=False
        )
    finally:
        os.close(keyboard)
        os.close(terminal)


def of(student: dict[str, str], dms: httpx.Client) -> str:
    answer = dms.post("/documents", json=with_content(result() | {"student": student}))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["documentId"])


def test_one_students_documents_are_listed_and_erased_and_no_others(
    stack: LocalStack, dms: httpx.Client, operator: Operator
) -> None:
    person, number = str(uuid4()), f"st-{uuid4()}"
    by_person, by_number = of({"personId": person.upper()}, dms), of({"studentnummer": number}, dms)
    by_both = of({"personId": person, "studentnummer": number}, dms)
    replace(dms, by_both, NEW)
    correct(dms, by_both, {"document": {"titel": "Zoë"}})
    anothers = of({"personId": str(uuid4()), "studentnummer": f"{number}1"}, dms)
    of_a_sitting = dms.post("/documents", json=with_content(sitting())).json()["documentId"]

    for given, own in ((person, {by_person, by_both}), (number, {by_number, by_both})):
        listed = operator(LISTS, given)
        assert listed.returncode == 0, listed.stderr
        assert set(re.findall(r"^  (\S+)", listed.stdout, re.MULTILINE)) == own
        assert "versions 3, 2, 1" in listed.stdout

    assert operator(ERASES, person, "2").returncode == 0
    for erased in (by_person, by_both):
        assert dms.get(f"/documents/{erased}").status_code == 404
        assert objects(stack, erased) == []
        (tombstone,) = items(stack, erased)
        assert tombstone["changedBy"] == {"S": "beheerder"}
        assert person not in str(tombstone)
    assert "0 documents" in operator(LISTS, person).stdout
    for kept in (by_number, anothers, of_a_sitting):
        assert dms.get(f"/documents/{kept}").status_code == 200


def test_a_document_that_has_come_to_name_another_is_shown_to_both_and_erased_for_the_other_alone(
    stack: LocalStack, dms: httpx.Client, operator: Operator
) -> None:
    mistaken, right = str(uuid4()), str(uuid4())
    document_id = of({"personId": mistaken}, dms)
    replace(dms, document_id, NEW)
    correct(dms, document_id, {"student": {"personId": right}})

    listed = operator(LISTS, mistaken).stdout
    assert "0 documents of this student" in listed
    assert re.search(f"1 more name the student in an earlier version.*\n  {document_id} .*versions 2, 1\n", listed)
    assert operator(ERASES, mistaken).returncode == 0
    assert dms.get(f"/documents/{document_id}").json()["student"] == {"personId": right}

    assert operator(ERASES, right, "1").returncode == 0
    assert objects(stack, document_id) == []
    assert "1 more" not in operator(LISTS, mistaken).stdout


@pytest.mark.parametrize("answer", ["", "no", "11"])
def test_nothing_is_erased_unless_the_operator_says_how_many(
    dms: httpx.Client, operator: Operator, answer: str
) -> None:
    person = str(uuid4())
    document_id = of({"personId": person}, dms)
    refused = operator(ERASES, person, answer)
    assert refused.returncode != 0
    assert "Nothing was erased." in refused.stderr
    assert dms.get(f"/documents/{document_id}").status_code == 200


def test_nobody_in_particular_is_nobody(operator: Operator) -> None:
    assert "Nobody was named." in operator(LISTS, " ").stderr


def test_without_a_terminal_nothing_is_erased(operator: Operator, dms: httpx.Client) -> None:
    document_id = stored(dms)
    refused = operator(f"{ERASES} </dev/null")
    assert "YES=1 goes on without asking" in refused.stderr
    assert dms.get(f"/documents/{document_id}").status_code == 200
