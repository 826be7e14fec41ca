"""Where `tiangong` begins: `agent once` is recognised only as the command line would read it, and loads no library."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from tiangong.cli import app
from tiangong.cli.output import Format
from tiangong.cli.start import Once, once_in
from tiangong.messages.spoken import Language
from tiangong.model.host import DEFAULT_SETTINGS

FILE = "/srv/agent.yaml"
HEAVY = ("pydantic", "typer", "yaml", "cryptography", "pygit2", "sqlite3", "httpx", "rich", "concurrent.futures")

READ = {
    "agent once": Once(DEFAULT_SETTINGS),
    f"agent once --settings {FILE}": Once(Path(FILE)),
    f"agent once --settings={FILE}": Once(Path(FILE)),
    f"agent once -o json --settings {FILE}": Once(Path(FILE), Format.JSON),
    f"agent once --settings {FILE} -o yaml": Once(Path(FILE), Format.YAML),
    f"--lang zh agent once --settings {FILE}": Once(Path(FILE), language=Language.ZH),
    f"--lang=en agent once --settings {FILE} -o table": Once(Path(FILE), language=Language.EN),
}


@pytest.mark.parametrize("line", READ)
def test_it_is_read_as_the_command_line_reads_it(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert once_in(line.split(), {}) == READ[line]
    spoken: list[Language] = []
    monkeypatch.setattr(app, "speak", spoken.append)
    root = get_command(app.root)
    with root.make_context("tiangong", line.split()) as context:
        assert spoken == [READ[line].language] * bool(READ[line].language)
        noun = app.load("agent")
        with noun.make_context("agent", [*context._protected_args, *context.args][1:]) as inner:
            once = noun.commands["once"]
            with once.make_context("once", [*inner._protected_args, *inner.args][1:]) as innermost:
                found = innermost.params
    assert (found["settings"], found["output"]) == (READ[line].settings, READ[line].form)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "agent",
        "once",
        "agents once",
        "agent once --help",
        "agent once --fresh",
        f"agent once --fresh --settings {FILE}",
        "agent once --settings",
        "agent once --settings=",
        "agent once --settings -o",
        f"agent once {FILE}",
        f"agent once --settings {FILE} --settings /other.yaml",
        f"agent once -o wide --settings {FILE}",
        f"agent once -ojson --settings {FILE}",
        f"agent once --sett {FILE}",
        f"agent --settings {FILE} once",
        f"-C /srv agent once --settings {FILE}",
        f"--lang fr agent once --settings {FILE}",
        f"--lang agent once --settings {FILE}",
        f"agent once --lang zh --settings {FILE}",
        f"-- agent once --settings {FILE}",
        "agent run",
        "agent list",
    ],
)
def test_whatever_else_is_typed_is_left_to_the_command_line(line: str) -> None:
    assert once_in(line.split(), {}) is None


def test_the_environment_may_name_the_file() -> None:
    assert once_in(["agent", "once"], {"TIANGONG_AGENT": FILE}) == Once(Path(FILE))
    assert once_in(["agent", "once", "--settings", "/x"], {"TIANGONG_AGENT": FILE}) == Once(Path("/x"))
    assert once_in(["agent", "once"], {"TIANGONG_AGENT": ""}) is None


def test_the_short_way_loads_no_library() -> None:
    code = (
        "import sys, tiangong.cli.start, tiangong.rest.look; from tiangong.rest.note import read_note;"
        "from tiangong.cli.output import document, Format; document({}, Format.JSON);"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{}\n[]\n"
