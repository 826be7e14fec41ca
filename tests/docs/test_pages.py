"""Every page that can be followed is followed, in a world of its own; what it shows is what was printed."""

import shutil
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, blocks
from tests.docs.world import World

PAGES = [
    page
    for page in sorted([*(DOCS / "how-to").glob("*.md"), *(DOCS / "explanation").glob("*.md")])
    if any(block.language == "sh" and "elsewhere" not in block.marks for block in blocks(page))
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path, world: World) -> None:
    shutil.copytree(DOCS / "how-to" / "ci", world.home / "ci")
    shutil.copytree(DOCS / "how-to" / "examples" / "line", world.home / "line")
    found = blocks(page)
    said = world.run(world.script(found))
    missing = world.unseen(found, said)
    assert not missing, f"{missing} isn't in:\n{said}"
