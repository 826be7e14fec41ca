"""Every step's executor must be enabled on this agent and understand what the step says."""

from collections.abc import Iterator

from tiangong.errors import Misuse, Place, problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Say which steps this agent can't run, before any of them runs."""
    for step in case.steps:
        if step.executor not in case.capabilities.names:
            place = Place(f"{step.folder}/release.yaml")
            yield Reason("executor", problem("constraint/no-executor", place, step=step.name, executor=step.executor))
        elif not (case.prepared and case.prepared.problems):
            try:
                case.capabilities.effects(step)
            except Misuse as error:
                yield from (Reason("executor", found) for found in error.problems)
