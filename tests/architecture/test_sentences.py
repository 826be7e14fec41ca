"""The catalogue: every code that is used is in it, with every fact its words ask for; and nothing else is in it."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

from tests.architecture.code import PACKAGE, Module, calls, modules
from tiangong.cli import app
from tiangong.cli.table import ALIASES, COMMANDS
from tiangong.messages.catalogue import Sentence

CODE = re.compile(r"[a-z][a-z-]*/[a-z0-9]+(?:-[a-z0-9]+)*\Z")
PREFIX = re.compile(r"([a-z][a-z-]*)/([a-z0-9-]*)\Z")
LOOKED_UP = {"rule", "word"}
"""subjects of which `tiangong explain` shows whatever sentence people ask for"""
PATHS = {"trust/root", "trust/revocations"}
"""words of the repository that look like codes"""
SAYERS = {"problem", "of", "say", "tell", "text", "written", "note", "warn"}
"""what takes a code, and facts by keyword"""
RULE = re.compile(r"([RDGB]\d{1,2}( [RDGB]\d{1,2})*)?")
PROSE = {"has", "itself", "on"}
"""what follows where the name is a word of a sentence"""
LINE = re.compile(r"tiangong((?: [a-zA-Z{}@…/=:-][^;,()…]*)?)")


@cache
def catalogue() -> dict[str, Sentence]:
    """Every sentence by code."""
    found: dict[str, Sentence] = {}
    for path in sorted((PACKAGE / "messages" / "en").glob("*.py")):
        if path.stem != "__init__":
            sentences = importlib.import_module(f"tiangong.messages.en.{path.stem}").SENTENCES
            found |= {f"{path.stem.replace('_', '-')}/{name}": sentence for name, sentence in sentences.items()}
    return found


def subjects() -> set[str]:
    return {code.partition("/")[0] for code in catalogue()}


def speaking() -> list[Module]:
    return [module for module in modules() if module.room != "messages"]


def strings(module: Module) -> Iterator[str]:
    return (n.value for n in ast.walk(module.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def built(module: Module) -> Iterator[tuple[str, str]]:
    """(subject, beginning of the name) of codes that are put together: `f"status/{word}"`."""
    for node in ast.walk(module.tree):
        first = node.values[0] if isinstance(node, ast.JoinedStr) else None
        if isinstance(first, ast.Constant) and (found := PREFIX.match(str(first.value))):
            yield found[1], found[2]


def names(sentence: Sentence) -> set[str]:
    return {name for part in (sentence.text, sentence.fix) for _, name, _, _ in Formatter().parse(part) if name}


# ── every code is there, every sentence is used ──────────────────────────────────────────────────────────────────
def test_every_code_has_words() -> None:
    wordless = [
        f"{module}: {word}"
        for module in speaking()
        for word in strings(module)
        if CODE.match(word) and word.partition("/")[0] in subjects() and word not in {*catalogue(), *PATHS}
    ]
    assert not wordless, "\n".join(wordless)


def test_every_sentence_is_said_somewhere() -> None:
    words = {s for module in speaking() for s in strings(module)}
    prefixes = {prefix for module in speaking() for prefix in built(module)}

    def is_said(code: str) -> bool:
        subject, _, name = code.partition("/")
        starts = [start for of, start in prefixes if of == subject and name.startswith(start)]
        return code in words or any(name.removeprefix(start) in words or start for start in starts)

    silent = [code for code in catalogue() if code.partition("/")[0] not in LOOKED_UP and not is_said(code)]
    assert not silent, "said nowhere:\n" + "\n".join(silent)


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────
def spoken() -> Iterator[tuple[Module, str, ast.Call]]:
    """Calls that name a code outright and give all facts by keyword."""
    for module in speaking():
        for name, call in calls(module):
            first = call.args[0] if call.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value in catalogue()
            if name in SAYERS and literal and all(keyword.arg for keyword in call.keywords):
                yield module, first.value, call  # type: ignore[union-attr, misc]


def test_every_fact_that_words_ask_for_is_given() -> None:
    missing = [
        f"{module}:{call.lineno} {code}: {sorted(lacking)}"
        for module, code, call in spoken()
        if (lacking := names(catalogue()[code]) - {keyword.arg for keyword in call.keywords})
    ]
    assert not missing, "\n".join(missing)


def test_a_sentence_is_in_order() -> None:
    for code, sentence in catalogue().items():
        for part in (sentence.text, sentence.fix):
            for _, name, spec, conversion in Formatter().parse(part):
                assert name is None or name.isidentifier(), f"{code}: facts are plain names"
                assert not spec, code
                assert conversion in (None, "s"), code
            assert part == part.rstrip(), code
        assert RULE.fullmatch(sentence.rule), f"{code}: {sentence.rule}"


# ── commands that sentences name ─────────────────────────────────────────────────────────────────────────────────
def lines() -> Iterator[tuple[str, list[str]]]:
    """(code, words after `tiangong`) for every command a sentence tells people to type."""
    for code, sentence in catalogue().items():
        for part in (sentence.text, sentence.fix):
            for found in LINE.findall(part):
                words = found.split()
                if words and re.fullmatch(r"[a-z][a-z-]*", words[0]) and words[0] not in PROSE:
                    yield code, words


def test_commands_in_sentences_can_be_typed() -> None:
    wrong = [f"{code}: tiangong {' '.join(words)}: {why}" for code, words in lines() if (why := _flaw(words))]
    assert not wrong, "\n".join(wrong)


def _flaw(words: list[str]) -> str:
    """Why a line can't be typed: no such command, verb or option."""
    name = ALIASES.get(words[0], words[0])
    if name not in COMMANDS:
        return "no such command"
    command: Any = app.load(name)
    rest = words[1:]
    verbs = getattr(command, "commands", None)
    if verbs is not None:
        if not rest or rest[0] not in verbs:
            return f"one of {sorted(verbs)} must follow" if rest and rest[0].isalpha() and rest[0].islower() else ""
        command, rest = verbs[rest[0]], rest[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = {word.strip(".:`'\"") for word in rest if re.match(r"--?[a-z]", word)}
    return f"no option {sorted(options - known)}" if options - known - {"--help"} else ""
