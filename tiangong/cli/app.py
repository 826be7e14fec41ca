"""`tiangong`: finds the command, runs it, turns every error into words and an exit code. The only place that exits."""

import importlib
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tiangong import __version__
from tiangong.cli.output import complain
from tiangong.cli.streams import let_go_if_broken, let_go_of_stdout, prepare_streams, readable
from tiangong.cli.table import ALIASES, COMMANDS, ELSEWHERE
from tiangong.errors import Failed, Misuse, Place, TiangongError
from tiangong.messages.spoken import Language, preferred, speak

INTERRUPTED = 130
WIDEST = 110
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}
EXIT_CODES = """\b
Exit codes:
  0  done, nothing to do, or the question was answered
  1  something that was tried failed
  2  wrong usage or configuration
  3  held: there is something to do and a constraint says not now (with --exit-code)
  4  refused: signature, role, generation or replay
  5  the remote is away; what is known was used
  6  in doubt: a person must decide
  130, 143  interrupted; state is consistent
"""


class Lazy(TyperGroup):
    """A group that imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- typer's signature
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- typer's signature
        """Import and return a command; a word of another tool is answered with ours."""
        return load(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 -- typer's signature
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def load(word: str) -> Any:
    """The command of a name, with its examples; Misuse with the nearest one when there is none."""
    name = ALIASES.get(word, word)
    if name in ELSEWHERE:
        raise Misuse.of("cli/elsewhere", word=word, here=ELSEWHERE[name])
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, [*COMMANDS, *ALIASES, *ELSEWHERE], 1)
        raise Misuse.of("cli/no-command", word=word, near=near[0] if near else "--help")
    from tiangong.cli.examples import show_in

    app = importlib.import_module(COMMANDS[name].module).app
    app.rich_markup_mode = None  # typer's rich help costs 100 ms and more (D38)
    command = get_command(app)
    show_in(command, name)
    return command


def _version(wanted: bool) -> None:
    if wanted:
        print(f"tiangong {__version__}")
        raise typer.Exit


def _language(wanted: str) -> None:
    """Before the name of the command is looked up: also what is wrong with that is said in this language."""
    if wanted in [*Language]:
        speak(Language(wanted))
    elif wanted:
        raise Misuse.of("cli/no-language", language=wanted, known=", ".join(Language))


root = typer.Typer(
    cls=Lazy,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    epilog=EXIT_CODES,
    context_settings=SETTINGS,
)


@root.callback()
def tiangong(
    folder: Annotated[str, typer.Option("-C", metavar="DIR", help="Run as if started in DIR.")] = "",
    context: Annotated[
        str, typer.Option("--context", metavar="NAME", help="Work in the clone of this name (tiangong context).")
    ] = "",
    lang: Annotated[  # noqa: ARG001 -- its callback has done it
        str,
        typer.Option(
            "--lang", metavar="en|zh", help="Speak this language (else: LANG).", callback=_language, is_eager=True
        ),
    ] = "",
    version: Annotated[  # noqa: ARG001 -- its callback has done it
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Signed releases, safely, to every environment: Git is the only source of truth."""
    if context:
        os.environ["TIANGONG_CONTEXT"] = context
    if folder:
        try:
            os.chdir(folder)
        except OSError as error:
            raise Misuse.of("cli/no-folder", folder=folder, why=error.strerror) from None


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code. No exception gets out of here."""
    prepare_streams()
    speak(readable(preferred(os.environ)))
    try:
        _invoke(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_stdout()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except typer.Exit as stop:
        return stop.exit_code
    except Exception as error:  # noqa: BLE001 -- whatever it is, people get words and a code
        return explain(error)
    return 0


def _invoke(arguments: list[str]) -> None:
    command = get_command(root)
    with command.make_context("tiangong", list(arguments)) as context:
        command.invoke(context)


def explain(error: Exception) -> int:
    """Say in words what went wrong; return the exit code."""
    if os.environ.get("TIANGONG_DEBUG"):
        import traceback

        traceback.print_exception(error)
    match error:
        case TiangongError():
            found: TiangongError = error
        case typer.TyperException():
            return _usage(error)
        case OSError():
            let_go_if_broken()
            place = Place(str(error.filename)) if error.filename else None
            found = Failed.of("cli/system", place, why=error.strerror or type(error).__name__)
        case _:
            found = Failed.of("cli/fault", type=type(error).__name__)
    complain(found)
    return found.exit_code


def _usage(error: typer.TyperException) -> int:
    """What typer found wrong with the line, in our form; no arguments at all where there must be some: the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return Misuse.exit_code
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context else "tiangong"
    complain(Misuse.of("cli/usage", command=command, why=error.format_message().rstrip(".")))
    return Misuse.exit_code
