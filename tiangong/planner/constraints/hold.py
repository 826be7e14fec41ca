"""What holds the whole environment or this installation: expired policy, clock, rewritten history, refused documents."""

from collections.abc import Iterator

from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Repeat what verification and merging found."""
    for found in (*case.desired.holds, *case.wish.problems):
        yield Reason("hold", found)
