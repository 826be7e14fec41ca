"""What stands in the docs' blocks is what it says it is: documents, units, pieces of real files, lines that can be typed."""

import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import DOCS, MARKS, ROOT, Block, every
from tests.planner.situation import said, situation, wanted
from tiangong.cli import app
from tiangong.cli.table import ALIASES, COMMANDS
from tiangong.documents.parse import parse, parse_model
from tiangong.documents.paths import path_of
from tiangong.documents.strict import load
from tiangong.executors.registry import PluginFile
from tiangong.model.document import Metadata, Model
from tiangong.model.kinds import KINDS
from tiangong.model.product import ReleaseSpec
from tiangong.settings import AgentSettings

EVERY = every()
MODELS: dict[str, type[Model]] = {"AgentSettings": AgentSettings, "PluginFile": PluginFile}


def of(*languages: str) -> list[Any]:
    return [pytest.param(block, id=str(block)) for block in EVERY if block.language in languages]


def test_every_block_says_what_it_is() -> None:
    unknown = [
        f"{block}: {block.language or 'no language'} {' '.join(block.marks)}"
        for block in EVERY
        if block.language not in MARKS or block.marks.keys() - MARKS[block.language]
    ]
    assert not unknown, "\n".join(unknown)


def test_blocks_run_only_where_a_test_runs_them() -> None:
    places = {DOCS / "how-to", DOCS / "explanation"}
    lost = [
        str(block)
        for block in EVERY
        if block.language == "sh" and "elsewhere" not in block.marks and block.page.parent not in places
    ]
    assert [name for name in lost if not name.startswith(("README", "docs/tutorial.md"))] == []


@pytest.mark.parametrize("block", of("yaml"))
def test_yaml_is_what_it_says(block: Block) -> None:
    raw, kind = block.body.encode(), block.marks.get("kind", "")
    if kind in MODELS:
        parse_model(raw, str(block), MODELS[kind])
    elif kind == "ReleaseText":
        ReleaseSpec.model_validate(load(raw, str(block)).data["spec"])
    elif kind == "PlannerCase":
        for case in load(raw, str(block)).data["cases"]:
            verdicts = {verdict.installation: verdict for verdict in situation(case).plan().verdicts}
            for name, answer in wanted(case):
                assert said(verdicts[name], answer) == answer
    else:
        assert not kind
        assert type(parse(raw, _path(block))).__name__ in KINDS


def _path(block: Block) -> str:
    """Where the document would stand: as marked, else as its kind and name say."""
    if file := block.marks.get("file"):
        return file.removeprefix("~/fleet/")
    data = load(block.body.encode(), str(block)).data
    shell = Metadata.model_construct(name=data["metadata"]["name"], environment=data["metadata"].get("environment"))
    return path_of(KINDS[data["kind"]].model_construct(kind=data["kind"], metadata=shell))


@pytest.mark.parametrize("block", of("python", "toml"))
def test_a_piece_of_a_file_stands_in_it(block: Block) -> None:
    whole = (DOCS / block.marks["in"]).read_text(encoding="utf-8")
    assert block.body.rstrip() in whole or textwrap.indent(block.body, "    ").rstrip() in whole


@pytest.mark.parametrize("block", of("sh"))
def test_shell_can_be_read(block: Block) -> None:
    done = subprocess.run(["bash", "-n"], input=block.body, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    joined = block.body.replace("\\\n", " ")
    for found in re.findall(r"^\s*tiangong ([^#|>&]*)", joined, re.MULTILINE):
        _typed(shlex.split(re.sub(r'"?\$\([^\n]*\)"?', "x", re.split(r" {2,}", found)[0])))


def _typed(words: list[str]) -> None:
    while words and words[0] in ("-C", "--context", "--lang"):
        words = words[2:]
    if not words or words[0].startswith("-"):
        return
    name = ALIASES.get(words[0], words[0])
    assert name in COMMANDS
    command, rest = app.load(name), words[1:]
    if verbs := getattr(command, "commands", None):
        assert rest[0] in verbs
        command, rest = verbs[rest[0]], rest[1:]
    command.make_context(name, rest, resilient_parsing=True)


def test_readme_names_targets_that_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    lines = [
        line
        for block in EVERY
        if block.page.name == "README.md" and block.language == "sh"
        for line in block.body.splitlines()
    ]
    assert lines
    for line in lines:
        words = line.split()
        assert words[0] in ("make", "pipx", "python3") or words[0].startswith(".venv/"), line
        assert words[0] != "make" or words[1] in targets, line


def test_units_are_in_order(tmp_path: Path) -> None:
    """As systemd reads them; programs that are only on a host are there by another name."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze isn't here")
    units = [block for block in EVERY if block.language == "ini"]
    assert units
    for block in units:
        text = re.sub(r"/opt/tiangong/bin/tiangong|/srv/shop/current/server.py", sys.executable, block.body)
        (tmp_path / block.marks["unit"]).write_text(text, encoding="utf-8")
    files = [str(tmp_path / block.marks["unit"]) for block in units]
    done = subprocess.run([analyze, "verify", "--man=no", *files], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if any(block.marks["unit"] in line for block in units)]
    assert done.returncode == 0, done.stderr
    assert not ours, done.stderr
