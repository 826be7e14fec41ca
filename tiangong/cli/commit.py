"""`tiangong commit`: lint, stamp, sign, git commit."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from tiangong.author.choose import Choice, choose
from tiangong.author.clone import Clone
from tiangong.author.draft import Draft, desk, draft
from tiangong.author.land import Extent
from tiangong.author.team import Team
from tiangong.cli.landing import Signers, lay_out
from tiangong.cli.linting import check_mistakes
from tiangong.cli.onto import Takes, finish_stopped, replay_onto
from tiangong.cli.options import Branch, DryRun, KeyFile, NoLint, Person, Push, Yes
from tiangong.cli.output import say, tell
from tiangong.cli.writing import UNSIGNABLE, Wanted, announce, finish, inside, open_clone, team_of
from tiangong.documents.parse import parse
from tiangong.errors import Misuse, problem

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
    no_lint: NoLint = False,
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
    signers, wanted = Signers(key, person), Wanted(message, push, branch, dry_run)
    takes = Takes(tuple(inside(clone, paths or ())), everything or yes, not no_lint)
    if onto and replay_onto(clone, onto, takes, wanted, signers):
        return
    if clone.stopped and not clone.unmerged(mine=2) and not everything:
        finish_stopped(clone, clone.stopped, takes, wanted, signers)
    else:
        _commit(clone, choose(clone, takes.paths, everything=everything), takes, wanted, signers)


def _commit(clone: Clone, choice: Choice, takes: Takes, wanted: Wanted, signers: Signers) -> None:
    is_sure = choice.staged or takes.everything or takes.paths or clone.stopped or choice.is_empty
    if not is_sure and not wanted.dry_run and not sys.stdin.isatty():
        raise Misuse.of("author/no-terminal")
    if not (wanted.message or wanted.dry_run or choice.is_empty):
        raise Misuse.of("author/no-message")
    team = None if choice.is_empty else team_of(clone, choice.tree, signers.key, signers.person)
    choice = _without_others(choice, team, takes.paths) if team else choice
    made = drafted(clone, choice, team) if team else Draft((), {})
    if not (made.signings or choice.changed or choice.also or clone.stopped):
        say("author/nothing-changed")
        return
    announce(choice)
    if takes.linted:
        check_mistakes(clone, choice.tree.with_files(made.files), {*choice.changed, *choice.unsigned})
    extent = Extent(staged=choice.staged or clone.stopped is not None, also=() if choice.staged else choice.also)
    lay_out(clone, made, problem("outlook/nobody") if made.signings else None)
    finish(clone, made, wanted, ask=not is_sure, extent=extent, shown=True)


def _without_others(choice: Choice, team: Team, named: Sequence[str]) -> Choice:
    """What somebody else left unsigned, and I may not sign, stops nobody; who names it is told so."""
    mine = tuple(path for path in choice.unsigned if path in named or _may_sign(choice, team, path))
    if others := len(choice.unsigned) - len(mine):
        tell("author/others-unsigned", count=others)
    return replace(choice, unsigned=mine)


def _may_sign(choice: Choice, team: Team, path: str) -> bool:
    try:
        document = parse(choice.tree.bytes_at(path) or b"", path)
    except Misuse:
        return False
    missing = team.signer_for(path, document)[1]
    return missing is None or missing.code not in UNSIGNABLE


def drafted(clone: Clone, choice: Choice, team: Team) -> Draft:
    """What of a choice will be signed, and everything else that goes with it."""
    made = draft(desk(clone, choice.tree, team), choice.documents)
    return replace(made, files={**choice.files, **made.files}, index_only=choice.index_only)
