"""`tiangong logs`: what a run printed, from anywhere; `-f` follows it until it ended."""

import re
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

import typer

from tiangong.cli.clock import clock
from tiangong.cli.output import complain, raw, tell
from tiangong.cli.reading import MOST_NAMED, Choice, choose, open_fleet
from tiangong.errors import Failed, InDoubt, Misuse, Place, Problem, Refused, problem
from tiangong.fleet.follow import follow
from tiangong.fleet.logs import Reader, View, choose_run, has_run, in_doubt, look
from tiangong.fleet.statuses import NOBODY, Fleet, Said

ANSI = re.compile(r"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
DISTRUST = ("fleet/log-changed", "fleet/no-file", "fleet/live-differed", "trust/status-unsigned", "fleet/other-run")
app = typer.Typer(add_completion=False)


@app.command()
def logs(
    target: Annotated[
        str, typer.Argument(metavar="ENV[/INST]|RUN", help="The newest run of an installation, or the run of an id.")
    ],
    env: Annotated[str, typer.Option("--env", metavar="E", help="The environment of the run.")] = "",
    follow_: Annotated[bool, typer.Option("--follow", "-f", help="Follow it until it ended.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 when it failed or was cancelled.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
) -> None:
    """Print the log of a run, step by step.

    Of a run that ended: checked against the digests its agent signed; exit 4 when one differs. While it runs: what the
    agent shows of it, which nobody has signed yet. A failed run's log is still an answer: exit 0, but with --exit-code.
    """
    if follow_ and offline:
        raise Misuse.of("logs/follow-offline")
    fleet, away = open_fleet(offline=offline)
    said, run = _find(fleet, target, env)
    tell("logs/run", run=run, environment=said.environment)
    if follow_:
        last = show(follow(fleet, said.environment, run, clock, time.sleep))
    else:
        last = show([look(fleet.clone, said, run, clock())])
    _end(said, last, exit_code=exit_code)
    if away:
        complain(away)
        raise typer.Exit(away.exit_code)


def _find(fleet: Fleet, target: str, env: str) -> tuple[Said, str]:
    """Whose run is meant, and which."""
    choice = Choice.of(target)
    wanted = choice.installation or (target if env else "")
    environment = env or choice.environment
    if not wanted and environment not in fleet.names():
        environment, wanted = _whose(fleet, target), target
    (said,) = choose(fleet, Choice(environment), clock())
    if said.status is None:
        kind = Misuse if all(found.code in NOBODY for found in said.problems) else Refused
        raise kind(*said.problems)
    return said, choose_run(fleet.clone, said, wanted)


def _whose(fleet: Fleet, run: str) -> str:
    """The environment a run's id is found in; Misuse when there is none."""
    names = fleet.names()
    found = [name for name in names if has_run(fleet.clone, name, run)]
    if len(found) != 1:
        raise Misuse.of("logs/whose", word=run, known=", ".join(names[:MOST_NAMED]) or "-")
    return found[0]


def show(views: Iterable[View]) -> View:
    """Print what is new in each look at a run; return the last one."""
    reader, missed = Reader(), 0
    said: tuple[Problem, ...] = ()
    last = View("", ())
    for last in views:
        fresh = [found for found in last.problems if found not in said]
        if fresh:
            complain(Refused(*fresh))
        said = last.problems
        for step, line in reader.news(last):
            for part in plain(line):
                raw(f"{step} | {part}")
        if reader.missed > missed:
            tell("logs/missed", bytes=reader.missed - missed)
            missed = reader.missed
        sys.stdout.flush()
    untrue = tuple(problem("fleet/live-differed", Place(last.run), step=step) for step in reader.untrue)
    return replace(last, problems=(*last.problems, *untrue))


def plain(line: str) -> list[str]:
    """A line as text only: colours and cursor moves go; what would be written over what stands there is a line."""
    return [ANSI.sub("", part).expandtabs() for part in line.rstrip("\r").split("\r")]


def _end(said: Said, last: View, *, exit_code: bool) -> None:
    """Say how it ended, and make the exit code of it."""
    if untrue := [found for found in last.problems if found.code == "fleet/live-differed"]:
        complain(Refused(*untrue))
    if any(found.code in DISTRUST for found in last.problems):
        raise typer.Exit(Refused.exit_code)
    if last.result is None:
        tell("logs/goes-on", run=last.run, environment=said.environment)
    elif last.result == "in-doubt":
        steps, name = in_doubt(said, last.run)
        raise InDoubt.of("run/in-doubt", run=last.run, installation=name, steps=", ".join(steps))
    else:
        tell("logs/ended", run=last.run, result=last.result)
        if exit_code and last.result != "succeeded":
            raise typer.Exit(Failed.exit_code)
