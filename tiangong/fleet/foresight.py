"""What would happen next, from Git alone: the agent's own verify and make_plan, on its last signed status."""

from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import entry_points

from tiangong.act.capabilities import capabilities_of
from tiangong.errors import Misuse
from tiangong.executors.registry import GROUP, PluginSettings, Registry
from tiangong.fleet.roster import pins_found
from tiangong.fleet.statuses import Said
from tiangong.model.stages import Desired, Plan, Snapshot, Step, Vault
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.plan import make_plan
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.ports import Effects, Traits
from tiangong.report.past import Receipts, actual_of, history_of
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify


@dataclass(frozen=True, slots=True)
class Foresight:
    """A plan, and what it was made from."""

    said: Said
    desired: Desired
    plan: Plan


def foresee(snapshot: Snapshot, said: Said, receipts: Receipts, at: datetime, cache: Cache) -> Foresight:
    """Plan one environment as its agent would at a time; Refused when nothing at all can be trusted."""
    desired = verify(snapshot, pins_found(snapshot.tree, said.environment), None, at, cache)
    desired = replace(desired, vault=Vault(said.status.spec.secrets if said.status else {}))
    history = history_of(said.status, receipts)
    return Foresight(said, desired, make_plan(desired, actual_of(said.status), history, unknown_host(), at))


class _Any(frozenset[str]):
    """Every name: which executors a host has enabled is not written in Git."""

    def __contains__(self, name: object) -> bool:
        return True


def unknown_host() -> Capabilities:
    """What this machine's executors say of a step, without what only the agent's host decides.

    Which are enabled, as whom they work and how they are configured is the host's; a step no executor here
    understands is left to the agent.
    """
    names = sorted({point.name for point in entry_points(group=GROUP)})
    here = capabilities_of(Registry([PluginSettings(type=name) for name in names]))

    def effects(step: Step) -> Effects:
        try:
            return replace(here.effects(step), user=None)
        except Misuse:
            return Effects()

    def traits(step: Step) -> Traits:
        try:
            return here.traits(step)
        except Misuse:
            return Traits()

    return Capabilities(_Any(), effects, traits)


def unenforced(desired: Desired, installation: str, version: str | None) -> tuple[str, ...]:
    """Steps of a release that may touch more than it says, whatever the envelope (D27)."""
    wish = resolve(desired).get(installation)
    release = desired.releases.get(wish.product, {}).get(version or "") if wish else None
    if wish is None or release is None:
        return ()
    effects = unknown_host().effects
    return tuple(step.name for step in prepare(wish, release).steps if not effects(step).enforced)
