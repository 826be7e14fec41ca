"""`tiangong renew`: sign again, in one go, what counts no more by itself; put off what ends soon."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated

import typer

from tiangong.author.choose import covers
from tiangong.author.clone import Clone
from tiangong.author.cosign import cosigning
from tiangong.author.draft import Draft, desk, draft
from tiangong.author.listing import Listing
from tiangong.author.team import Team
from tiangong.cli.clock import clock
from tiangong.cli.expiring import ending_documents
from tiangong.cli.landing import head_of
from tiangong.cli.linting import check_mistakes
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.writing import UNSIGNABLE, Wanted, finish, inside, open_clone, team_of
from tiangong.documents.edit import set_field
from tiangong.errors import Misuse
from tiangong.messages import text as written
from tiangong.trust.endings import endings
from tiangong.trust.renewing import to_sign_again

app = typer.Typer(add_completion=False)
FURTHER: Mapping[str, timedelta] = {"policy": timedelta(days=365), "environment": timedelta(days=90)}
"""what this puts off, and for how long from now on"""


@app.command()
def renew(
    paths: Annotated[list[str] | None, typer.Argument(help="Only these files and folders.")] = None,
    *,
    within: Annotated[str, typer.Option("--within", metavar="TIME", help="Put off what ends so soon.")] = "30d",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Sign again everything I may whose signature was revoked or belongs to nobody any more; put off what ends soon.

    The documents stay byte for byte as they are, but for dates that are put off. Look at each: whose key was stolen may
    have signed more than its owner did.
    """
    clone, now = open_clone(), clock()
    named = inside(clone, paths or ())
    tree = clone.work()
    team = team_of(clone, tree, key, person)
    again = [path for path in to_sign_again(head_of(clone)) if _is_meant(path, named)]
    later = {path: raw for path, raw in _put_off(clone, now, _time(within)) if _is_meant(path, named)}
    made = _draft(clone, tree.with_files(later), team, again, later)
    if not made.signings:
        say("renew/nothing")
        return
    say("renew/these", count=len(made.signings))
    check_mistakes(clone, tree.with_files(later), set(later))
    wanted = Wanted(written("renew/message", count=len(made.signings)), push=push, branch=branch, dry_run=dry_run)
    finish(clone, made, wanted, ask=not yes)


def _draft(clone: Clone, tree: Listing, team: Team, again: list[str], later: Mapping[str, bytes]) -> Draft:
    """What I may sign of it: documents as they are, and those with a later date."""
    dated = draft(desk(clone, tree, team), later)
    plain = [path for path in again if path not in later]
    signed, _ = cosigning(clone, tree, team, plain) if plain else (Draft((), {}), ())
    every = [*dated.signings, *signed.signings]
    mine = tuple(one for one in every if one.missing is None or one.missing.code not in UNSIGNABLE)
    if others := len(every) - len(mine):
        say("renew/others", count=others)
    return Draft(mine, dated.files, {**dated.seen, **signed.seen})


def _put_off(clone: Clone, now: datetime, within: timedelta) -> Iterator[tuple[str, bytes]]:
    """Documents that end soon, with a later date."""
    tree = head_of(clone)
    for one in endings(ending_documents(tree)):
        if one.what in FURTHER and one.left(now) <= within:
            raw = tree.bytes_at(one.path) or b""
            until = (now + FURTHER[one.what]).replace(hour=0, minute=0, second=0, microsecond=0)
            yield one.path, set_field(raw, one.path, ("spec", "expires"), until.isoformat())


def _is_meant(path: str, named: list[str]) -> bool:
    return not named or any(covers(name, path) for name in named)


def _time(value: str) -> timedelta:
    from tiangong.model.scalar import parse_duration

    try:
        return parse_duration(value)
    except ValueError:
        raise Misuse.of("sealing/bad-time", value=value) from None
