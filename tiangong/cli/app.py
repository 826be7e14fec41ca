"""`tiangong`: finds the command, runs it, and turns every error into words and an exit code. The only place that exits."""

import importlib
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tiangong import __version__
from tiangong.cli.output import complain
from tiangong.cli.table import ALIASES, COMMANDS, ELSEWHERE
from tiangong.errors import Misuse, TiangongError

INTERRUPTED = 130


class Lazy(TyperGroup):
    """A group that imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- typer's signature
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- typer's signature
        """Import and return a command; a word of another tool is answered with ours."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name in ELSEWHERE:
            raise Misuse.of("cli/elsewhere", word=cmd_name, here=ELSEWHERE[name])
        if name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[name].module)
        return get_command(module.app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 -- typer's signature
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def _version(wanted: bool) -> None:
    if wanted:
        print(f"tiangong {__version__}")
        raise typer.Exit


root = typer.Typer(
    cls=Lazy,
    rich_markup_mode=None,  # typer's rich help costs 100 ms and more (D38)
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@root.callback()
def tiangong(
    folder: Annotated[str, typer.Option("-C", metavar="DIR", help="Run as if started in DIR.")] = "",
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Signed releases, safely, to every environment: Git is the only source of truth."""
    if folder:
        try:
            os.chdir(folder)
        except OSError as error:
            raise Misuse.of("cli/no-folder", folder=folder, why=error.strerror) from None


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    try:
        root(args=arguments, prog_name="tiangong")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except TiangongError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
