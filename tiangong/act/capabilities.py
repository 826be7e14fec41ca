"""What the enabled executors say of a step without touching the world, for the pure planner."""

from collections.abc import Callable
from typing import Any, TypeVar

from tiangong.errors import Misuse, Place, problem
from tiangong.job import spec_of
from tiangong.model.stages import Step
from tiangong.planner.capabilities import Capabilities
from tiangong.ports import Effects, Executor, Executors, Traits

T = TypeVar("T")


def capabilities_of(executors: Executors) -> Capabilities:
    """Return functions the planner may call; an executor is loaded when the first of its steps is asked about."""

    def effects(step: Step) -> Effects:
        executor = executors.get(step.executor)
        return _ask(executor.effects, step, executor)

    def traits(step: Step) -> Traits:
        executor = executors.get(step.executor)
        return _ask(executor.traits, step, executor)

    return Capabilities(executors.names(), effects, traits)


def _ask(question: Callable[[Any], T], step: Step, executor: Executor) -> T:
    """Ask a third party's code; whatever goes wrong in it is a Misuse of that step, never a traceback."""
    spec = spec_of(step, executor)
    try:
        return question(spec)
    except Exception as error:
        place = Place(f"{step.folder}/release.yaml", field=f"step {step.name}")
        raise Misuse(problem("step/crashed", place, step=step.name, error=type(error).__name__)) from error
