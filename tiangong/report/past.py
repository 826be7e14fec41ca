"""From an agent's signed status back to what the planner asks for: how things are, and what happened."""

from collections.abc import Mapping
from typing import Literal

from tiangong.model.lifecycle import State
from tiangong.model.stages import (
    Actual,
    ChangeKind,
    Finding,
    Found,
    Health,
    History,
    Installed,
    Past,
    Run,
    Seen,
    StepRecord,
)
from tiangong.model.status import UNDO, InstallationStatus, Receipt, SaidRun, Status

Receipts = Mapping[str, Receipt]
"""run id → what it came to, with the digests of its steps and of its release"""
ENDED: dict[str, Literal["succeeded", "failed", "cancelled"]] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}


def actual_of(status: Status | None) -> Actual:
    """Every installation as the agent saw it; nothing installed when there is no status."""
    return Actual({said.name: _seen(said) for said in (status.spec.installations if status else ())})


def history_of(status: Status | None, receipts: Receipts) -> History:
    """What the status tells of the past: what is installed, which steps are done, how the newest run went."""
    return History({said.name: _past(said, receipts) for said in (status.spec.installations if status else ())})


def _seen(said: InstallationStatus) -> Seen:
    health = Health(said.health) if said.health in frozenset(Health) else Health.UNKNOWN
    return Seen(said.version, health, {step: Finding(Found.DRIFTED) for step in said.drifted})


def _past(said: InstallationStatus, receipts: Receipts) -> Past:
    run = _run(said, said.run, receipts.get(said.run.id)) if said.run else None
    goes_on = run is not None and run.result is None
    installed = _installed(said)
    failed = {run.release: run} if run and run.result == "failed" and run.release else {}
    leaves = bool(run and failed and installed and run.release != installed.release)
    return Past(
        installed=installed,
        current=run if goes_on else None,
        last=None if goes_on else run,
        steps=said.done_steps,
        once=frozenset(said.done_steps.values()),
        failed=failed,
        failures=dict.fromkeys(failed, 1),
        tried={run.release: frozenset((s.name, s.digest) for s in run.steps if not s.undo)} if run and failed else {},
        leaving=run if leaves else None,
        towards={s.name: s.digest for s in run.steps if s.state is State.DONE} if run and leaves else {},
    )


def _installed(said: InstallationStatus) -> Installed | None:
    since = said.since or (said.run.started if said.run else None)
    if said.version is None or said.release is None or since is None:
        return None
    return Installed(said.version, said.release, since, said.done_steps, said.product)


def _run(said: InstallationStatus, run: SaidRun, receipt: Receipt | None) -> Run:
    spec = receipt.spec if receipt else None
    digests = {step.name: step.digest for step in spec.steps} if spec else run.digests
    executors = {step.name: step.executor for step in spec.steps} if spec else {}
    return Run(
        id=run.id,
        installation=said.name,
        product=said.product,
        version=run.version,
        release=spec.release if spec else run.release,
        plan=spec.plan if spec else run.plan,
        kind=ChangeKind(run.kind) if run.kind in frozenset(ChangeKind) else ChangeKind.CONFIG,
        started=run.started,
        ended=run.ended,
        result=ENDED.get(run.result),
        steps=tuple(_step(name, state, digests, executors) for name, state in run.steps.items()),
    )


def _step(said: str, state: str, digests: Mapping[str, str], executors: Mapping[str, str]) -> StepRecord:
    name = said.removeprefix(UNDO)
    return StepRecord(
        name,
        digests.get(said) or digests.get(name, ""),
        State(state) if state in frozenset(State) else State.PENDING,
        undo=said != name,
        executor=executors.get(name, ""),
    )
