"""The pictures show what the program prints today, in both languages."""

import re

import pytest

from tests.docs.pictures import FOLDER, LANGUAGES, SCENE, seen, steady, words_of
from tests.docs.world import World

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.timeout(300)
def test_pictures_are_as_the_program_speaks(world: World) -> None:
    world.run(world.script([]) + SCENE)
    for language, name in LANGUAGES.items():
        picture = (FOLDER / name).read_text(encoding="utf-8")
        assert "http" not in picture.replace("http://www.w3.org/", "")
        shown = steady(ESCAPES.sub("", seen(world, language)))
        assert words_of(picture) == shown, "draw them anew: python -m tests.docs.pictures"
