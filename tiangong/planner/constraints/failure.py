"""After a failed change: wait for news where there was something to go back to, else try again with growing pauses."""

from collections.abc import Iterator
from datetime import timedelta

from tiangong.errors import problem
from tiangong.model.stages import Reason, Run
from tiangong.planner.case import Case

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


def objections(case: Case) -> Iterator[Reason]:
    """Hold a release that failed here, unless its steps have changed since (other config, other values)."""
    failed = case.past.failed.get(case.release.digest) if case.release else None
    if failed is None or failed.ended is None or not _same_steps(failed, case):
        return
    installed = case.past.installed
    if installed and installed.release != failed.release and not case.finishes_what_began:
        yield Reason("failure", problem("constraint/failed", run=failed.id, version=failed.version))
        return
    earliest = failed.ended + min(FIRST_PAUSE * 2 ** min(case.past.failures - 1, 10), LONGEST_PAUSE)
    if case.now < earliest:
        again = problem("constraint/retry-later", run=failed.id, version=failed.version, failures=case.past.failures)
        yield Reason("failure", again, earliest)


def _same_steps(failed: Run, case: Case) -> bool:
    """A failed run holds back what it tried: all its steps are still asked for with the same digests."""
    wanted = {(step.name, step.digest) for step in case.steps}
    return all((step.name, step.digest) in wanted for step in failed.steps if not step.undo)
