"""The messages: every code with its sentence, what to do, and the rule it rests on."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import tiangong.messages.en as catalogue
from docs.generate.markdown import code, table, whole
from tiangong.messages.catalogue import Sentence

INTRO = """\
Every sentence the program may say, by its code: `tiangong explain CODE` says the same. Words in `{}` are filled in.
Exit codes stand in [the command line](cli.md#exit-codes), words in the [glossary](../explanation/glossary.md)."""
ELSEWHERE = {"word", "exit", "rule"}
"""subjects that have a page or a place of their own"""


def page() -> str:
    """`reference/errors.md`."""
    found = dict(subjects())
    return whole(
        "Messages",
        INTRO,
        *(f"## {name}\n\n{_table(name, sentences)}" for name, sentences in found.items() if name not in ELSEWHERE),
        "## Rules and decisions\n",
        table(("rule", ""), ((name.upper(), one.text) for name, one in found["rule"].items())),
    )


def subjects() -> Iterator[tuple[str, dict[str, Sentence]]]:
    """Every subject with its sentences, by name."""
    for folder in catalogue.__path__:
        for path in sorted(Path(folder).glob("[a-z]*.py")):
            module = importlib.import_module(f"{catalogue.__name__}.{path.stem}")
            yield path.stem.replace("_", "-"), module.SENTENCES


def _table(subject: str, sentences: dict[str, Sentence]) -> str:
    rows = ((code(f"{subject}/{name}"), _text(one.text), _text(one.fix), one.rule) for name, one in sentences.items())
    return table(("code", "says", "what to do", "rule"), rows)


def _text(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}").replace("<", "&lt;").replace("*", "\\*")
