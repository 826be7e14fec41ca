"""One run: the steps of one change, in order; intent, act, result, each synced before the next (D18, D26)."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from tiangong.errors import Problem, TiangongError, problem
from tiangong.job import Site, at_home, make_job
from tiangong.messages import render
from tiangong.model.lifecycle import Event
from tiangong.model.stages import Change, ChangeKind, Reason, Run, Step
from tiangong.ports import Clock, Executors, Journal, LogSink, StepEvent, Traits

Guard = Callable[[Change, str], tuple[Reason, ...]]
"""(change, installation) → why it may not go on, on the newest verified state"""
Ending = Literal["succeeded", "failed", "cancelled", "in-doubt"]


@dataclass(slots=True)
class Brake:
    """Stops a run: between two steps, or in the middle of one."""

    halted: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    _soft: bool = False

    def halt(self) -> None:
        """Begin no other step; a step that may be cut off, because it can just be done again, is cut off."""
        self.halted.set()
        if self._soft:
            self.cancelled.set()

    def cancel(self) -> None:
        """Cut off the step that runs, whatever it is."""
        self.halted.set()
        self.cancelled.set()

    def enter(self, traits: Traits) -> None:
        """A step of this kind begins."""
        self._soft = traits.idempotent or traits.interruptible
        if self.halted.is_set():
            self.halt()


@dataclass(frozen=True, slots=True)
class Hand:
    """All that one run needs to act."""

    executors: Executors
    journal: Journal
    clock: Clock
    sink: LogSink
    guard: Guard
    brake: Brake


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one run is about, fixed when it starts."""

    run: Run
    change: Change
    site: Site


def take(assignment: Assignment, hand: Hand) -> Ending:
    """Do the steps of a run; return how it ended, already journaled.

    A run with a step in doubt hasn't ended: `recover` looks at it.
    """
    ending: Ending = "succeeded"
    for step, undo in [(s, True) for s in assignment.change.undo] + [(s, False) for s in assignment.change.steps]:
        turn = _Turn(assignment, step, hand, undo=undo)
        if hand.brake.halted.is_set():
            ending = "cancelled"
        elif reasons := hand.guard(assignment.change, assignment.run.installation):
            turn.say(reason.problem for reason in reasons)
            ending = "cancelled"
        else:
            ending = turn.take()
        if ending != "succeeded":
            break
    if ending != "in-doubt":
        hand.journal.end(assignment.run.id, ending, hand.clock())
    return ending


@dataclass(slots=True)
class _Turn:
    """One step to be done, or undone."""

    assignment: Assignment
    step: Step
    hand: Hand
    undo: bool = field(kw_only=True)
    _again: bool = False
    """whether it may just be done again"""

    def take(self) -> Ending:
        """Intent, act, result."""
        self._record(Event.UNDO_STARTED if self.undo else Event.STARTED)
        try:
            self._act()
        except TiangongError as error:
            failure: tuple[Problem, ...] = error.problems
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- a bug of an executor neither stops the agent nor is shown
            failure = (problem("step/crashed", step=self.step.name, error=type(error).__name__),)
        else:
            self._record(Event.UNDO_SUCCEEDED if self.undo else Event.SUCCEEDED)
            return "succeeded"
        self.say(failure)
        return self._fail(failure[0].code)

    def say(self, problems: Iterable[Problem]) -> None:
        """Put problems into the log of the step."""
        self._log("".join(f"{render(found)}\n" for found in problems))

    def _act(self) -> None:
        executor = self.hand.executors.get(self.step.executor)
        cancel = self.hand.brake.cancelled
        site = at_home(self.assignment.site, self.step)
        job = make_job(site, self.step, executor, cancel=cancel, log=self._log)
        job = replace(job, final=self.assignment.change.kind is ChangeKind.UNINSTALL)
        traits = executor.traits(job.spec)
        self._again = traits.idempotent and not self.undo
        self.hand.brake.enter(traits)
        (executor.undo if self.undo else executor.apply)(job)

    def _fail(self, code: str) -> Ending:
        """It failed; or it was cut off, and then nobody knows how far it came, unless it may just be done again."""
        cut_off = self.hand.brake.cancelled.is_set()
        if cut_off and not self._again:
            self._record(Event.CRASHED, code)
            return "in-doubt"
        self._record(Event.UNDO_ERRORED if self.undo else Event.ERRORED, code)
        return "cancelled" if cut_off else "failed"

    def _log(self, text: str) -> None:
        """A log that can't be written is no reason for a step to fail; who keeps it says what is wrong with it."""
        with suppress(Exception):
            self.hand.sink.line(self.assignment.run.id, self.step.name, text)

    def _record(self, event: Event, detail: str = "") -> None:
        at = self.hand.clock()
        self.hand.journal.record(
            StepEvent(self.assignment.run.id, self.step.name, self.step.digest, event, at, detail, self.undo)
        )
