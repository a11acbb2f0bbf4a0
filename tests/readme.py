"""The README as the tests read it: its fenced blocks, and the shell lines in them with what they print."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `not_run` is the reason why its lines are not run here, if there is one."""

    language: str
    text: str
    not_run: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A shell line and what it prints, where … stands for anything."""

    command: str
    prints: str


def blocks(language: str) -> list[Block]:
    """The README's blocks in one language."""
    found = re.findall(r"(?:<!-- not run: (.+?) -->\n)?```(\w+)\n(.*?)```\n", TEXT, re.DOTALL)
    return [Block(lang, text, reason or None) for reason, lang, text in found if lang == language]


def lines(block: Block) -> Iterator[Line]:
    """The lines of a console block: a prompt, a command, and its output up to the next prompt."""
    for chunk in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, prints = chunk.partition("\n")
        yield Line(command, prints.strip("\n"))
