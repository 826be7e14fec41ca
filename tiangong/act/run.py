"""One run: the steps of one change, in order; intent, act, result, each synced before the next (D18, D26)."""

from collections.abc import Callable
from dataclasses import dataclass

from tiangong.errors import Problem, TiangongError, problem
from tiangong.job import Site, make_job
from tiangong.messages import render
from tiangong.model.lifecycle import Event
from tiangong.model.stages import Change, Reason, Run, Step
from tiangong.ports import CancelToken, Clock, Executors, Journal, LogSink, StepEvent

Guard = Callable[[Change, str], tuple[Reason, ...]]
"""(change, installation) → why it may not go on, on the newest verified state"""


@dataclass(frozen=True, slots=True)
class Hand:
    """All that one run needs to act."""

    executors: Executors
    journal: Journal
    clock: Clock
    sink: LogSink
    guard: Guard
    cancel: CancelToken


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one run is about, fixed when it starts."""

    run: Run
    change: Change
    site: Site


def take(assignment: Assignment, hand: Hand) -> str:
    """Do the steps of a run; return `succeeded`, `failed` or `cancelled`, already journaled."""
    result = "succeeded"
    for step, undo in [(s, True) for s in assignment.change.undo] + [(s, False) for s in assignment.change.steps]:
        if hand.cancel.is_set():
            result = "cancelled"
        elif reasons := hand.guard(assignment.change, assignment.run.installation):
            _say(hand, assignment, step, "".join(f"{render(reason.problem)}\n" for reason in reasons))
            result = "cancelled"
        elif not _one(assignment, step, hand, undo=undo):
            result = "cancelled" if hand.cancel.is_set() else "failed"
        if result != "succeeded":
            break
    hand.journal.end(assignment.run.id, result, hand.clock())
    return result


def _one(assignment: Assignment, step: Step, hand: Hand, *, undo: bool) -> bool:
    """Do one step: intent, act, result. True when its effect is in place."""
    _record(assignment, step, hand, Event.UNDO_STARTED if undo else Event.STARTED, undo=undo)
    try:
        executor = hand.executors.get(step.executor)
        job = make_job(
            assignment.site,
            step,
            executor,
            cancel=hand.cancel,
            log=lambda text: hand.sink.line(assignment.run.id, step.name, text),
        )
        (executor.undo if undo else executor.apply)(job)
    except TiangongError as error:
        failure: tuple[Problem, ...] = error.problems
    except Exception as error:  # noqa: BLE001 -- an executor's bug must not stop the agent, nor leak values into the log
        failure = (problem("step/crashed", step=step.name, error=type(error).__name__),)
    else:
        _record(assignment, step, hand, Event.UNDO_SUCCEEDED if undo else Event.SUCCEEDED, undo=undo)
        return True
    _say(hand, assignment, step, "".join(f"{render(found)}\n" for found in failure))
    event = Event.UNDO_ERRORED if undo else Event.ERRORED
    _record(assignment, step, hand, event, undo=undo, detail=failure[0].code)
    return False


def _say(hand: Hand, assignment: Assignment, step: Step, text: str) -> None:
    hand.sink.line(assignment.run.id, step.name, text)


def _record(assignment: Assignment, step: Step, hand: Hand, event: Event, *, undo: bool, detail: str = "") -> None:
    hand.journal.record(StepEvent(assignment.run.id, step.name, step.digest, event, hand.clock(), detail, undo))
