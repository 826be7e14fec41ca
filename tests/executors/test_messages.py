"""Every sentence an executor says stands in the catalogue, every failure with a fix, and none is left over."""

import re
from pathlib import Path

import pytest

import tiangong.executors
from tiangong.executors.file import template
from tiangong.executors.file.spec import OPERATIONS
from tiangong.messages import explain
from tiangong.messages.en import executor, file, http, shell, step

ROOM = Path(tiangong.executors.__file__).parent
CODE = re.compile(r"""["']((?:file|shell|http|executor|step)/[a-z-]+)["']""")
SUBJECTS = {"executor": executor, "file": file, "http": http, "shell": shell, "step": step}


def used(folder: Path) -> set[str]:
    words = {words for path in folder.rglob("*.py") for words in CODE.findall(path.read_text())}
    operations = [name.rstrip("_") for name in OPERATIONS]
    made = {f"file/{verb}-{name}" for verb in ("would", "did") for name in operations}
    kinds = re.findall(r'"problem": "([a-z-]+)"', (ROOM / "file" / "renderer.py").read_text())
    assert set(kinds) == {"syntax", "undefined", "unsafe", "failed", "too-much"}
    return words | made | {f"file/template-{kind}" for kind in kinds}


@pytest.mark.parametrize("code", sorted(used(ROOM)))
def test_every_code_has_words(code: str) -> None:
    assert explain(code).text


def raised() -> set[str]:
    """Codes that are raised, not only shown as notes or findings."""
    pattern = re.compile(r'(?:Failed|Refused|Misuse)(?:\.of)?\((?:problem\()?\s*"([a-z]+/[a-z-]+)"')
    pattern_problem = re.compile(r'return problem\("([a-z]+/[a-z-]+)"')
    texts = [path.read_text() for path in ROOM.rglob("*.py")]
    return {code for text in texts for regex in (pattern, pattern_problem) for code in regex.findall(text)}


@pytest.mark.parametrize("code", sorted(raised()))
def test_every_failure_says_what_to_do(code: str) -> None:
    assert explain(code).fix


def test_the_list_of_failures_is_not_empty_by_mistake() -> None:
    assert len(raised()) > 40
    assert template.PROGRAM.is_file()


@pytest.mark.parametrize("subject", ["executor", "file", "http", "shell"])
def test_no_words_are_left_over(subject: str) -> None:
    codes = {f"{subject}/{name}" for name in SUBJECTS[subject].SENTENCES}
    assert codes <= used(ROOM), codes - used(ROOM)
