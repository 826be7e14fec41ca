"""The tutorial, word for word: every YAML is written where it says, every command runs, in an empty home folder."""

import pytest

from tests.docs.blocks import DOCS, blocks
from tests.docs.world import World


@pytest.mark.timeout(300)
def test_tutorial(world: World) -> None:
    assert "Hello again." in world.told
    said = world.run(world.script(world.rest))
    assert "looking into a payment incident" in said, said
    missing = world.unseen(blocks(DOCS / "tutorial.md"), world.told + said)
    assert not missing, f"{missing} isn't in:\n{world.told}{said}"
