"""`tiangong`: finds the command, runs it, and turns every error into words and an exit code. The only place that exits."""

import importlib
import os
import sys
from typing import Any

import click
import typer
from typer.main import get_command

from tiangong import __version__
from tiangong.cli.output import complain
from tiangong.cli.table import ALIASES, COMMANDS, ELSEWHERE
from tiangong.errors import Misuse, TiangongError

INTERRUPTED = 130


class Lazy(click.Group):
    """A group that imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; a word of another tool is answered with ours."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name in ELSEWHERE:
            raise Misuse.of("cli/elsewhere", word=cmd_name, here=ELSEWHERE[name])
        if name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[name].module)
        return get_command(module.app)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", metavar="DIR", help="Run as if started in DIR.")
@click.version_option(__version__, "--version", prog_name="tiangong")
def root(folder: str | None) -> None:
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
        result: Any = root.main(args=arguments, prog_name="tiangong", standalone_mode=False)
    except TiangongError as error:
        complain(error)
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.ClickException, typer.Exit) as error:
        return _usage(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _usage(error: Any) -> int:
    if isinstance(error, click.ClickException):
        error.show()
    return int(error.exit_code)
