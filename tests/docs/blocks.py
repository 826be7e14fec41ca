"""Fenced blocks of the docs, and what their first line says of them.

    sh               runs, in the world of its page             sh exit=4   and ends with this code
    sh as=bob        runs as somebody else                       sh elsewhere   is read by bash and our parsers, not run
    yaml             a document of its `kind:`                   yaml kind=X    a model of that name
    yaml file=PATH   is written there, then it is as above       console     what was printed; `…` stands for anything
    ini unit=NAME    a systemd unit                              python, toml in=PATH   a piece of that file
    text, mermaid    to be looked at

`<!-- sh` … `-->` runs too, and isn't seen by readers: what a test needs and a person has anyway.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^( *)(?:```|<!-- (?=sh))([^\n]*)\n(.*?)^\1(?:```|-->)$", re.MULTILINE | re.DOTALL)
MARKS: dict[str, set[str]] = {
    "sh": {"exit", "as", "elsewhere"},
    "yaml": {"kind", "file"},
    "console": set(),
    "ini": {"unit"},
    "python": {"in"},
    "toml": {"in"},
    "text": set(),
    "mermaid": set(),
}


@dataclass(frozen=True)
class Block:
    """One block. `marks`: what its first line says after the language."""

    page: Path
    line: int
    language: str
    marks: dict[str, str]
    body: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Every block of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        language, *marks = match[2].split() or [""]
        pairs = dict((*mark.split("=", 1), "")[:2] for mark in marks)
        found.append(Block(page, text[: match.start()].count("\n") + 1, language, pairs, textwrap.dedent(match[3])))
    return found


def every() -> list[Block]:
    """The blocks of all pages."""
    pages = sorted([*ROOT.glob("README*.md"), ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
    return [block for page in pages for block in blocks(page)]
