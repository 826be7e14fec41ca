"""`tiangong promote`: lets a release enter a channel, and says first what that will lead to."""

import sys
from typing import Annotated

import typer

from tiangong.author.promotion import Promoting, promoting
from tiangong.author.shelf import Shelf
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.writing import Wanted, confirm, note, open_clone
from tiangong.errors import Misuse, problem

app = typer.Typer(add_completion=False)


@app.command()
def promote(
    release: Annotated[str, typer.Argument(metavar="PRODUCT@V", help="Such as shop@1.4.0.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="CHANNEL", help="The channel it enters.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why, for those who ask later.")] = "",
    skip: Annotated[bool, typer.Option("--skip", help="Although a channel before this one doesn't have it.")] = False,
    key: KeyFile = None,
    person: Person = None,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Let a release enter a channel: one signed promotion of its exact bytes."""
    clone = open_clone()
    wanted = promoting(Shelf(head_of(clone)), release, to.lower(), reason)
    if wanted is None:
        say("promote/already", release=release, channel=to.upper())
        return
    for found in wanted.warnings:
        note(found)
    _check_skipped(wanted, skip=skip, ask=not yes)
    landing = Wanted(f"Promote {wanted.name} to {wanted.channel}", push=push, branch=branch, dry_run=dry_run)
    nobody = problem("promote/nobody", channel=wanted.channel.upper(), product=wanted.product)
    documents = {wanted.path: wanted.raw}
    if land_documents(clone, documents, landing, Signers(key, person), ask=not yes, nobody=nobody):
        say("promote/next")


def _check_skipped(wanted: Promoting, *, skip: bool, ask: bool) -> None:
    """A channel is left out on purpose only."""
    if not wanted.skipped or skip:
        return
    facts = {"release": wanted.name, "channel": wanted.channel, "skipped": ", ".join(wanted.skipped)}
    if not ask or not sys.stdin.isatty():
        raise Misuse.of("promote/skips", first=wanted.skipped[0], **facts)
    confirm("promote/skip-it", **facts)
