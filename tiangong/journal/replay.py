"""The pure fold of the journal: runs with their events → what happened to each installation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tiangong.model.lifecycle import Event, advance
from tiangong.model.stages import ChangeKind, History, Installed, Past, Run
from tiangong.ports import StepEvent

ENDED = (Event.SUCCEEDED, Event.ERRORED, Event.UNDO_SUCCEEDED, Event.UNDO_ERRORED)
DONE = (Event.SUCCEEDED, Event.PROBED_DONE, Event.RESOLVED_DONE)


def apply_events(run: Run, events: Iterable[StepEvent]) -> Run:
    """Return the run after its events; ValueError when the lifecycle has no such transition."""
    steps = {(step.name, step.undo): step for step in run.steps}
    for event in events:
        before = steps[event.step, event.undo]
        after = replace(before, state=advance(before.state, event.event), detail=event.detail)
        if event.event in (Event.STARTED, Event.UNDO_STARTED):
            after = replace(after, started=event.at)
        if event.event in ENDED:
            after = replace(after, ended=event.at)
        steps[event.step, event.undo] = after
    return replace(run, steps=tuple(steps.values()))


@dataclass(slots=True)
class _Fold:
    """The past of one installation while its runs are gone through, oldest first."""

    installed: Installed | None = None
    previous: Installed | None = None
    current: Run | None = None
    last: Run | None = None
    steps: dict[str, str] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    failed: dict[str, Run] = field(default_factory=dict)
    failures: int = 0

    def add(self, run: Run, events: Sequence[StepEvent]) -> None:
        self._take_steps(events)
        if run.result is None:
            self.current = run
            return
        self.last = run
        if run.result == "failed":
            again = run.release in self.failed
            self.failures = self.failures + 1 if again else 1
            self.failed[run.release] = run
        elif run.result == "succeeded":
            self.failed.pop(run.release, None)
            self._install(run)

    def _take_steps(self, events: Sequence[StepEvent]) -> None:
        for event in events:
            if event.event in DONE and not event.undo:
                self.steps[event.step] = event.digest
                self.once.add(event.digest)
            elif event.event in (Event.STARTED, Event.UNDO_STARTED):
                self.steps.pop(event.step, None)

    def _install(self, run: Run) -> None:
        ended = run.ended or run.started
        before = self.installed
        since = before.since if before and before.release == run.release else ended
        if before and before.release != run.release and run.kind is not ChangeKind.ROLLBACK:
            self.previous = before
        self.installed = Installed(run.version, run.release, since, dict(self.steps))

    def past(self) -> Past:
        return Past(
            installed=self.installed,
            previous=self.previous,
            current=self.current,
            last=self.last,
            steps=self.steps,
            once=frozenset(self.once),
            failed=self.failed,
            failures=self.failures,
        )


def fold(runs: Iterable[tuple[Run, Sequence[StepEvent]]]) -> History:
    """Return the history of runs given oldest first, each as it began with its events."""
    folds: dict[str, _Fold] = {}
    for run, events in runs:
        folds.setdefault(run.installation, _Fold()).add(apply_events(run, events), events)
    return History({name: found.past() for name, found in folds.items()})
