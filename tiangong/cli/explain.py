"""`tiangong explain`: what a word means, what a rule says, what a message's code or an exit code stands for."""

import difflib
import re
import textwrap
from collections.abc import Iterator
from typing import Annotated

import typer

from tiangong.cli.output import Format, answer, answers, raw, say
from tiangong.errors import Misuse
from tiangong.messages.spoken import explain as sentence_of
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, Topic

WORDS = (
    *("product", "release", "channel", "promotion", "recall", "roll-off", "attestation", "artifact", "payload"),
    *("environment", "profile", "installation", "config-override", "agent", "envelope", "fact", "drift", "health"),
    *("plan", "step", "executor", "run", "verdict", "ready", "held", "up-to-date", "reason", "constraint", "receipt"),
    *("status", "status-ref", "task", "window", "suppression", "hold", "pin", "approval", "quorum", "command"),
    *("review", "withdrawal", "trust-root", "policy", "role", "principal", "signature", "generation", "quarantine"),
    *("seal", "revocation", "bundle", "status-bundle", "promoter", "context", "control-repository"),
)
RULES, DECISIONS = 25, 39
WIDTH = 100
EXITS = ("0", "1", "2", "3", "4", "5", "6", "130", "143")
RULE = re.compile(r"[rd][1-9][0-9]?")
CODE = re.compile(r"[a-z][a-z-]*/[a-z0-9-]+")
SAME = {
    "maintenance-window": "window",
    "effect-envelope": "envelope",
    "override": "config-override",
    "root": "trust-root",
}
"""other names of the same things"""

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    word: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD | RULE | CODE]", help="All, when left out.")
    ] = None,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Explain a word, a rule, the code of a message, or an exit code."""
    if not word:
        _everything(output)
        return
    found = topic(" ".join(word))
    if output is not Format.TABLE:
        answer(found, output)
        return
    raw(found.text)
    if found.fix:
        say("explain/fix", fix=found.fix)
    for rule in found.rules:
        say("explain/rule", name=rule, text=text(f"rule/{rule.lower()}"))


def topic(word: str) -> Topic:
    """What is known about a word; Misuse with the nearest words when that is nothing."""
    name = "-".join(word.strip("[]").lower().split())
    name = SAME.get(name, name)
    if name in EXITS:
        return Topic(metadata=AnswerMetadata(name=name), about="exit", text=text(f"exit/{name}"))
    if name in _rules():
        return Topic(metadata=AnswerMetadata(name=name.upper()), about="rule", text=text(f"rule/{name}"))
    for one in (name, name.removesuffix("s"), name.removesuffix("es")):
        if one in WORDS:
            return Topic(metadata=AnswerMetadata(name=one), about="word", text=text(f"word/{one}"))
    if CODE.fullmatch(name) and (found := _code(name)):
        return found
    near = difflib.get_close_matches(name, [*WORDS, *SAME, *_rules()], 3, 0.5)
    if not near:
        raise Misuse.of("explain/nothing", word=word)
    raise Misuse.of("explain/unknown", word=word, near=", ".join(near))


def _code(code: str) -> Topic | None:
    try:
        found = sentence_of(code)
    except KeyError:
        return None
    rules = tuple(rule for rule in found.rule.split() if rule.lower() in _rules())
    texts = (part.replace("{{", "{").replace("}}", "}").replace("!s}", "}") for part in (found.text, found.fix))
    said, fix = texts
    return Topic(metadata=AnswerMetadata(name=code), about="code", text=said, fix=fix, rules=rules)


def _rules() -> list[str]:
    return [f"r{number}" for number in range(1, RULES + 1)] + [f"d{number}" for number in range(1, DECISIONS + 1)]


def _everything(form: Format) -> None:
    if form is not Format.TABLE:
        answers(list(_topics()), form)
        return
    say("explain/words")
    raw(textwrap.fill(", ".join(WORDS), WIDTH, initial_indent="  ", subsequent_indent="  "))
    say("explain/rules", rules=RULES, decisions=DECISIONS)
    say("explain/exits", codes=", ".join(EXITS))
    say("explain/codes")


def _topics() -> Iterator[Topic]:
    """Everything but the codes of messages."""
    yield from (topic(name) for name in (*WORDS, *_rules(), *EXITS))
