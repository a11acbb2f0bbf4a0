"""An upgrade loses nothing, and a deployment that is refused leaves in service what is up."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import previous_release
import template
from local_build import ROOT, SetUpError
from local_stack import LocalStack
from messages import result, sitting, with_content
from okd_dms.errors import DocumentNotFound
from tickets import Announced, announce, details, is_completed, read_bytes

UNKNOWN = "00000000-0000-0000-0000-000000000000"
ISSUER = {"OAuthIssuer": "https://login.example.nl", "OAuthJwksUrl": "https://login.example.nl/keys"}
# Fails when the new versions are in service already, so that CloudFormation has to take them back.
BROKEN = f"""
Resources:
  Broken:
    Type: AWS::Lambda::EventInvokeConfig
    DependsOn: [{", ".join(f"{name}Aliaslive" for name in template.functions())}]
    Properties: {{ FunctionName: there-is-no-such-function, Qualifier: live }}
"""


def as_multipart(message: dict[str, Any], content: bytes) -> dict[str, Any]:
    return {"files": {"metadata": (None, json.dumps(message)), "file": ("exam.pdf", content, "application/pdf")}}


def as_json(message: dict[str, Any], content: bytes) -> dict[str, Any]:
    return {"json": with_content(message, content)}


DELIVERIES = {
    "a result as multipart": (result, as_multipart),
    "a result as JSON": (result, as_json),
    "a sitting as multipart": (sitting, as_multipart),
    "a sitting as JSON": (sitting, as_json),
}


def sent(name: str) -> tuple[dict[str, Any], bytes]:
    """Message and content of a delivery, each with bytes of its own."""
    make, _ = DELIVERIES[name]
    return make(identificatie=name), b"%PDF-1.7\n" + hashlib.shake_256(name.encode()).digest(50_000)


def hand_over(dms: httpx.Client, name: str) -> dict[str, Any]:
    """Deliver it, and give the answer."""
    _, carry = DELIVERIES[name]
    answer = dms.post("/documents", **carry(*sent(name)))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A stack on its way from the previous release, if there is one, to this one."""

    stack: LocalStack
    from_revision: str | None
    outputs_before: dict[str, str]
    answers: dict[str, dict[str, Any]]
    """What each delivery was answered before."""
    uploaded: Announced
    left_open: Announced

    def dms(self) -> httpx.Client:
        return _dms(self.stack)

    def reads_back(self, name: str) -> bool:
        """The document has the members that were sent, and the bytes."""
        message, content = sent(name)
        path = f"/documents/{self.answers[name]['documentId']}"
        with self.dms() as dms:
            got = dms.get(path).json()
            parts = {part: got[part] for part in message}
            parts["document"] = {member: got["document"][member] for member in message["document"]}
            read = dms.get(path, headers={"Accept": "application/pdf"})
        return (got["status"], parts, read.content) == ("opgeslagen", message, content)

    def everything_reads_back(self) -> bool:
        with self.dms() as dms:
            return read_bytes(dms, self.uploaded).content == self.uploaded.content and all(
                self.reads_back(name) for name in DELIVERIES
            )

    def text_of_the_layer(self) -> str:
        with self.dms() as dms:
            return str(dms.get(f"/documents/{UNKNOWN}").json()["detail"])


def _dms(stack: LocalStack) -> httpx.Client:
    return httpx.Client(base_url=stack.api, trust_env=False, timeout=120)


@pytest.fixture(scope="module")
def upgrade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgrade]:
    """Documents handed over to the previous release, and this one deployed over it."""
    revision = previous_release.find()
    root = previous_release.unpack(revision, tmp_path_factory.mktemp("previous")) if revision else ROOT
    with LocalStack(root=root) as stack:
        with _dms(stack) as dms:
            answers = {name: hand_over(dms, name) for name in DELIVERIES}
            uploaded = announce(dms, identificatie="uploaded before")
            assert uploaded.put().status_code == 200
            left_open = announce(dms, b"%PDF-1.7\nleft open", identificatie="left open")
        before = stack.outputs
        if revision:
            stack.deploy()
        yield Upgrade(stack, revision, before, answers, uploaded, left_open)


