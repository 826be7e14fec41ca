"""A release that failed here and was left for what was there before isn't tried again as it is (D20)."""

from collections.abc import Iterator

from tiangong.errors import problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Refuse it until there is news: another release, or other values."""
    installed = case.past.installed
    failed = case.past.failed.get(case.release.digest) if case.release else None
    if failed is None or installed is None or installed.release == failed.release:
        return
    if case.tries_the_same:
        facts = {"run": failed.id, "version": failed.version, "installed": installed.version}
        yield Reason("failed", problem("constraint/failed", **facts))
