"""The README in both languages says the same, and the glossary has every word in both."""

import re
from pathlib import Path
from typing import get_args

import pytest

from tiangong.cli.explain import WORDS
from tiangong.cli.table import COMMANDS
from tiangong.messages.en.word import SENTENCES as ENGLISH
from tiangong.messages.zh.word import SENTENCES as CHINESE
from tiangong.model.kinds import KINDS
from tiangong.model.policy import Level

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "explanation" / "glossary.md"
ROW = re.compile(r"^\| ([A-Z][A-Za-z -]+) \| ([\u4e00-\u9fff]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)]+)\)")


def readme(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows() -> dict[tuple[str, str], tuple[str, str]]:
    """Sentences in both languages → the word in both."""
    return {(en, zh): (word, term) for word, term, en, zh in ROW.findall(GLOSSARY.read_text(encoding="utf-8"))}


def test_each_readme_leads_to_the_other() -> None:
    assert readme("README.md").splitlines()[0] == "English | [中文](README.zh.md)"
    assert readme("README.zh.md").splitlines()[0] == "[English](README.md) | 中文"


def test_both_readmes_have_the_same_blocks_links_and_headings() -> None:
    english, chinese = readme("README.md"), readme("README.zh.md")
    for pattern in (r"^```.*?^```$", r"^#+ "):
        flags = re.MULTILINE | re.DOTALL
        assert re.findall(pattern, english, flags) == re.findall(pattern, chinese, flags)
    links = {link.replace(".zh.svg", ".svg") for link in LINK.findall(chinese)}
    assert set(LINK.findall(english)) - {"README.zh.md"} == links - {"README.md"}
    assert len(re.findall(r"`tiangong [^`]+`", english)) == len(re.findall(r"`tiangong [^`]+`", chinese))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_their_links_lead_somewhere(name: str) -> None:
    assert not [link for link in LINK.findall(readme(name)) if not (ROOT / link).exists()]


def test_the_glossary_has_every_word_as_explain_says_it() -> None:
    known = rows()
    missing = [
        f"| {word.replace('-', ' ').capitalize()} | … | {ENGLISH[word].text} | {CHINESE[word].text} |"
        for word in WORDS
        if (ENGLISH[word].text, CHINESE[word].text) not in known
    ]
    assert not missing, f"{GLOSSARY.name} lacks these rows, or has other words for them:\n" + "\n".join(missing)


def test_no_word_stands_for_two_things() -> None:
    found = list(rows().values())
    for side in (0, 1):
        words = [pair[side] for pair in found]
        assert len(set(words)) == len(words) >= len(WORDS)


def built() -> set[str]:
    """Nouns that documents and commands have: `seal`, `bundle` …"""
    return {kind.lower() for kind in KINDS} | {name.removesuffix("s") for name in COMMANDS} | set(COMMANDS)


def test_no_word_is_said_not_to_be_built_that_is() -> None:
    waiting = {word for word in WORDS if "not built yet" in ENGLISH[word].text}
    assert {word for word in WORDS if "尚未实现" in CHINESE[word].text} == waiting
    assert not {word.replace("-", "") for word in waiting} & built()


def test_the_readme_calls_nothing_not_built_that_is() -> None:
    found = re.search(r"isn't built\s+yet \(([^)]+) …\)", readme("README.md"))
    assert found
    listed = {word.strip().lower().removesuffix("s") for word in found[1].split(",")}
    assert len(listed) > 2
    assert not listed & built()
    levels = re.findall(r"`(signatures|sealed|witnessed)`", readme("README.md").partition("State of things")[2])
    assert set(levels) == set(get_args(Level))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_its_pictures_are_there(name: str) -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", readme(name))
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)
