"""One change at a time."""

from collections.abc import Iterator

from tiangong.errors import problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Say that a run is under way."""
    current = case.past.current
    if current and not current.in_doubt:
        yield Reason("running", problem("constraint/running", run=current.id, version=current.version))
