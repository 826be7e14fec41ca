"""What is said not to be built yet isn't: pages, README and the comments of a new repository are asked about it."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, every
from tiangong.cli.table import COMMANDS
from tiangong.model.kinds import KINDS

PAGES = sorted({block.page for block in every()} | set((ROOT / "docs" / "explanation").glob("*.md")))
SAYS = re.compile(
    r"[^.]*(?:[Nn]ot built yet|isn't built|aren't built|come[s]? later|[Nn]ot yet:|once they are built)[^.]*", re.DOTALL
)
PLANNED = ("approval", "attestation", "bundle", "command", "pin", "review", "revocation", "seal", "task")
"""nouns of documents and commands that were, or are, still to come"""


def built() -> set[str]:
    """Those of them that are."""
    return {noun for noun in PLANNED if noun in {kind.lower() for kind in KINDS} or {noun, f"{noun}s"} & set(COMMANDS)}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "tiangong/author/starter.py"], ids=lambda page: page.name)
def test_nothing_is_said_to_be_missing_that_is_there(page: Path) -> None:
    if page.name == "CHANGELOG.md" or page.parent.name in ("adr", "reference"):
        pytest.skip("of its day, or written from the program")
    text = page.read_text(encoding="utf-8")
    for said in SAYS.findall(text.replace("\n", ".\n") if page.suffix == ".py" else text):
        nouns = {word.removesuffix("s") for word in re.findall(r"[a-z]+", said.lower())}
        assert not nouns & built(), f"{page.name} still says: {said.strip()}"
        commands = {name.split()[0] for name in re.findall(r"`tiangong ([a-z-]+)", said)}
        assert not commands & set(COMMANDS), f"{page.name} still says: {said.strip()}"
