"""From an agent's signed status back to what the planner asks for: how things are, and what happened."""

from collections.abc import Mapping

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
from tiangong.model.status import InstallationStatus, Receipt, SaidRun, Status

Receipts = Mapping[str, Receipt]
"""run id → what it came to, with the digests of its steps and of its release"""
ENDED = ("succeeded", "failed", "cancelled")


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
    failed = {run.release: run} if run and run.result == "failed" and run.release else {}
    return Past(
        installed=_installed(said),
        current=run if goes_on else None,
        last=None if goes_on else run,
        steps=said.done_steps,
        once=frozenset(said.done_steps.values()),
        failed=failed,
        failures=len(failed),
    )


def _installed(said: InstallationStatus) -> Installed | None:
    since = said.since or (said.run.started if said.run else None)
    if said.version is None or said.release is None or since is None:
        return None
    return Installed(said.version, said.release, since, said.done_steps)


def _run(said: InstallationStatus, run: SaidRun, receipt: Receipt | None) -> Run:
    spec = receipt.spec if receipt else None
    digests = {step.name: step.digest for step in spec.steps} if spec else {}
    return Run(
        id=run.id,
        installation=said.name,
        product=said.product,
        version=run.version,
        release=spec.release if spec else "",
        plan=spec.plan if spec else "",
        kind=ChangeKind(run.kind) if run.kind in frozenset(ChangeKind) else ChangeKind.CONFIG,
        started=run.started,
        ended=run.ended,
        result=run.result if run.result in ENDED else None,
        steps=tuple(
            StepRecord(name, digests.get(name, ""), State(state) if state in frozenset(State) else State.PENDING)
            for name, state in run.steps.items()
        ),
    )
