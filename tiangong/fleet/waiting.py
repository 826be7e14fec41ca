"""Changes that wait for approvals, worked out from Git and compared with what each agent says it waits with (D14)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tiangong.errors import Problem, problem
from tiangong.fleet.foresight import Foresight
from tiangong.model.stages import Change, Verdict
from tiangong.planner.identity import change_digest
from tiangong.planner.resolve import resolve

APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One change of one installation. `needs`: what its rules still ask for; `other`: why the agent's plan differs."""

    environment: str
    verdict: Verdict
    change: Change
    subjects: tuple[str, ...]
    needs: tuple[Problem, ...]
    others: tuple[Problem, ...]
    differs: Problem | None
    config: dict[str, object]


def waiting(found: Foresight) -> Iterator[Waiting]:
    """Every change of an environment that approvals could set free, or that they did already."""
    wishes, name = resolve(found.desired), found.said.environment
    for verdict in found.plan.verdicts:
        wish = wishes[verdict.installation]
        if verdict.change is None or not wish.approvals:
            continue
        release = found.desired.releases.get(wish.product, {}).get(verdict.change.version)
        promotion = found.desired.promotions.get(wish.product, {}).get(wish.channel, {}).get(verdict.change.version)
        own = found.desired.installations.get(verdict.installation)
        signed = tuple(one.digest for one in (release, promotion, own) if one)
        yield Waiting(
            environment=name,
            verdict=verdict,
            change=verdict.change,
            subjects=signed,
            needs=tuple(r.problem for r in verdict.reasons if r.constraint == APPROVAL),
            others=tuple(r.problem for r in verdict.reasons if r.constraint != APPROVAL),
            differs=_differs(found, verdict, verdict.change),
            config=dict(wish.config),
        )


def _differs(found: Foresight, verdict: Verdict, change: Change) -> Problem | None:
    """Say so when the agent said it waits with another change than the one worked out here."""
    spec = found.said.status.spec if found.said.status else None
    said = next((one for one in spec.installations if one.name == verdict.installation), None) if spec else None
    if said is None or not said.change or said.change == change_digest(verdict.installation, change):
        return None
    where = f"{found.said.environment}/{verdict.installation}"
    return problem("approval/other-plan", where=where, heard=spec.at.isoformat() if spec else "")
