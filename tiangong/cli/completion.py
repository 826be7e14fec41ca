"""`tiangong completion`: what TAB offers in bash, zsh and fish; commands and options are written into the script.

At the cursor a small shell program reads names from the files of the clone, so that no TAB waits for Python.
"""

import sys
from collections.abc import Iterator
from enum import Enum, StrEnum
from importlib.resources import files
from typing import Annotated, Any

import typer

from tiangong.cli.explain import WORDS
from tiangong.cli.output import tell
from tiangong.cli.table import ALIASES, COMMANDS

KINDS = {
    **dict.fromkeys(("ENV[/INST]", "[ENV[/INST] | REV..REV [PATH…]]"), "inst"),
    **dict.fromkeys(("FILE", "FILE…", "PATH", "[PATH…]"), "file"),
    **dict.fromkeys(("TARGET", "TARGET KEY=VALUE…"), "target"),
    **dict.fromkeys(("CH", "CHANNEL"), "channel"),
    **dict.fromkeys(("B", "BRANCH"), "branch"),
    **dict.fromkeys(("E", "ENV"), "env"),
    "[ENV[/INST] | FILE]": "instfile",
    "ENV[/INST]|RUN": "run",
    "GLOB,…": "envs",
    "ENV/INST | PRODUCT": "inst",
    "PRODUCT": "product",
    "REQUEST|ENV": "env",
    "PRODUCT@V": "release",
    "DIR": "folder",
    "[WORD | RULE | CODE]": "=" + ",".join(WORDS),
    "CONTEXT": "context",
}
"""what help calls a value → what is offered for it"""
BY_OPTION = {"--profile": "profile", "--from": "profile", "--product": "product"}
BY_NOUN = {"product": "product", "channel": "channel", "profile": "profile", "env": "env", "suppression": "suppression"}
NEW = ("new",)
"""verbs whose NAME nobody can know yet"""
GLOBAL = (("-C", "folder", "Run as if started in DIR."), ("--context", "context", "Use the clone of this name."))

app = typer.Typer(add_completion=False)


class Shell(StrEnum):
    """The shells it is made for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


SCRIPTS = {Shell.BASH: "bash.sh", Shell.ZSH: "zsh.zsh", Shell.FISH: "fish.fish"}


@app.command()
def completion(shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]) -> None:
    """Print the completion script of a shell: commands, options, and names from the clone one stands in."""
    print(script(shell), end="")
    if sys.stdout.isatty():
        tell(f"completion/how-{shell}")


def script(shell: Shell) -> str:
    """The script, with every command as it is now."""
    folder = files("tiangong.cli") / "shells"
    engine = (folder / "engine.sh").read_text(encoding="utf-8")
    engine = engine.replace("@SPEC@", "\n".join(_cases())).replace("@ALIASES@", "\n".join(_aliases())).rstrip("\n")
    if shell is Shell.FISH:
        engine = engine.replace("\\", "\\\\").replace("'", "\\'")
    return (folder / SCRIPTS[shell]).read_text(encoding="utf-8").replace("@ENGINE@", engine)


def _aliases() -> Iterator[str]:
    for word, name in ALIASES.items():
        yield f"    {word}) printf '%s' {name} ;;"


def _cases() -> Iterator[str]:
    """One branch of the engine's table for each command."""
    lines = [f"c|{name}|-|{_plain(command.help)}" for name, command in COMMANDS.items()]
    lines += [f"o|{option}|{kind}|{help_}" for option, kind, help_ in GLOBAL]
    lines += ["o|--version|-|Show the version.", "o|--help|-|Show help."]
    yield from _case("", lines)
    from tiangong.cli.app import load

    for name in COMMANDS:
        yield from _of(name, load(name))


def _of(path: str, command: Any) -> Iterator[str]:
    verbs = getattr(command, "commands", {})
    lines = [f"c|{verb}|-|{_first(inner)}" for verb, inner in verbs.items()]
    yield from _case(path, [*lines, *_places(path, command), *_options(path, command), "o|--help|-|Show help."])
    for verb, inner in verbs.items():
        yield from _of(f"{path} {verb}", inner)


def _case(path: str, lines: list[str]) -> Iterator[str]:
    yield f"    '{path}') cat <<'END' ;;" if path else "    '') cat <<'END' ;;"
    yield from lines
    yield "END"


def _places(path: str, command: Any) -> Iterator[str]:
    """Positionals: their number, or `*` for all of them, and what is offered."""
    number = 0
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield f"p|{'*' if parameter.nargs == -1 else number}|{_kind(path, parameter)}|"
            number += 1


def _options(path: str, command: Any) -> Iterator[str]:
    for parameter in command.params:
        if parameter.param_type_name == "option" and "--help" not in parameter.opts:
            kind = "-" if parameter.is_flag else _kind(path, parameter)
            for option in parameter.opts:
                yield f"o|{option}|{kind}|{_plain(parameter.help or '')}"


def _kind(path: str, parameter: Any) -> str:
    """What is offered for the value of a parameter."""
    annotation = parameter.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "=" + ",".join(str(one.value) for one in annotation)
    noun, _, verb = path.partition(" ")
    by_option = next((BY_OPTION[option] for option in parameter.opts if option in BY_OPTION), None)
    if by_option:
        return by_option
    if parameter.metavar is None:
        return "file" if parameter.nargs == -1 else "none"
    if parameter.metavar in ("NAME", "ID") and parameter.param_type_name == "argument" and verb not in NEW:
        return "context" if noun == "context" else BY_NOUN.get(noun, "none")
    return KINDS.get(parameter.metavar, "none")


def _first(command: Any) -> str:
    return _plain((command.help or "").strip().partition("\n")[0])


def _plain(words: str) -> str:
    """Help that can stand on a line of the table."""
    return words.replace("|", "/").replace("\n", " ").replace("\t", " ")
