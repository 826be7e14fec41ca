"""Pictures of a terminal, drawn from what the program prints: `python -m tests.docs.pictures`; a test fails when stale."""

import io
import re
import sys
import tempfile
from html import unescape
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.docs.blocks import DOCS
from tests.docs.world import World

FOLDER = DOCS / "pictures"
WIDTH = 104
LANGUAGES = {"en": "why.svg", "zh": "why.zh.svg"}
SCENE = """
cd ~/fleet
tiangong suspend dev/hello --for 2h --reason "payment incident" --id inc-7 --push --yes
tiangong release publish ~/hello/release.yaml --version 1.2.0 --push --yes
tiangong agent once --settings ~/host/agent.yaml
"""
SHOWN = ("status", "why dev/hello")
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\+00:00| UTC)?|\b\d+s\b|\b[0-9a-f]{12}\b|\bnumber \d+|编号 \d+"
)


def seen(world: World, language: str) -> str:
    """What a terminal shows, with its colours. The scene has to be set."""
    pty = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
    screen = {"TERM": "xterm-256color", "COLUMNS": str(WIDTH), "LINES": "50", "LC_ALL": "C.UTF-8"}
    lines = []
    for words in SHOWN:
        command = ["tiangong", "-C", str(world.home / "fleet"), "--lang", language, *words.split()]
        code, said = world.call([sys.executable, "-c", pty, *command], screen)
        assert code == 0, said
        lines += [f"\x1b[32m$\x1b[0m tiangong {words}", *said.replace("\r", "").rstrip().splitlines(), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip()


def draw(said: str) -> str:
    """As SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(said))
    picture = console.export_svg(title="tiangong why", unique_id="terminal")
    # Nothing is fetched from anywhere to look at it.
    return re.sub(
        r"Fira Code", "ui-monospace", re.sub(r" *(@font-face \{.*?\}|<!--.*?-->)\n+", "", picture, flags=re.DOTALL)
    )


def words_of(picture: str) -> str:
    """The text in a picture, without what is different each time."""
    pieces = re.findall(r"<text [^>]*clip-path[^>]*>([^<]*)</text>", picture)
    return steady(unescape("".join(pieces)))


def steady(text: str) -> str:
    """A text without times, ids and spaces."""
    return re.sub(r"\s", "", CHANGING.sub("…", text.replace("\xa0", " ")))


def main() -> None:
    """Draw all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.start()
        world.run(world.script([]) + SCENE)
        for language, name in LANGUAGES.items():
            (FOLDER / name).write_text(draw(seen(world, language)), encoding="utf-8")
        world.stop()


if __name__ == "__main__":
    main()
