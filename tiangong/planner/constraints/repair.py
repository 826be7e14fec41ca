"""A repair that did not last is not repeated at once: something else keeps changing what it repairs."""

from collections.abc import Iterator
from datetime import timedelta

from tiangong.errors import problem
from tiangong.model.stages import ChangeKind, Reason
from tiangong.planner.case import Case

PAUSE = timedelta(minutes=5)


def objections(case: Case) -> Iterator[Reason]:
    """Hold the second of two repairs for a while; the first one is never held."""
    last = case.past.last
    if case.kind is not ChangeKind.REPAIR or last is None or last.kind is not ChangeKind.REPAIR:
        return
    if last.result != "succeeded" or last.ended is None:
        return
    earliest = last.ended + PAUSE
    if case.now < earliest:
        yield Reason("repair", problem("constraint/repaired", run=last.id, version=last.version), earliest)
