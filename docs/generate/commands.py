"""The command line: every command with its arguments, options and examples, as typer knows them."""

from collections.abc import Iterator
from typing import Any

from docs.generate.markdown import code, plain, table, whole
from tiangong.cli.app import load
from tiangong.cli.examples import EXAMPLES
from tiangong.cli.table import ALIASES, COMMANDS, ELSEWHERE
from tiangong.messages.en.exit import SENTENCES as EXITS

INTRO = "Every command. `tiangong COMMAND --help` says the same; TAB completes names from the clone."
GLOBAL = (
    ("-C DIR", "Run as if started in DIR."),
    ("--context NAME", "Work in the clone of this name."),
    ("--lang en|zh", "Speak this language; else what LANG says."),
    ("--version", "Show the version."),
)


def page() -> str:
    """`reference/cli.md`."""
    listed = ((f"[{name}](#{name})", command.help) for name, command in COMMANDS.items())
    return whole(
        "The command line",
        INTRO,
        table(("command", "does"), listed),
        "Before the command:\n",
        table(("option", ""), ((code(option), what) for option, what in GLOBAL)),
        *(part for name in COMMANDS for part in _command(load(name), name, "##")),
        "## Exit codes\n",
        table(("code", "means"), ((number, sentence.text) for number, sentence in EXITS.items())),
        "## Other spellings\n",
        table(("typed", "is"), ((code(word), code(name)) for word, name in ALIASES.items())),
        "Words of other tools answer with the command that does it here:\n",
        table(("typed", "here"), ((code(word), code(f"tiangong {here}")) for word, here in ELSEWHERE.items())),
    )


def _command(command: Any, name: str, level: str) -> Iterator[str]:
    context = command.make_context(f"tiangong {name}", [], resilient_parsing=True)
    yield f"{level} {name}\n"
    yield plain(command.help or "") + "\n"
    verbs = getattr(command, "commands", {})
    if not verbs:
        yield f"```text\ntiangong {name} {' '.join(command.collect_usage_pieces(context))}\n```\n"
        yield table(("argument or option", ""), _parameters(command, context))
        yield _examples(name)
    for verb, inner in verbs.items():
        yield from _command(inner, f"{name} {verb}", f"{level}#")


def _parameters(command: Any, context: Any) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and "--help" not in parameter.opts:
            yield code(record[0]), record[1]


def _examples(name: str) -> str:
    lines = EXAMPLES.get(name, ())
    width = max((len(line) for line, _ in lines), default=0)
    body = "\n".join(f"{line:<{width}}  # {what}" if what else line for line, what in lines)
    return f"```sh elsewhere\n{body}\n```\n" if lines else ""
