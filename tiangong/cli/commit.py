"""`tiangong commit`: lint, stamp, sign, git commit."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tiangong.author.choose import Choice, choose
from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, desk, draft
from tiangong.author.land import Extent
from tiangong.cli.output import say, tell
from tiangong.cli.writing import (
    Branch,
    DryRun,
    KeyFile,
    Person,
    Push,
    Wanted,
    Yes,
    finish,
    inside,
    note,
    open_clone,
    team_of,
)
from tiangong.errors import Misuse, Place, problem

app = typer.Typer(add_completion=False)


@app.command()
def commit(
    paths: Annotated[list[str] | None, typer.Argument(help="Only these files and folders.")] = None,
    *,
    message: Annotated[str, typer.Option("--message", "-m", metavar="MSG", help="What this change is for.")] = "",
    push: Push = False,
    branch: Branch = None,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Everything that changed, without asking.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Lint, stamp, sign and commit: what is staged, else what is named, else all that changed, after asking."""
    if not message and not dry_run:
        raise Misuse.of("author/no-message")
    clone = open_clone()
    choice = choose(clone, inside(clone, paths or ()), everything=everything)
    ask = not (choice.staged or everything or paths or yes or clone.stopped)
    if ask and not dry_run and not choice.is_empty and not sys.stdin.isatty():
        raise Misuse.of("author/no-terminal")
    made = Draft((), {}) if choice.is_empty else drafted(clone, choice, key, person)
    if not (made.signings or choice.changed or choice.also or clone.stopped):
        say("author/nothing-changed")
        return
    announce(choice)
    extent = Extent(staged=choice.staged or clone.stopped is not None, also=() if choice.staged else choice.also)
    finish(clone, made, Wanted(message, push, branch, dry_run), ask=ask, extent=extent)


def drafted(clone: Clone, choice: Choice, key: Path | None, person: str | None) -> Draft:
    """What of a choice will be signed, and everything else that goes with it."""
    team = team_of(clone, choice.tree, key, person)
    made = draft(desk(clone, choice.tree, team), choice.documents)
    return replace(made, files={**choice.files, **made.files}, index_only=choice.index_only)


def announce(choice: Choice) -> None:
    """What stays behind, and what deleting a document doesn't do (D5)."""
    for path in choice.removed:
        say("author/deleted", path=path)
        note(problem("author/deleting", Place(path)))
    if choice.index_only:
        tell("author/further-edits", count=len(choice.index_only))
    if choice.left:
        tell("author/left", count=len(choice.left), first=choice.left[0])
