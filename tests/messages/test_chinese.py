"""Both languages say the same: every sentence is there twice, with the same facts, commands and options."""

import importlib
import re
from functools import cache
from string import Formatter
from typing import Any

import pytest

from tests.architecture.code import PACKAGE, ROOT
from tiangong.cli.table import COMMANDS

SAME = {
    "doctor/git",
    "edit/schema-line",
    "init/next-cd",
    "init/next-push",
    "init/next-remote",
    "join/command",
}
"""what is nothing but a command, or a fact"""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"\btiangong ((?:-C DIR )?[a-z]+(?:-[a-z]+)*)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
TERMS = {
    "agent": "代理",
    "artifact": "制品",
    "channel": "发布渠道",
    "constraint": "约束",
    "environment": "环境",
    "executor": "执行器",
    "fleet": "机群",
    "generation": "代次",
    "installation": "安装实例",
    "maintenance window": "维护窗口",
    "policy": "策略",
    "profile": "配置档",
    "promotion": "晋级",
    "receipt": "回执",
    "role": "角色",
    "suppression": "变更抑制",
    "trust root": "信任根",
}
OTHER_MEANING = {"demo/no-example", "edit/bad-target", "edit/no-environment", "join/compare"}
"""where it is a field, part of a command, or means something else"""
NO_PROSE = re.compile(r"tiangong [a-z -]+|\{[^{}]*\}|`[^`]*`|ssh agent")
WESTERN = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]")
"""punctuation of the other language"""


def subjects(language: str) -> set[str]:
    return {path.stem for path in (PACKAGE / "messages" / language).glob("*.py")} - {"__init__"}


@cache
def sentences(language: str) -> dict[str, Any]:
    """Every sentence of a language by code."""
    found: dict[str, Any] = {}
    for subject in sorted(subjects(language)):
        module = importlib.import_module(f"tiangong.messages.{language}.{subject}")
        found |= {f"{subject.replace('_', '-')}/{name}": words for name, words in module.SENTENCES.items()}
    return found


def both() -> list[tuple[str, str, str]]:
    """(code, English, Chinese) of every part of every sentence."""
    english, chinese = sentences("en"), sentences("zh")
    found = []
    for code in english.keys() & chinese.keys():
        found += [(code, getattr(english[code], part), getattr(chinese[code], part)) for part in ("text", "fix")]
    return sorted(found)


def places(template: str) -> list[tuple[str, str]]:
    """The facts a template asks for, and what is done to them."""
    return sorted({(name, how or "") for _, name, _, how in Formatter().parse(template) if name})


def commands(template: str) -> set[str]:
    return {word for word in WORD.findall(template) if word.removeprefix("-C DIR ") in COMMANDS}


def test_no_sentence_is_missing() -> None:
    missing = [
        f"tiangong/messages/zh/{code.partition('/')[0].replace('-', '_')}.py: {code.partition('/')[2]!r}"
        for code in sorted(sentences("en").keys() - sentences("zh").keys())
    ]
    assert not missing, "add the words in Chinese:\n" + "\n".join(missing)


def test_no_sentence_is_left_over() -> None:
    assert not sorted(sentences("zh").keys() - sentences("en").keys())
    assert subjects("zh") == subjects("en")


def test_the_facts_are_the_same() -> None:
    wrong = [f"{code}: {places(en)} {places(zh)}" for code, en, zh in both() if places(en) != places(zh)]
    assert not wrong, "\n".join(wrong)


def test_every_template_can_be_filled_in() -> None:
    for code, _, zh in both():
        filled = zh.format_map({name: "x" for name, _ in places(zh)})
        assert filled.count("{") == filled.count("}") or "${" in filled or "[ {" in filled, code


def test_where_one_says_what_to_do_the_other_does() -> None:
    assert not [code for code, en, zh in both() if bool(en) != bool(zh)]


def test_the_words_are_chinese() -> None:
    """Nothing was copied; a fix may be nothing but a command."""
    english, chinese = sentences("en"), sentences("zh")
    assert {code for code, words in chinese.items() if code in english and words.text == english[code].text} == SAME
    bare = {code: re.sub(r"\{[^{}]*\}", "", words.text) for code, words in chinese.items() if code not in SAME}
    assert not [code for code, text in bare.items() if re.search("[A-Za-z]", text) and not CHINESE.search(text)]


def test_commands_and_options_are_the_same() -> None:
    wrong = [
        f"{code}: {commands(en) ^ commands(zh)} {set(OPTION.findall(en)) ^ set(OPTION.findall(zh))}"
        for code, en, zh in both()
        if commands(en) != commands(zh) or set(OPTION.findall(en)) != set(OPTION.findall(zh))
    ]
    assert not wrong, "\n".join(wrong)


def test_punctuation_is_chinese() -> None:
    allowed = re.compile(r"[a-z]+:[\u4e00-\u9fff ]")  # the name of a field, such as secrets:
    wrong = [code for code, _, zh in both() if WESTERN.search(allowed.sub("", zh))]
    assert not wrong, wrong


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_one_word(term: str) -> None:
    """The one the glossary has; commands, placeholders and NAMES are not prose."""
    word = TERMS[term]
    prose = re.compile(rf"(?<![\w/.:-])[{term[0]}{term[0].upper()}]{term[1:]}s?(?![\w=:/.-])")
    lost = [
        f"{code}: {en} | {zh}"
        for code, en, zh in both()
        if prose.search(NO_PROSE.sub("", en)) and word not in zh and code not in OTHER_MEANING
    ]
    assert not lost, f"say {term} with {word}, or name the code in OTHER_MEANING:\n" + "\n".join(lost)


def test_these_are_the_words_of_the_glossary() -> None:
    glossary = (ROOT / "docs" / "explanation" / "glossary.md").read_text(encoding="utf-8")
    assert not [term for term, word in TERMS.items() if f"| {term.capitalize()} | {word} |" not in glossary]
