"""The README says what is so: its example, its diagram, its names and its figures are compared with the code."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

import readme
import template
from exam_papers import RESULT
from okd_dms import carriers, erasure, message, representation
from okd_dms.document import Change, Status

PAGES = [readme.ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PARTS: dict[str, type[BaseModel]] = {
    "Message": message.Message,
    "Description": message.Description,
    "Integrity": message.Integrity,
    "Student": message.Student,
    "Sitting": message.Sitting,
    "Test": message.Test,
    "Programme": message.Programme,
    "Enrolment": message.Enrolment,
}
SAID_BY_THE_CONTENT = {"bestandsnaam", "formaat", "bestandsomvang", "integriteit"}
"""Required in the message in force, but not of a sender whose content travels along."""


def example() -> dict[str, dict[str, str]]:
    (block,) = readme.blocks("json")
    return dict(json.loads(block.text))


def diagram() -> str:
    return next(block.text for block in readme.blocks("mermaid") if block.text.startswith("classDiagram"))


def drawn_members() -> dict[str, dict[str, bool]]:
    """Class → member → whether it may be left out."""
    drawn: dict[str, dict[str, bool]] = {
        name: {member: kind.endswith("?") for kind, member in re.findall(r"^ +(\S+) (\S+)$", members, re.MULTILINE)}
        for name, members in re.findall(r"class (\w+) \{\n(.*?)\}", diagram(), re.DOTALL)
    }
    for owner, many, member in re.findall(r'(\w+) \*-- "([^"]+)" \w+ : (\w+)', diagram()):
        drawn.setdefault(owner, {})[member] = many == "0..1"
    return drawn


def section(title: str) -> str:
    return readme.TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_example_message_is_the_paper_that_the_demo_hands_over() -> None:
    assert example() == RESULT.message


def test_the_example_message_has_every_member_but_what_the_content_says_itself() -> None:
    part_of = dict(re.findall(r'Message \*-- "[^"]+" (\w+) : (\w+)', diagram()))
    absent = {
        member
        for name, part in part_of.items()
        for member in PARTS[name].model_fields
        if member not in example().get(part, {})
    }
    assert absent == {"bestandsomvang", "integriteit"}


def test_the_class_diagram_is_that_of_the_message() -> None:
    rules = {
        name: {
            member: not field.is_required() or (name == "Description" and member in SAID_BY_THE_CONTENT)
            for member, field in part.model_fields.items()
        }
        for name, part in PARTS.items()
    }
    assert drawn_members() == rules


def test_every_member_of_a_message_every_status_and_every_change_stands_in_the_glossary() -> None:
    words = set(re.findall(r"\w+", section("Glossary")))
    members = {member for name, part in PARTS.items() if name != "Integrity" for member in part.model_fields}
    in_both_languages = {"document", "type", "student", "code", "naam"}
    ids = {member for member in members if member.endswith("Id")} | {"studentnummer"}
    assert (members | set(Status) | set(Change)) - words <= in_both_languages | ids


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (readme.ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text(encoding="utf-8")))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_or_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = {target.partition("#")[0] for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text)} - {""}
    folders = "events|docs|functions|layers|scripts|tests|requirements"
    named = set(re.findall(rf"(?<![\w.])((?:{folders})/[\w./-]+\w)", text))
    assert sorted(path for path in linked | named if not (readme.ROOT / path).exists()) == []


def test_every_parameter_and_resource_that_the_readme_names_exists() -> None:
    known = template.load()["Parameters"].keys() | template.load()["Resources"].keys()
    named = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)[`=]", section("Deploying")))
    named |= set(re.findall(r"(?:--parameter-overrides|local invoke) (\w+)", section("Sample events")))
    named |= set(re.findall(r"\(physical (\w+)\)", section("Deploying")))
    assert named
    assert named <= known


def test_a_sample_event_is_handed_to_the_function_that_its_name_says() -> None:
    (invoked,) = re.findall(r"sam local invoke (\w+) -e events/(\w+)", section("Sample events"))
    function, operation = invoked
    assert template.functions()[function]["CodeUri"] == f"functions/{operation}"


def test_the_limits_are_those_of_the_code_and_the_template() -> None:
    mib, limits = 1024**2, section("Limits")
    assert carriers.MAX_FILE_BYTES == representation.MAX_CONTENT_IN_ANSWER
    for figure in (
        f"{carriers.MAX_FILE_BYTES // mib} MiB, {carriers.MAX_INHOUD_BYTES // mib} MiB",
        f"{message.MAX_CONTENT_BYTES // 1024**3} GiB",
        f"{carriers.MAX_METADATA_BYTES // 1024} KiB",
        f"{template.default('TicketLifetimeSeconds') // 60} minutes",
        f"{template.default('AnnouncementLifetimeHours') // 24} days",
        f"{template.default('GracePeriodHours')} hours",
        f"{erasure.AT_ONCE} objects",
        {"rate(1 hour)": "hourly run"}[template.default("ReconcileSchedule")],
    ):
        assert figure in limits
