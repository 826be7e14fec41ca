"""A step that may or may not have happened waits for a person (D26)."""

from collections.abc import Iterator

from tiangong.errors import problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Name the run and its steps in doubt."""
    current = case.past.current
    if current and current.in_doubt:
        yield Reason("in-doubt", problem("constraint/in-doubt", run=current.id, steps=", ".join(current.in_doubt)))
