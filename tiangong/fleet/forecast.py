"""A plan as `tiangong plan` answers it: plain data, the same for a plan from Git and one from a look at the host."""

from collections.abc import Iterable

from tiangong.fleet.reasons import reason_of
from tiangong.model.answer import Basis, PlannedChange, PlannedStep, PlannedVerdict
from tiangong.model.stages import Change, Plan, Reason, Refusal, Step, Verdict
from tiangong.model.status import SaidReason, Status


def basis_of(status: Status | None, main: str) -> Basis:
    """What rests on the agent's last signed word."""
    if status is None:
        return Basis(source="nothing", main=main)
    spec = status.spec
    return Basis(source="status", at=spec.at, counter=spec.counter, revision=spec.revision, main=main)


def verdicts_of(plan: Plan) -> tuple[PlannedVerdict, ...]:
    """Every verdict, in the plan's order."""
    return tuple(_verdict(verdict) for verdict in plan.verdicts)


def refusals_of(refusals: Iterable[Refusal]) -> tuple[SaidReason, ...]:
    """Refused documents as reasons."""
    return tuple(reason_of(Reason("refused", refusal.problem)) for refusal in refusals)


def _verdict(verdict: Verdict) -> PlannedVerdict:
    return PlannedVerdict(
        installation=verdict.installation,
        product=verdict.product,
        verdict=verdict.word.value,
        installed=verdict.installed,
        target=verdict.target,
        change=_change(verdict.change) if verdict.change else None,
        reasons=tuple(reason_of(reason) for reason in verdict.reasons),
        candidates={one.version: tuple(reason_of(reason) for reason in one.reasons) for one in verdict.candidates},
        earliest=verdict.earliest,
    )


def _change(change: Change) -> PlannedChange:
    return PlannedChange(
        kind=str(change.kind),
        version=change.version,
        release=change.release,
        undo=tuple(_step(step) for step in change.undo),
        steps=tuple(_step(step) for step in change.steps),
    )


def _step(step: Step) -> PlannedStep:
    return PlannedStep(name=step.name, executor=step.executor, digest=step.digest)
