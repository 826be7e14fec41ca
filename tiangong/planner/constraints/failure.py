"""After a failed change where there is nothing else to go to: try again, with growing pauses."""

from collections.abc import Iterator
from datetime import timedelta

from tiangong.errors import problem
from tiangong.model.stages import ChangeKind, Reason
from tiangong.planner.case import Case

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


def objections(case: Case) -> Iterator[Reason]:
    """Hold what failed for a while, unless what is to be done has changed since (other config, other values)."""
    failed = case.past.failed.get(case.release.digest) if case.release else None
    if failed is None or failed.ended is None or case.change is None or not case.tries_the_same:
        return
    if (failed.kind is ChangeKind.UNINSTALL) != case.leaves:
        return
    failures = case.past.failures.get(failed.release, 1)
    earliest = failed.ended + min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    if case.now < earliest:
        again = problem("constraint/retry-later", run=failed.id, version=failed.version, failures=failures)
        yield Reason("failure", again, earliest)
