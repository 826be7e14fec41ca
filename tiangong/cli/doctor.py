"""`tiangong doctor`: checks this machine, and this agent or clone; every finding says how to mend it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tiangong import __version__
from tiangong.cli.clock import clock
from tiangong.cli.output import Format, answer, raw
from tiangong.errors import Failed, Misuse, Place, Problem
from tiangong.messages.spoken import render, text
from tiangong.model.answer import AnswerMetadata, Check, Checkup
from tiangong.model.host import DEFAULT_SETTINGS

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="PATH", help="Check this agent, and no clone.")
    ] = None,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Check this machine, and the agent (agent.yaml) or clone that is found here. Nothing is changed.

    Exit 1 when a check failed; warnings and notes don't count.
    """
    found: list[Check] = []
    for check in _checks(settings, clock()):
        found.append(check)
        if output is Format.TABLE:
            _show(check)
    if output is not Format.TABLE:
        answer(Checkup(metadata=AnswerMetadata(name=__version__), checks=tuple(found)), output)
    if any(check.result == "fail" for check in found):
        raise typer.Exit(Failed.exit_code)


def _checks(settings: Path | None, now: datetime) -> Iterator[Check]:
    """Machine first, then what is here: an agent, a clone, or both."""
    from tiangong.cli.checkup.machine import machine

    path = settings or (DEFAULT_SETTINGS if DEFAULT_SETTINGS.exists() else None)
    yield from machine(signs=path is None)
    if path:
        from tiangong.cli.checkup.host import host_checks

        yield from host_checks(path, now)
    if settings is None:
        yield from _clone(now, needed=path is None)


def _clone(now: datetime, *, needed: bool) -> Iterator[Check]:
    from tiangong.cli.checkup.check import failed
    from tiangong.cli.checkup.clone import clone_checks
    from tiangong.cli.contexts import looked_for
    from tiangong.fleet.clone import find_clone

    try:
        clone = find_clone(*looked_for())
    except Misuse as error:
        if needed:
            yield from failed("repository", error.problems)
        return
    yield from clone_checks(clone, now)


def _show(check: Check) -> None:
    """`ok    git: 2.39.5`; below it, where something is to be done, how."""
    head = f"{check.result:<4}  {check.name}: "
    if check.result in ("ok", "note"):
        raw(head + text(check.code, **check.facts))
        return
    first, *rest = render(Problem(check.code, check.facts, Place(check.place))).split("\n")
    raw(head + first.strip())
    for line in rest:
        raw(f"      {line}")