@pytest.fixture
def upgraded(upgrade: Upgrade) -> Upgrade:
    """Only where CI says that it is CI, a check that cannot be made is one that fails."""
    if not upgrade.from_revision:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no earlier version to upgrade from: no clone, or a shallow one (git fetch --unshallow gets the rest)")
    return upgrade


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of template and code, to be changed."""
    shutil.copy(ROOT / "template.yaml", tmp_path)
    for name in ("functions", "layers"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def change_layer(root: Path, text: str) -> None:
    errors = root / "layers/dms/okd_dms/errors.py"
    source = errors.read_text(encoding="utf-8")
    assert DocumentNotFound.default_detail in source
    errors.write_text(source.replace(DocumentNotFound.default_detail, text), encoding="utf-8")


def test_an_upgrade_keeps_table_bucket_and_key(upgraded: Upgrade) -> None:
    for name in ("TableName", "BucketName", "KeyArn"):
        assert upgraded.stack.outputs[name] == upgraded.outputs_before[name]


@pytest.mark.parametrize("name", DELIVERIES)
def test_what_was_stored_before_an_upgrade_reads_back_bit_for_bit(upgraded: Upgrade, name: str) -> None:
    assert upgraded.reads_back(name)


def test_what_was_uploaded_before_an_upgrade_reads_back_bit_for_bit(upgraded: Upgrade) -> None:
    with upgraded.dms() as dms:
        assert details(dms, upgraded.uploaded)["status"] == "opgeslagen"
        assert read_bytes(dms, upgraded.uploaded).content == upgraded.uploaded.content


@pytest.mark.parametrize("name", DELIVERIES)
def test_a_redelivery_after_an_upgrade_is_answered_as_the_first_one(upgraded: Upgrade, name: str) -> None:
    with upgraded.dms() as dms:
        assert hand_over(dms, name) == upgraded.answers[name]


def test_an_upload_left_open_is_finished_by_its_old_ticket(upgraded: Upgrade) -> None:
    assert upgraded.left_open.put().status_code == 200
    assert is_completed(upgraded.stack, upgraded.left_open)
    with upgraded.dms() as dms:
        assert read_bytes(dms, upgraded.left_open).content == upgraded.left_open.content


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"AuthMode": "oauth2"}, "AuthMode=oauth2 needs OAuthIssuer and OAuthJwksUrl"),
        ({"AuthMode": "oauth2"} | ISSUER, "AuthMode=oauth2 needs OAuthAudience"),
        ({"DomainName": "dms.example.org"}, "A DomainName needs a DomainCertificateArn"),
    ],
)
def test_a_deployment_that_a_rule_refuses_leaves_the_stack_in_service(
    upgrade: Upgrade, parameters: dict[str, str], reason: str
) -> None:
    with pytest.raises(SetUpError, match=reason):
        upgrade.stack.deploy(ROOT, **parameters)
    assert upgrade.everything_reads_back()


def test_a_deployment_that_fails_halfway_is_taken_back(upgrade: Upgrade, changed: Path) -> None:
    change_layer(changed, "Never to be seen.")
    written = (changed / "template.yaml").read_text(encoding="utf-8")
    (changed / "template.yaml").write_text(written.replace("\nResources:\n", BROKEN, 1), encoding="utf-8")
    with pytest.raises(SetUpError, match="UPDATE_ROLLBACK_COMPLETE"):
        upgrade.stack.deploy(changed)
    assert upgrade.text_of_the_layer() != "Never to be seen."
    assert upgrade.everything_reads_back()


def test_a_change_of_the_layer_alone_reaches_the_functions(upgrade: Upgrade, changed: Path) -> None:
    change_layer(changed, "From the changed layer.")
    upgrade.stack.deploy(changed)
    assert upgrade.text_of_the_layer() == "From the changed layer."
    assert upgrade.everything_reads_back()
