"""Follows a run from anywhere: looks at its environment's refs every 2 s, down to every 10 s while nothing is new."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tiangong.errors import Away, Failed, Place, Problem
from tiangong.fleet.logs import View, look
from tiangong.fleet.refresh import refresh_environment
from tiangong.fleet.statuses import Fleet
from tiangong.ports import Clock

FASTEST, SLOWEST, BACKING_OFF = 2.0, 10.0, 1.5
PATIENCE = 120.0
"""seconds a run may be neither shown as running nor ended, before we stop waiting for it"""


def follow(fleet: Fleet, environment: str, run: str, clock: Clock, pause: Callable[[float], None]) -> Iterator[View]:
    """What there is of a run, again and again until it ended; Failed when the agent falls silent about it."""
    wait, silent = FASTEST, 0.0
    away: tuple[Problem, ...] = ()
    while True:
        said = fleet.one(environment, clock())
        view = look(fleet.clone, said, run, clock())
        yield replace(view, problems=(*view.problems, *away))
        if view.result is not None:
            return
        silent = 0.0 if view.runs_now or away else silent + wait
        if silent > PATIENCE:
            raise Failed.of("fleet/run-silent", Place(f"live/{environment}"), run=run, environment=environment)
        pause(wait)
        try:
            news, away = refresh_environment(fleet.clone, environment), ()
        except Away as error:
            news, away = False, error.problems
        wait = FASTEST if news else min(wait * BACKING_OFF, SLOWEST)
