"""After a failed change: wait for news where there was something to go back to, else try again with growing pauses."""

from collections.abc import Iterator
from datetime import timedelta

from tiangong.errors import problem
from tiangong.model.stages import Reason, Run
from tiangong.planner.case import Case

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


def objections(case: Case) -> Iterator[Reason]:
    """Hold a release that failed here, unless what is to be done has changed since (other config, other values)."""
    failed = case.past.failed.get(case.release.digest) if case.release else None
    if case.release is None or failed is None or failed.ended is None or not _same_again(failed, case):
        return
    installed = case.past.installed
    if installed and installed.release != failed.release:
        facts = {"run": failed.id, "version": failed.version, "installed": installed.version}
        yield Reason("failure", problem("constraint/failed", **facts))
        return
    failures = case.past.failures.get(failed.release, 1)
    earliest = failed.ended + min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    if case.now < earliest:
        again = problem("constraint/retry-later", run=failed.id, version=failed.version, failures=failures)
        yield Reason("failure", again, earliest)


def _same_again(failed: Run, case: Case) -> bool:
    """A failed run holds back what it tried: nothing would be done now that it didn't try, with the same digest."""
    tried = {(step.name, step.digest) for step in failed.steps if not step.undo}
    wanted = case.change.steps if case.change else case.steps
    return all((step.name, step.digest) in tried for step in wanted)
