"""What is committed: no names that don't belong here, examples that are what they say, docs that can be typed."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.code import ROOT
from tiangong.cli import app
from tiangong.cli.table import ALIASES, COMMANDS
from tiangong.documents.parse import parse
from tiangong.documents.strict import load
from tiangong.model.kinds import KINDS

# In pieces, so that this file doesn't hold them.
FORBIDDEN = tuple(
    "".join(parts)
    for parts in (
        ("py", "pi.org"),
        ("python", "hosted"),
        ("npm", "js.org"),
        ("proxy.", "golang"),
        ("cra", "tes.io"),
        ("docker", ".io"),
        ("/wo", "rk/"),
        ("../sha", "red"),
        (".lib", "rary"),
        ("iss", "ues show"),
    )
)
TOP = {
    *("pyproject.toml", "tiangong", "schemas", "example-repo", "bundles", "tests", "docs"),
    *(
        "README.md",
        "README.zh.md",
        "LICENSE",
        "CHANGELOG.md",
        "Makefile",
        "requirements.lock",
        "requirements-test.lock",
    ),
}
SCHEMA = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)
EXAMPLES = sorted((ROOT / "example-repo").rglob("*.yaml"))
DOCS = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])


def committed() -> list[Path]:
    """Files git knows, or would take."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_what_doesnt_belong_here() -> None:
    found = []
    for path in committed():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert found == []


def test_the_top_level_is_the_clients() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in committed()}
    assert {name for name in names if not name.startswith(".")} <= TOP


def test_files_are_utf8_with_unix_line_ends() -> None:
    for path in committed():
        raw = path.read_bytes()
        if path.suffix in (".py", ".md", ".yaml", ".toml", ".json", ".lock"):
            raw.decode("utf-8")
            assert b"\r" not in raw or path.parts[len(ROOT.parts)] == "tests", path
            assert raw.endswith(b"\n") or not raw, path


# ── examples ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_names_its_schema(path: Path) -> None:
    found = SCHEMA.search(path.read_text(encoding="utf-8"))
    assert found, "no $schema line"
    schema = (path.parent / found[1]).resolve()
    assert schema.is_file(), schema
    data = load(path.read_bytes(), str(path)).data
    kind = data.get("kind", "Release")
    assert schema.name == f"{kind.lower()}.schema.json"


@pytest.mark.parametrize(
    "path", [p for p in EXAMPLES if "apps" not in p.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_an_example_is_a_document(path: Path) -> None:
    document = parse(path.read_bytes(), str(path.relative_to(ROOT / "example-repo")))
    assert type(document).__name__ in KINDS


# ── docs ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def shown() -> Iterator[Any]:
    """Every command line in a fenced block of the docs."""
    for path in DOCS:
        for block in re.findall(r"^```[a-z]*\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                if found := re.match(r"\s*(?:\$ )?tiangong ([^#]*)", line):
                    yield pytest.param(found[1].strip(), id=f"{path.name}: {found[1].strip()[:60]}")


@pytest.mark.parametrize("line", [*shown()] or [pytest.param("--help", id="nothing is shown")])
def test_command_lines_in_the_docs_can_be_typed(line: str) -> None:
    words = [word for word in shlex.split(re.split(r" {2,}", line)[0]) if word != "…"]
    if words[0].startswith("-"):
        return
    name = ALIASES.get(words[0], words[0])
    assert name in COMMANDS
    command = app.load(name)
    context = command.make_context(name, words[1:], resilient_parsing=True)
    verbs = getattr(command, "commands", None)
    if verbs is not None:
        rest = [*context._protected_args, *context.args]
        assert rest[0] in verbs
        verbs[rest[0]].make_context(rest[0], rest[1:], parent=context, resilient_parsing=True)


def test_links_in_the_docs_lead_somewhere() -> None:
    for path in DOCS:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}"
