"""Every artifact a step needs must lie in a store the fleet has."""

from collections.abc import Iterator

from tiangong.errors import Place, problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Name every artifact nobody knows where to find, before any step runs."""
    fleet = case.desired.fleet
    stores = fleet.document.spec.artifact_stores
    undone = case.change.undo if case.change else ()
    steps = [step for step in case.steps if step not in undone]
    lost = {name: one for step in steps for name, one in step.artifacts.items() if one.store not in stores}
    for name, one in sorted(lost.items()):
        place = Place(fleet.path, field="spec.artifactStores")
        facts = {"artifact": name, "store": one.store, "known": ", ".join(stores) or "none"}
        yield Reason("artifacts", problem("constraint/no-store", place, **facts))
