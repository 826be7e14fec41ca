"""After a crash: every step caught in the middle is probed; where the probe can't tell, a person decides (D26)."""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tiangong.errors import InDoubt, Misuse, Problem, TiangongError, problem
from tiangong.job import Site, make_job
from tiangong.model.lifecycle import Event, State
from tiangong.model.stages import Desired, Finding, Found, Run, Step, StepRecord
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.ports import Clock, Executors, Journal, StepEvent

PROBE_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class _Scene:
    """What recovery looks at and writes to."""

    journal: Journal
    executors: Executors
    desired: Desired
    clock: Clock
    state: Path


def recover(
    journal: Journal,
    executors: Executors,
    desired: Desired,
    busy: Collection[str] = (),
    *,
    clock: Clock,
    state: Path,
) -> tuple[Problem, ...]:
    """Look at every run that did not end and nobody works on: settle what can be known, report what stays in doubt.

    Asked in every cycle: a run is also cut off when the journal could not be written in the middle of it.
    `busy`: installations being worked on.
    """
    found: list[Problem] = []
    for name, past in journal.history().installations.items():
        run = past.current
        if run is None or name in busy:
            continue
        scene = _Scene(journal, executors, desired, clock, state)
        for record in run.steps:
            if record.state in (State.RUNNING, State.UNDOING):
                _settle(run, record, scene)
        found.extend(close(journal, run.id, clock()))
    return tuple(found)


def close(journal: Journal, run_id: str, now: datetime) -> Iterator[Problem]:
    """End a run none of whose steps is in doubt any more; the planner derives what is still due. Else say so."""
    run = journal.run(run_id)
    if run is None or run.result is not None:
        return
    if run.in_doubt:
        yield problem("run/in-doubt", run=run.id, installation=run.installation, steps=", ".join(run.in_doubt))
        return
    finished = all(step.state is (State.UNDONE if step.undo else State.DONE) for step in run.steps)
    journal.end(run.id, "succeeded" if finished else "cancelled", now)


def resolve_doubt(journal: Journal, run_id: str, *, done: bool, now: datetime) -> Run:
    """A person's word about the steps in doubt of a run: they happened, or they may be done again."""
    run = journal.run(run_id)
    if run is None:
        raise Misuse.of("run/unknown", run=run_id)
    doubtful = [step for step in run.steps if step.state is State.IN_DOUBT]
    if not doubtful:
        raise Misuse.of("run/not-in-doubt", run=run_id)
    event = Event.RESOLVED_DONE if done else Event.RESOLVED_AGAIN
    for step in doubtful:
        journal.record(StepEvent(run.id, step.name, step.digest, event, now, "", step.undo))
    problems = tuple(close(journal, run_id, now))
    if problems:
        raise InDoubt(*problems)
    return journal.run(run_id) or run


def _settle(run: Run, record: StepRecord, scene: _Scene) -> None:
    """Tell from a probe whether a step that was cut off happened; otherwise it stays in doubt."""
    _note(run, record, scene, Event.CRASHED)
    step = _step_of(run, record, scene.desired)
    if step is None or record.undo:
        return
    finding, idempotent = _probe(run, step, scene)
    if finding.found is Found.IN_PLACE:
        _note(run, record, scene, Event.PROBED_DONE, finding.detail)
    elif finding.found is Found.MISSING or (idempotent and finding.found is Found.DRIFTED):
        # The probe is sure that nothing is there, or doing it over what is there is harmless.
        _note(run, record, scene, Event.PROBED_UNDONE, finding.detail)


def _step_of(run: Run, record: StepRecord, desired: Desired) -> Step | None:
    """The step with the values it had, if the release and the configuration still give the same digest."""
    wish = resolve(desired).get(run.installation)
    releases = desired.releases.get(run.product, {})
    release = next((r for r in releases.values() if r.digest == run.release), None)
    if wish is None or release is None:
        return None
    steps = prepare(wish, release).steps
    return next((s for s in steps if s.name == record.name and s.digest == record.digest), None)


def _probe(run: Run, step: Step, scene: _Scene) -> tuple[Finding, bool]:
    """What a probe sees, and whether doing the step over it would be harmless."""
    wish = resolve(scene.desired)[run.installation]
    site = Site(scene.desired.tree, wish.name, f"{run.product}@{run.version}", wish.envelopes, scene.state)
    try:
        executor = scene.executors.get(step.executor)
        job = make_job(site, step, executor, cancel=threading.Event(), log=lambda _: None, within=PROBE_WITHIN)
        return executor.probe(job), executor.traits(job.spec).idempotent
    except TiangongError as error:
        return Finding(Found.UNKNOWN, error.problems[0].code), False
    except Exception as error:  # noqa: BLE001 -- a probe's bug leaves the step in doubt, it doesn't stop the agent
        return Finding(Found.UNKNOWN, type(error).__name__), False


def _note(run: Run, record: StepRecord, scene: _Scene, event: Event, detail: str = "") -> None:
    scene.journal.record(StepEvent(run.id, record.name, record.digest, event, scene.clock(), detail, record.undo))
