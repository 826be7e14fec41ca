"""`tiangong suppression`: what holds changes, and until when."""

from typing import Annotated, Any

import typer

from tiangong.author.shelf import Shelf
from tiangong.author.suppress import Selector, every
from tiangong.cli.clock import clock
from tiangong.cli.landing import head_of
from tiangong.cli.nouns import show_document, show_documents
from tiangong.cli.output import Format, tell
from tiangong.cli.reading import local
from tiangong.cli.suspend import shown
from tiangong.cli.writing import open_clone
from tiangong.messages.spoken import text
from tiangong.model.environment import Suppression
from tiangong.model.stages import Signed

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Suppressions: list, show; suspend makes one.")

COLUMNS = {"SUPPRESSION": "name", "HOLDS": "what", "UNTIL": "until", "REASON": "reason", "SIGNED BY": "signers"}


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List the suppressions in force, in the commit that is checked out."""
    now = clock()
    shelf = Shelf(head_of(open_clone()))
    found = [(path, one) for path, one in every(shelf) if everything or one is None or one.document.spec.until > now]
    if not found and output is Format.TABLE:
        tell("suppress/none")
    else:
        show_documents(shelf, found, output, COLUMNS, _row)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Such as inc-4711.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one suppression as it is written."""
    show_document(head_of(open_clone()), ("suppression", name), Suppression, output)


def _row(one: Signed[Suppression]) -> dict[str, Any]:
    spec = one.document.spec
    over = f" ({text('suppress/over')})" if spec.until <= clock() else ""
    return {
        "what": shown(Selector(spec.environments, spec.installations, spec.labels)),
        "until": local(spec.until) + over,
        "reason": spec.reason,
        "signers": ", ".join(one.signers),
    }
