"""What holds the whole environment or this installation: expiry, clock, rewritten history, refused documents."""

from collections.abc import Iterator

from tiangong.model.stages import Reason
from tiangong.planner.case import Case

ONLY_FOR_NEWS = frozenset(
    {"trust/root-expired", "trust/policy-expired", "trust/environment-expired", "trust/clock"},
)
"""what only time brings on: nothing new begins, what has begun is finished (D8)"""


def objections(case: Case) -> Iterator[Reason]:
    """Repeat what verification and merging found."""
    begun = case.under_way or case.goes_back
    for found in (*case.desired.holds, *case.wish.problems):
        if not (begun and found.code in ONLY_FOR_NEWS):
            yield Reason("hold", found)
