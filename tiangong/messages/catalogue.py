"""Looks a code up and fills in its facts. What came from outside is made harmless for a terminal here, once.

This is English, as everything is that is kept, signed or sent: logs of runs, status, messages of commits. What a person
reads right now goes through `tiangong.messages.spoken`, which knows their language.
"""

import importlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tiangong.errors import Fact, Problem

LONGEST_FACT = 400
FIX = "explain/fix"
HARMLESS_CONTROLS = frozenset("\n")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words for one code: `text` and `fix` with `{placeholders}`, and the rule or decision it rests on."""

    text: str
    fix: str = ""
    rule: str = ""


def explain(code: str) -> Sentence:
    """Return the sentence of a code such as `trust/no-authority`; KeyError when the catalogue has none."""
    subject, _, name = code.partition("/")
    try:
        module = importlib.import_module(f"tiangong.messages.en.{subject.replace('-', '_')}")
    except ModuleNotFoundError:
        brought: Mapping[str, Sentence] = brought_along(subject)
        return brought[name]
    sentences: dict[str, Sentence] = module.SENTENCES
    return sentences[name]


def brought_along(name: str) -> Mapping[str, Any]:
    """Sentences of a package with executors of its own: entry point `<subject>` of the group `tiangong.messages`.

    `<subject>.zh` are the same in Chinese, as `Words`.
    """
    from importlib.metadata import entry_points

    for point in entry_points(group="tiangong.messages", name=name):
        found: Mapping[str, Any] = point.load()
        return found
    return {}


def text(code: str, /, **facts: Fact) -> str:
    """Return one sentence with its facts filled in."""
    return fill(explain(code).text, facts)


def render(problem: Problem) -> str:
    """Return a problem as people read it: where, what, how to fix it, and the code in brackets."""
    return lay_out(problem, explain(problem.code), explain(FIX).text)


def lay_out(problem: Problem, sentence: Sentence, fix: str) -> str:
    """Put a problem into these words; `fix`: the sentence that leads from what is wrong to what to do."""
    where = str(problem.place or "").replace("\n", "\N{REPLACEMENT CHARACTER}")
    lines = [where] if where else []
    indent = "  " if lines else ""
    # What came from outside may have lines, but never one that looks like ours.
    facts = {name: f"{value}".replace("\n", f"\n{indent}  | ") for name, value in problem.facts.items()}
    lines.append(indent + fill(sentence.text, facts))
    if sentence.fix:
        lines.append(indent + fix.format(fix=fill(sentence.fix, facts)))
    marks = " ".join(part for part in (problem.code, sentence.rule) if part)
    lines[-1] += f"        [{marks}]"
    return "\n".join(printable(line) for line in lines)


def printable(value: str) -> str:
    """Return text without what a terminal would obey: control, format, surrogate and unassigned characters."""
    return "".join(
        c
        if c in HARMLESS_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        else "\N{REPLACEMENT CHARACTER}"
        for c in value
    )


def fill(template: str, facts: Mapping[str, Fact]) -> str:
    """Put facts into their places, short and harmless."""
    shown = {name: printable(_short(value)) for name, value in facts.items()}
    return template.format_map(shown)


def _short(value: Fact) -> str:
    words = str(value)
    return words if len(words) <= LONGEST_FACT else words[: LONGEST_FACT - 1] + "…"
