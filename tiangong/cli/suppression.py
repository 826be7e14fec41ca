"""`tiangong suppression`: what holds changes, and until when; ending one by its name."""

from datetime import datetime
from typing import Annotated, Any

import typer

from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.author.suppress import Selector, every, in_force
from tiangong.author.target import find_target
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, head_of
from tiangong.cli.nouns import show_document, show_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, tell
from tiangong.cli.reading import local
from tiangong.cli.resume import Reason, withdraw_suppressions
from tiangong.cli.suspend import shown
from tiangong.cli.writing import Wanted, open_clone
from tiangong.errors import Misuse, Place, Refused
from tiangong.messages.spoken import text
from tiangong.model.environment import Suppression
from tiangong.model.stages import Signed

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Suppressions: list, show, withdraw; suspend makes one."
)

COLUMNS = {"SUPPRESSION": "name", "HOLDS": "what", "UNTIL": "until", "REASON": "reason", "SIGNED BY": "signers"}


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List the suppressions in force, in the commit that is checked out."""
    now = clock()
    shelf = Shelf(head_of(open_clone()))
    found = [(path, one) for path, one in every(shelf) if everything or one is None or in_force(shelf, one, now)]
    if not found and output is Format.TABLE:
        tell("suppress/none")
    else:
        show_documents(shelf, found, output, COLUMNS, lambda one: _row(shelf, one))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Such as inc-4711.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one suppression as it is written."""
    show_document(head_of(open_clone()), ("suppression", name), Suppression, output)


@app.command()
def withdraw(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Such as inc-4711.")],
    *,
    reason: Reason = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """End suppressions before their time, for everything they hold. The owners of all that must sign."""
    clone = open_clone()
    tree, now = head_of(clone), clock()
    shelf = Shelf(tree)
    found = [_one(shelf, tree, name, now) for name in dict.fromkeys(ids)]
    wanted = Wanted("", push=push, branch=branch, dry_run=dry_run)
    withdraw_suppressions(clone, found, reason, wanted, Signers(key, person), ask=not yes)


def _one(shelf: Shelf, tree: Listing, name: str, now: datetime) -> Signed[Suppression]:
    path = find_target(tree, ("suppression", name), lambda typed: [*typed]).path
    found = shelf.one(path, Suppression)
    if found is None:
        raise Refused(*shelf.why_not(path))
    if not in_force(shelf, found, now):
        raise Misuse.of("suppress/over-by-now", Place(path), id=name)
    return found


def _row(shelf: Shelf, one: Signed[Suppression]) -> dict[str, Any]:
    spec = one.document.spec
    over = f" ({text('suppress/over')})" if spec.until <= clock() else ""
    over = f" ({text('suppress/withdrawn')})" if shelf.is_withdrawn(one) else over
    return {
        "what": shown(Selector(spec.environments, spec.installations, spec.labels)),
        "until": local(spec.until) + over,
        "reason": spec.reason,
        "signers": ", ".join(one.signers),
    }
