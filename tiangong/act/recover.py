"""After a crash: every step caught in the middle is probed; where the probe can't tell, a person decides (D26)."""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tiangong.errors import InDoubt, Misuse, Problem, TiangongError, problem
from tiangong.job import NOTHING, Inquirer, Site, at_home, make_job, spec_of
from tiangong.model.lifecycle import CUT_OFF, IN_DOUBT, Event, State
from tiangong.model.stages import Desired, Finding, Found, Run, Step, StepRecord
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.ports import Clock, Executor, Executors, Journal, StepEvent, Supplies

PROBE_WITHIN = 10.0
GRACE = 0.5
LOOK_AGAIN = timedelta(minutes=5)
"""a step in doubt is probed again: what was away may be there by now"""
CANCELLED = "step/cancelled"


@dataclass(frozen=True, slots=True)
class _Case:
    """One step of a run that was cut off, and what the newest state says of it."""

    run: Run
    record: StepRecord
    desired: Desired

    @property
    def subject(self) -> str:
        return f"{self.run.id}/{self.record.name}"

    def site(self, state: Path, supplies: Supplies) -> Site:
        run, envelopes = self.run, resolve(self.desired)[self.run.installation].envelopes
        return Site(self.desired.tree, run.installation, f"{run.product}@{run.version}", envelopes, state, supplies)

    def steps(self) -> list[Step]:
        """Steps of this name in releases of the product, those first that are this very step with the values it had."""
        wish = resolve(self.desired).get(self.run.installation)
        releases = self.desired.releases.get(self.run.product, {}).values() if wish else ()
        prepared = [prepare(wish, release) for release in releases] if wish else []
        steps = [step for one in prepared for step in (*one.steps, *one.uninstall)]
        alike = [step for step in steps if step.name == self.record.name]
        return sorted(alike, key=lambda step: (step.digest != self.record.digest, step.folder))


class Recovery:
    """Settles runs that did not end and nobody works on: cut off by a crash, or for want of a journal to write."""

    def __init__(
        self, journal: Journal, executors: Executors, *, clock: Clock, state: Path, supplies: Supplies = NOTHING
    ) -> None:
        """Look at nothing yet."""
        self._journal, self._executors, self._clock, self._state = journal, executors, clock, state
        self._supplies = supplies
        self._inquirer = Inquirer()
        self._looked: dict[str, datetime] = {}

    def recover(self, desired: Desired, busy: Collection[str] = ()) -> tuple[Problem, ...]:
        """Settle what can be known, and report what stays in doubt. `busy`: installations being worked on."""
        found: list[Problem] = []
        for name, past in self._journal.history().installations.items():
            run = past.current
            if run is not None and name not in busy:
                for record in run.steps:
                    self._settle(_Case(run, record, desired))
                found.extend(close(self._journal, run.id, self._clock()))
        return tuple(found)

    def _settle(self, case: _Case) -> None:
        """Tell from a probe whether a step that was cut off happened; otherwise it stays in doubt."""
        if case.record.state in CUT_OFF:
            self._note(case, Event.CRASHED)
        elif case.record.state not in IN_DOUBT or not self._is_time(case):
            return
        self._looked[case.subject] = self._clock()
        finding, again = self._look(case)
        if finding.found is Found.IN_PLACE:
            self._note(case, Event.PROBED_DONE, finding.detail)
        elif finding.found is Found.MISSING or again:
            # The probe is sure that nothing is there, or doing it over what is there is harmless.
            self._note(case, Event.PROBED_UNDONE, finding.detail)

    def _is_time(self, case: _Case) -> bool:
        looked = self._looked.get(case.subject)
        return looked is None or not looked <= self._clock() < looked + LOOK_AGAIN

    def _look(self, case: _Case) -> tuple[Finding, bool]:
        """What a probe sees, and whether the step may be done again whatever is there."""
        steps = case.steps()
        if not steps or case.record.executor not in ("", steps[0].executor):
            return Finding(Found.UNKNOWN), False
        step = steps[0]
        try:
            executor = self._executors.get(step.executor)
            again = executor.traits(spec_of(step, executor)).idempotent and not case.record.undo
        except Exception as error:  # noqa: BLE001 -- an executor's bug leaves the step in doubt, it doesn't stop the agent
            return _unknown(error), False
        # With other values than the step had, a probe would look at something else.
        same = step.digest == case.record.digest
        return (self._probe(case, step, executor) if same else Finding(Found.UNKNOWN)), again

    def _probe(self, case: _Case, step: Step, executor: Executor) -> Finding:
        try:
            job = make_job(
                at_home(case.site(self._state, self._supplies), step),
                step,
                executor,
                cancel=threading.Event(),
                log=_unheard,
                within=PROBE_WITHIN,
            )
            return self._inquirer.ask(case.subject, lambda: executor.probe(job), PROBE_WITHIN + GRACE)
        except Exception as error:  # noqa: BLE001 -- as above
            return _unknown(error)

    def _note(self, case: _Case, event: Event, detail: str = "") -> None:
        run, record = case.run, case.record
        at = self._clock()
        self._journal.record(StepEvent(run.id, record.name, record.digest, event, at, detail, record.undo))


def close(journal: Journal, run_id: str, now: datetime) -> Iterator[Problem]:
    """End a run none of whose steps is in doubt any more; the planner derives what is still due. Else say so."""
    run = journal.run(run_id)
    if run is None or run.result is not None:
        return
    if run.in_doubt:
        yield problem("run/in-doubt", run=run.id, installation=run.installation, steps=", ".join(run.in_doubt))
        return
    journal.end(run.id, _result(run), now)


def _result(run: Run) -> str:
    if any(step.state is State.FAILED and step.detail != CANCELLED for step in run.steps):
        return "failed"
    finished = all(step.state is (State.UNDONE if step.undo else State.DONE) for step in run.steps)
    return "succeeded" if finished else "cancelled"


def resolve_doubt(journal: Journal, run_id: str, *, done: bool, now: datetime) -> Run:
    """A person's word about the steps in doubt of a run: they happened, or they may be done again."""
    run = journal.run(run_id)
    if run is None:
        raise Misuse.of("run/unknown", run=run_id)
    doubtful = [step for step in run.steps if step.state in IN_DOUBT]
    if not doubtful:
        raise Misuse.of("run/not-in-doubt", run=run_id)
    event = Event.RESOLVED_DONE if done else Event.RESOLVED_AGAIN
    for step in doubtful:
        journal.record(StepEvent(run.id, step.name, step.digest, event, now, "", step.undo))
    problems = tuple(close(journal, run_id, now))
    if problems:
        raise InDoubt(*problems)
    return journal.run(run_id) or run


def _unknown(error: Exception) -> Finding:
    return Finding(Found.UNKNOWN, error.problems[0].code if isinstance(error, TiangongError) else type(error).__name__)


def _unheard(_text: str) -> None:
    return None
