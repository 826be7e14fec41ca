"""The catalogue in the language of who reads it now: for what is shown and forgotten, never for what is kept.

Only the command line imports this. `zh/<subject>.py` holds words for the codes of `en/<subject>.py`; the rule is the
same in every language, and a sentence nobody has translated is said in English.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tiangong.errors import Fact, Problem
from tiangong.messages import catalogue
from tiangong.messages.catalogue import FIX, Sentence, brought_along, fill, lay_out

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set says the language."""


class Language(StrEnum):
    """The languages people are spoken to in."""

    EN = "en"
    ZH = "zh"

    @property
    def sample(self) -> str:
        """A word of it in its own letters."""
        return {"en": "English", "zh": "中文"}[self.value]


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in another language; what it rests on stands in the English one."""

    text: str
    fix: str = ""


class _Spoken:
    language = Language.EN


def speak(language: Language) -> None:
    """Speak this language from now on, everywhere in this process."""
    _Spoken.language = language


def language() -> Language:
    """The language that is spoken."""
    return _Spoken.language


def preferred(environ: Mapping[str, str]) -> Language:
    """The language a person's locale asks for: Chinese for zh and anything that begins so, English for all others."""
    locale = next((environ[name] for name in LOCALE if environ.get(name)), "")
    return Language.ZH if locale.lower().startswith("zh") else Language.EN


def explain(code: str) -> Sentence:
    """Return the sentence of a code in the language that is spoken; KeyError when the catalogue has none."""
    sentence = catalogue.explain(code)
    if _Spoken.language is Language.EN:
        return sentence
    subject, _, name = code.partition("/")
    words = _words(_Spoken.language, subject).get(name)
    return replace(sentence, text=words.text, fix=words.fix) if words else sentence


def text(code: str, /, **facts: Fact) -> str:
    """Return one sentence with its facts filled in."""
    return fill(explain(code).text, facts)


def render(problem: Problem) -> str:
    """Return a problem as people read it: where, what, how to fix it, and the code in brackets."""
    return lay_out(problem, explain(problem.code), explain(FIX).text)


def _words(language: Language, subject: str) -> Mapping[str, Words]:
    try:
        module = importlib.import_module(f"tiangong.messages.{language}.{subject.replace('-', '_')}")
    except ModuleNotFoundError:
        return brought_along(f"{subject}.{language}")
    words: dict[str, Words] = module.SENTENCES
    return words
