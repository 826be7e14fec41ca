"""What would happen next, from Git alone: the agent's own verify and make_plan on a commit and its last signed status."""

from dataclasses import dataclass
from datetime import datetime

from tiangong.errors import TiangongError
from tiangong.fleet.clone import Clone
from tiangong.fleet.roster import pins_found
from tiangong.fleet.statuses import Said, read_signed
from tiangong.model.stages import Desired, Plan, Snapshot, Step
from tiangong.model.status import Receipt
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.plan import make_plan
from tiangong.ports import Effects, Traits
from tiangong.report.past import Receipts, actual_of, history_of
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify


class _Any(frozenset[str]):
    """Every name: which executors a host has enabled is not written in Git."""

    def __contains__(self, name: object) -> bool:
        return True


def _no_effects(_step: Step) -> Effects:
    return Effects()


def _no_traits(_step: Step) -> Traits:
    return Traits()


UNKNOWN_HOST = Capabilities(_Any(), _no_effects, _no_traits)
"""Executors and the envelope are asked on the host only; here nothing is held because of them."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """A plan, and what it was made from."""

    said: Said
    desired: Desired
    plan: Plan


def foresee(snapshot: Snapshot, said: Said, receipts: Receipts, at: datetime, cache: Cache) -> Foresight:
    """Plan one environment as its agent would at a time; Refused when nothing at all can be trusted."""
    desired = verify(snapshot, pins_found(snapshot.tree, said.environment), None, at, cache)
    history = history_of(said.status, receipts)
    return Foresight(said, desired, make_plan(desired, actual_of(said.status), history, UNKNOWN_HOST, at))


def receipts_of(clone: Clone, said: Said, now: datetime) -> Receipts:
    """The receipts of the newest runs by id; one that is not in order is as good as none."""
    found: dict[str, Receipt] = {}
    tip = clone.tip(f"status/{said.environment}")
    if said.status is None or said.agent is None or not tip:
        return found
    tree = clone.tree(tip)
    for run in (installation.run for installation in said.status.spec.installations):
        if run is None or run.ended is None:
            continue
        try:
            found[run.id] = read_signed(tree, f"runs/{run.id}/receipt.yaml", Receipt, said.agent, now)
        except TiangongError:
            continue
    return found
