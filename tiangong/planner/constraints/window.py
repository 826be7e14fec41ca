"""Maintenance windows of every document that has some: allow windows intersect, deny windows unite (D4)."""

from collections.abc import Iterator
from datetime import timedelta

from tiangong.errors import Place, Problem, problem
from tiangong.model.scalar import show_duration
from tiangong.model.stages import Reason
from tiangong.planner.case import Case
from tiangong.planner.windows import Closed, Need, closed_by, next_opening


def objections(case: Case) -> Iterator[Reason]:
    """Say which windows are closed to a change of this class and length, and when all are open next."""
    if case.goes_back or case.release is None or not case.wish.windows:
        return
    spec = case.release.document.spec
    need = Need(case.wish.zone, spec.downtime, spec.duration or timedelta(0))
    try:
        closed = closed_by(case.wish.windows, need, case.now)
        earliest = next_opening(case.wish.windows, need, case.now) if closed else None
    except ValueError as error:
        yield Reason("window", problem("constraint/bad-cron", why=str(error)))
        return
    length = show_duration(spec.duration) if spec.duration else "the change"
    for window in closed:
        yield Reason("window", _problem(window, length), earliest)


def _problem(closed: Closed, length: str) -> Problem:
    if closed.denied:
        return problem(
            "constraint/denied", Place(closed.path), window=closed.window, reason=closed.reason or "no reason given"
        )
    return problem("constraint/outside-window", Place(closed.path), window=closed.window, length=length)
