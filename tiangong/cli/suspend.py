"""`tiangong suspend`: holds every change of what is chosen until a time; one signed document."""

import re
from datetime import datetime
from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.select import choose_environments, names_like
from tiangong.author.shelf import Shelf
from tiangong.author.suppress import Selector, check_installation, free_id, suppression
from tiangong.author.target import suppression_path
from tiangong.cli.clock import clock
from tiangong.cli.joining import duration
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import Branch, DryRun, EnvGlob, KeyFile, Labels, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.plan import read_time
from tiangong.cli.reading import Choice, local
from tiangong.cli.writing import Wanted, note, open_clone
from tiangong.errors import Misuse, Place, problem
from tiangong.messages import text as written
from tiangong.messages.spoken import text
from tiangong.model.scalar import NAME

app = typer.Typer(add_completion=False)


@app.command()
def suspend(
    target: Annotated[str | None, typer.Argument(metavar="ENV[/INST]", help="What is held.")] = None,
    *,
    env: EnvGlob = "",
    label: Labels = None,
    everything: Annotated[bool, typer.Option("--all", help="Hold everything, everywhere.")] = False,
    within: Annotated[str, typer.Option("--for", metavar="TIME", help="For so long: 30m, 2h, 3d.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Until 2026-12-01T08:00:00+01:00.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why, for those who find it held.")] = "",
    id_: Annotated[str, typer.Option("--id", metavar="ID", help="Its name, such as inc-4711.")] = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Hold every change of what is chosen until a time. What runs goes on; one signature of an operator is enough.

    A suppression is never edited; it ends by its date, or by tiangong resume.
    """
    if not reason.strip():
        raise Misuse.of("suppress/no-reason")
    clone, now = open_clone(), clock()
    end = ending(within, until, now)
    selector = _selector(clone, Choice.of(target, env, label or ()), everything=everything)
    name = _name(clone, id_, reason, now)
    path, raw = suppression(name, selector, end, reason)
    what = shown(selector)
    say("suppress/until", until=local(end), what=what)
    kept = shown(selector, everything=written("suppress/everything"))
    title = written("suppress/message", what=kept, until=end.isoformat(timespec="seconds"), reason=reason)
    wanted = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    if land_documents(clone, {path: raw}, wanted, Signers(key, person), ask=not yes, nobody=nobody):
        say("suppress/next", id=name)


def ending(within: str, until: str, now: datetime) -> datetime:
    """When it ends, in this machine's offset; Misuse unless it is said in exactly one way, and in the future."""
    if bool(within) == bool(until):
        raise Misuse.of("suppress/how-long")
    end = (now + duration(within)).astimezone() if within else read_time(until)
    if end <= now:
        raise Misuse.of("suppress/over-already", until=until)
    return end.replace(microsecond=0)


def _selector(clone: Clone, choice: Choice, *, everything: bool) -> Selector:
    """What was chosen, checked against what there is: a mistyped name would hold nothing."""
    ways = [bool(choice.environment), bool(choice.globs or choice.labels), everything]
    if sum(ways) != 1:
        raise Misuse.of("suppress/what")
    if everything:
        return Selector()
    names_like(head_of(clone), choice.takes_name)
    if choice.labels:
        for found in choose_environments(Shelf(head_of(clone)), choice.takes_name, choice.labels).refused:
            note(found)
    if choice.installation:
        check_installation(clone.work(), choice.environment, choice.installation)
    names = (choice.environment,) if choice.environment else choice.globs
    return Selector(names, (choice.installation,) if choice.installation else (), choice.labels)


def _name(clone: Clone, typed: str, reason: str, now: datetime) -> str:
    tree = clone.work()
    if not typed:
        return free_id(tree, reason, now)
    if not re.fullmatch(NAME, typed):
        raise Misuse.of("suppress/bad-id", id=typed)
    if tree.entry(suppression_path(typed)) is not None:
        raise Misuse.of("suppress/id-taken", Place(suppression_path(typed)), id=typed)
    return typed


def shown(selector: Selector, everything: str = "") -> str:
    """What is held, in one line; `everything`: the word for that, where it isn't the one of who reads it."""
    parts = [
        ", ".join(selector.environments),
        ", ".join(f"{key}={value}" for key, value in (selector.labels or {}).items()),
        ", ".join(selector.installations),
    ]
    return " / ".join(part for part in parts if part) or everything or text("suppress/everything")
