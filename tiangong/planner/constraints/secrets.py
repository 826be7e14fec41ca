"""Every secret a step needs must be on this host, before anything runs (D23)."""

from collections.abc import Iterator

from tiangong.errors import Place, problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Name every secret that isn't there, or can't be read, once."""
    vault = case.desired.vault
    named = {name: step for step in reversed(case.steps) for name in step.secrets}
    for name, step in sorted(named.items()):
        if name in vault.flaws:
            yield Reason("secrets", vault.flaws[name])
        elif vault.whole and name not in vault.digests:
            place = Place(f"{step.folder}/release.yaml")
            yield Reason("secrets", problem("constraint/no-secret", place, step=step.name, secret=name))
