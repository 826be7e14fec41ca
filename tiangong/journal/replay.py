"""The pure fold of the journal: runs with their events → what happened to each installation.

The same fold follows the journal while it is written, so that history never costs more than what was added to it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tiangong.model.lifecycle import BACKWARD, FORWARD, Event, State, advance
from tiangong.model.stages import ChangeKind, History, Installed, Past, Run, StepRecord
from tiangong.ports import StepEvent

STARTS = (Event.STARTED, Event.UNDO_STARTED)
ENDS = (Event.SUCCEEDED, Event.ERRORED, Event.UNDO_SUCCEEDED, Event.UNDO_ERRORED)
RESULTS = ("succeeded", "failed", "cancelled")


def apply_events(run: Run, events: Iterable[StepEvent]) -> Run:
    """Return the run after its events; ValueError when the run has no such step or the lifecycle no such transition."""
    steps = {(step.name, step.undo): step for step in run.steps}
    for event in events:
        here = event.step, event.undo
        if here not in steps:
            raise ValueError(f"run {run.id} has no step {event.step}")
        steps[here] = _after(steps[here], event)
    return replace(run, steps=tuple(steps.values()))


def _after(before: StepRecord, event: StepEvent) -> StepRecord:
    if event.event in (FORWARD if event.undo else BACKWARD) or event.digest != before.digest:
        raise ValueError(f"{event.event} is not about the step {before.name} as this run has it")
    return StepRecord(
        name=before.name,
        digest=before.digest,
        state=advance(before.state, event.event),
        started=event.at if event.event in STARTS else before.started,
        ended=event.at if event.event in ENDS else before.ended,
        detail=event.detail,
        undo=before.undo,
        executor=before.executor,
    )


def end_run(run: Run, result: str, at: datetime) -> Run:
    """Return the run as it ended; ValueError when it has ended already, or there is no such result."""
    if run.result is not None:
        raise ValueError(f"run {run.id} has ended")
    match result:
        case "succeeded" | "failed" | "cancelled":
            return replace(run, result=result, ended=at)
        case _:
            raise ValueError(result)


WAYS = {
    State.RUNNING: (Event.STARTED,),
    State.DONE: (Event.STARTED, Event.SUCCEEDED),
    State.FAILED: (Event.STARTED, Event.ERRORED),
    State.IN_DOUBT: (Event.STARTED, Event.CRASHED),
}
WAYS_BACK = {
    State.UNDOING: (Event.UNDO_STARTED,),
    State.UNDONE: (Event.UNDO_STARTED, Event.UNDO_SUCCEEDED),
    State.FAILED: (Event.UNDO_STARTED, Event.UNDO_ERRORED),
    State.UNDO_IN_DOUBT: (Event.UNDO_STARTED, Event.CRASHED),
}


def events_of(run: Run) -> Iterator[StepEvent]:
    """Events by which the steps of a run that is only known from its outcome came to be as they are."""
    for step in run.steps:
        for event in (WAYS_BACK if step.undo else WAYS).get(step.state, ()):
            at = (step.started if event in STARTS else step.ended) or run.started
            yield StepEvent(run.id, step.name, step.digest, event, at, step.detail, step.undo)


@dataclass(slots=True)
class Fold:
    """The past of one installation while its runs are gone through, oldest first."""

    installed: Installed | None = None
    previous: Installed | None = None
    current: Run | None = None
    last: Run | None = None
    leaving: Run | None = None
    steps: dict[str, str] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    failed: dict[str, Run] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    tried: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    towards: dict[str, str] = field(default_factory=dict)
    parting: set[str] = field(default_factory=set)
    """names of the steps that uninstall it, once they have begun to"""
    _touched: bool = False
    _past: Past | None = None

    def begin(self, run: Run) -> None:
        """A run starts; ValueError while another one of the installation hasn't ended."""
        if self.current is not None:
            raise ValueError(f"run {self.current.id} of {run.installation} hasn't ended")
        self.current, self._touched, self._past = run, False, None
        if run.kind is not ChangeKind.UNINSTALL:
            # What was done to uninstall it is to be done again, should it be uninstalled later.
            for name in self.parting:
                self.steps.pop(name, None)
            self.parting.clear()

    def event(self, event: StepEvent) -> None:
        """Something happened to a step of the current run; ValueError when it can't have."""
        run = self._current(event.run)
        self.current = apply_events(run, (event,))
        self._past = None
        if event.event in STARTS:
            self._touch(run, event)
        self._take(event, next(s.state for s in self.current.steps if (s.name, s.undo) == (event.step, event.undo)))

    def end(self, id_: str, result: str, at: datetime) -> None:
        """The current run ended."""
        run = end_run(self._current(id_), result, at)
        self.current, self.last, self._past = None, run, None
        if result == "failed":
            self._fail(run)
        elif result == "succeeded":
            self._succeed(run)

    def past(self) -> Past:
        """All of it, as a value of its own."""
        if self._past is None:
            self._past = Past(
                installed=self.installed,
                previous=self.previous,
                current=self.current,
                last=self.last,
                steps=dict(self.steps),
                once=frozenset(self.once),
                failed=dict(self.failed),
                failures=dict(self.failures),
                tried=dict(self.tried),
                leaving=self.leaving,
                towards=dict(self.towards),
            )
        return self._past

    def _current(self, id_: str) -> Run:
        if self.current is None or self.current.id != id_:
            raise ValueError(f"run {id_} isn't under way")
        return self.current

    def _touch(self, run: Run, event: StepEvent) -> None:
        """Once a run has touched anything, none of its steps counts as done until it is done again (D19)."""
        if not self._touched:
            self._touched = True
            if run.kind is ChangeKind.UNINSTALL and not event.undo:
                self._part(run)
            for step in run.steps:
                if not step.undo:
                    self.steps.pop(step.name, None)
        self.steps.pop(event.step, None)

    def _part(self, run: Run) -> None:
        """Once a step made for it uninstalls something, no step that installed it counts as done any more (D5)."""
        if not self.parting:
            self.steps.clear()
            self.once.clear()
        self.parting.update(step.name for step in run.steps if not step.undo)

    def _take(self, event: StepEvent, after: State) -> None:
        uninstalls = self.current is not None and self.current.kind is ChangeKind.UNINSTALL
        if event.undo and after is State.UNDONE:
            self.towards.pop(event.step, None)
            self.once.discard(event.digest)
        elif after is State.DONE and uninstalls and not event.undo:
            self.steps[event.step] = event.digest
        elif not event.undo and after is State.DONE:
            self.steps[event.step] = event.digest
            self.once.add(event.digest)
            self.towards.pop(event.step, None)
            self.towards[event.step] = event.digest

    def _fail(self, run: Run) -> None:
        self.failed[run.release] = run
        self.failures[run.release] = self.failures.get(run.release, 0) + 1
        mine = {(step.name, step.digest) for step in run.steps if not step.undo}
        self.tried[run.release] = frozenset(mine | set(self.towards.items()))
        if self.installed and run.release != self.installed.release and run.kind is not ChangeKind.ROLLBACK:
            self.leaving = run

    def _succeed(self, run: Run) -> None:
        if run.kind is ChangeKind.UNINSTALL:
            self._forget()
            return
        self.leaving = None
        self.towards.clear()
        self.failed.pop(run.release, None)
        self.failures.pop(run.release, None)
        self.tried.pop(run.release, None)
        ended = run.ended or run.started
        before = self.installed
        since = before.since if before and before.release == run.release else ended
        if before and before.release != run.release and run.kind is not ChangeKind.ROLLBACK:
            self.previous = before
        self.installed = Installed(run.version, run.release, since, dict(self.steps), run.product)

    def _forget(self) -> None:
        """Nothing is there any more: what is installed next, is installed afresh."""
        self.installed = self.previous = self.leaving = None
        self.steps.clear()
        self.once.clear()
        self.failed.clear()
        self.failures.clear()
        self.tried.clear()
        self.towards.clear()
        self.parting.clear()


def folds(runs: Iterable[tuple[Run, Sequence[StepEvent]]], before: Mapping[str, Past] | None = None) -> dict[str, Fold]:
    """Fold runs given oldest first, each with its events; ValueError when they can't have happened.

    `before`: by installation, what is known from the time before the journal began (D19).
    """
    found = {
        name: Fold(installed=past.installed, steps=dict(past.steps), once=set(past.once))
        for name, past in (before or {}).items()
    }
    for run, events in runs:
        fold_ = found.setdefault(run.installation, Fold())
        fold_.begin(replace(run, result=None, ended=None))
        for event in events:
            fold_.event(event)
        if run.result is not None:
            fold_.end(run.id, run.result, run.ended or run.started)
    return found


def history_of(found: dict[str, Fold]) -> History:
    """The history as it is now."""
    return History({name: fold_.past() for name, fold_ in found.items()})


def fold(runs: Iterable[tuple[Run, Sequence[StepEvent]]]) -> History:
    """Return the history of runs given oldest first, each with its events."""
    return history_of(folds(runs))
