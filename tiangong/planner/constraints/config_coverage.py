"""The environment must give every value the release asks for, of the right type, and no others."""

from collections.abc import Iterator

from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Repeat every problem of preparing the steps."""
    for found in case.prepared.problems if case.prepared else ():
        yield Reason("config-coverage", found)
