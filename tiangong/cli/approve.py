"""`tiangong approve`: look at exactly what will be done, and sign one agreement to it for many environments."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import typer

from tiangong.author.approving import Wanted as Agreed
from tiangong.author.approving import approving
from tiangong.author.clone import Clone
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, land_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Labels, Person, Push, Yes
from tiangong.cli.output import complain, raw, say, tell
from tiangong.cli.reading import Choice, choose, open_fleet
from tiangong.cli.writing import Wanted
from tiangong.errors import Misuse, Refused, TiangongError, problem
from tiangong.fleet.foresight import foresee, unknown_host
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.statuses import Fleet
from tiangong.fleet.waiting import Waiting, waiting
from tiangong.messages import text as written
from tiangong.messages.spoken import render
from tiangong.model.approval import LONGEST
from tiangong.model.scalar import parse_duration
from tiangong.trust.reading import Cache

app = typer.Typer(add_completion=False)


@app.command()
def approve(
    release: Annotated[str, typer.Argument(metavar="PRODUCT@V", help="Such as shop@1.4.0.")],
    *,
    env: Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Environments whose name fits.")] = "",
    label: Labels = None,
    lasts: Annotated[str, typer.Option("--for", metavar="TIME", help="How long it counts, 35d at most.")] = "7d",
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why, for those who ask later.")] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Approve what waits: one signature for all environments chosen, over exactly the steps that are shown.

    A change that becomes another one, by a newer release, other values or other steps, needs to be approved again. Who
    signed the release, its promotion or the configuration can't approve it.
    """
    product, at, version = release.partition("@")
    if not (product and at and version):
        raise Misuse.of("promote/bad-name", name=release)
    now = clock()
    until = now + _lasts(lasts)
    fleet, _ = open_fleet(offline=offline)
    choice = Choice.of(None, env, label or ())
    every = changes(fleet, choice, now)
    found = [one for one in every if (one.verdict.product, one.change.version) == (product, version)]
    if not found:
        raise Misuse.of("approval/nothing-waits", release=release)
    for one in found:
        show(one)
    Refused.when_any(one.differs for one in found if one.differs)
    agreed = [Agreed(one.environment, one.verdict.installation, one.change, one.subjects) for one in found]
    path, text = approving(product, version, agreed, until, reason)
    clone = Clone.find(fleet.clone.folder, {})
    title = written("approval/message", release=release, count=len({one.environment for one in found}))
    wanted = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    if land_documents(clone, {path: text}, wanted, Signers(key, person), ask=not yes, nobody=nobody):
        say("approval/next", release=release)


def changes(fleet: Fleet, choice: Choice, now: datetime) -> Iterator[Waiting]:
    """Every change that waits in the environments chosen; what is wrong with one doesn't hide the others."""
    clone = fleet.clone
    snapshot, cache = clone.snapshot(clone.main()), Cache()
    for said in choose(fleet, choice, now):
        try:
            yield from waiting(foresee(snapshot, said, receipts_of(clone, said, now), now, cache))
        except TiangongError as error:
            complain(error)


def show(one: Waiting) -> None:
    """What will be done there, step by step, and what can't be undone."""
    traits = unknown_host().traits
    facts = {"where": f"{one.environment}/{one.verdict.installation}", "kind": str(one.change.kind)}
    said = {"installed": one.verdict.installed or "-", "version": one.change.version}
    say("approval/change", **facts, **said, digest=one.change.release.removeprefix("sha512:")[:16])
    for name, value in sorted(one.config.items()):
        raw(f"    {name} = {value}")
    for step in one.change.undo:
        say("approval/undo", step=step.name, executor=step.executor)
    for step in one.change.steps:
        code = "approval/step" if traits(step).reversible else "approval/step-for-good"
        say(code, step=step.name, executor=step.executor, digest=step.digest.removeprefix("sha512:")[:12])
    for found in (*one.needs, *one.others):
        tell("approval/because", what=render(found))


def _lasts(word: str) -> timedelta:
    try:
        found = parse_duration(word)
    except ValueError:
        raise Misuse.of("approval/bad-time", word=word) from None
    if found > LONGEST:
        raise Misuse.of("approval/too-long", word=word, most=LONGEST.days)
    return found
