"""`tiangong seal`: vouch for everything in main as it is now."""

from datetime import timedelta
from typing import Annotated

import typer

from tiangong.cli.clock import clock
from tiangong.cli.options import DryRun, KeyFile, Person
from tiangong.cli.output import Format, document, raw, say
from tiangong.cli.sealing import Wanted, fetch, publish, seal_head
from tiangong.cli.writing import open_clone, team_of
from tiangong.documents.dump import fields
from tiangong.model.seal import Seal

app = typer.Typer(add_completion=False)
ALWAYS = timedelta()


@app.command()
def seal(
    revision: Annotated[str, typer.Argument(metavar="[REV]", help="What to seal; the remote's main if not said.")] = "",
    *,
    push: Annotated[bool, typer.Option("--push", help="Push the seal: agents act on what is pushed.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Also when this very commit is sealed already.")] = False,
    rewritten: Annotated[
        bool, typer.Option("--rewritten", help="Although main was rewritten since it was sealed last.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Don't fetch first.")] = False,
    dry_run: DryRun = False,
    output: Annotated[Format, typer.Option("-o", help="How to print the seal.")] = Format.TABLE,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Verify everything in main, then vouch for it with one signature: agents that demand seals act on nothing else.

    What doesn't verify is named in the seal and goes on counting as it was last good, so that it stops nobody else.
    """
    clone = open_clone()
    if not offline:
        fetch(clone)
    wanted = Wanted(
        revision,
        older=ALWAYS if renew else None,
        rewritten=rewritten,
        dry_run=dry_run,
        quiet=output is not Format.TABLE,
    )
    found = seal_head(clone, team_of(clone, clone.work(), key, person), wanted, clock())
    if push and found.commit:
        publish(clone, found.commit)
    elif found.commit and output is Format.TABLE:
        say("sealing/next-push")
    show_seal(found.seal, output)


def show_seal(found: Seal, output: Format) -> None:
    """The seal as data, when that was asked for."""
    if output is Format.NAME:
        raw(found.metadata.name)
    elif output is not Format.TABLE:
        document(fields(found), output)
