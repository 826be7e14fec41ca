"""`tiangong commit`: lint, stamp, sign, git commit."""

import sys
from dataclasses import replace
from typing import Annotated

import typer

from tiangong.author.choose import Choice, choose
from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, desk, draft
from tiangong.author.land import Extent
from tiangong.cli.landing import Signers
from tiangong.cli.linting import check_mistakes
from tiangong.cli.onto import Takes, replay_onto
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.writing import Wanted, announce, finish, inside, open_clone, team_of
from tiangong.errors import Misuse

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
    no_lint: Annotated[bool, typer.Option("--no-lint", help="Although lint finds mistakes.")] = False,
    onto: Annotated[
        str | None, typer.Option("--onto", metavar="BRANCH", help="Replay my edits on this newer branch.")
    ] = None,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Lint, stamp, sign and commit: what is staged, else what is named, else all that changed, after asking."""
    if not (message or dry_run or onto):
        raise Misuse.of("author/no-message")
    clone = open_clone()
    signers = Signers(key, person)
    if onto:
        takes = Takes(tuple(inside(clone, paths or ())), everything or yes, not no_lint)
        if replay_onto(clone, onto, takes, Wanted(message, push, branch, dry_run), signers):
            return
    choice = choose(clone, inside(clone, paths or ()), everything=everything)
    ask = not (choice.staged or everything or paths or yes or clone.stopped)
    if ask and not dry_run and not choice.is_empty and not sys.stdin.isatty():
        raise Misuse.of("author/no-terminal")
    if not (message or dry_run or choice.is_empty):
        raise Misuse.of("author/no-message")
    made = Draft((), {}) if choice.is_empty else drafted(clone, choice, signers)
    if not (made.signings or choice.changed or choice.also or clone.stopped):
        say("author/nothing-changed")
        return
    announce(choice)
    if not no_lint:
        check_mistakes(clone, choice.tree.with_files(made.files), {*choice.changed, *choice.unsigned})
    extent = Extent(staged=choice.staged or clone.stopped is not None, also=() if choice.staged else choice.also)
    finish(clone, made, Wanted(message, push, branch, dry_run), ask=ask, extent=extent)


def drafted(clone: Clone, choice: Choice, signers: Signers) -> Draft:
    """What of a choice will be signed, and everything else that goes with it."""
    team = team_of(clone, choice.tree, signers.key, signers.person)
    made = draft(desk(clone, choice.tree, team), choice.documents)
    return replace(made, files={**choice.files, **made.files}, index_only=choice.index_only)
