"""A suppression holds every change of what it selects until it ends."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from tiangong.errors import Place, problem
from tiangong.model.environment import SuppressionSpec
from tiangong.model.stages import Reason, Wish
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Name every suppression that holds this installation; each ends by its own date."""
    if case.goes_back:
        return
    for suppression in case.desired.suppressions:
        spec = suppression.document.spec
        if case.now < spec.until and selects(spec, case.wish):
            name = suppression.document.metadata.name
            until = spec.until.isoformat()
            found = problem(
                "constraint/suppression", Place(suppression.path), name=name, reason=spec.reason, until=until
            )
            yield Reason("suppression", found, spec.until)


def selects(spec: SuppressionSpec, wish: Wish) -> bool:
    """Environments, labels and installations must all match; what isn't given matches everything."""
    return (
        (not spec.environments or any(fnmatchcase(wish.environment, glob) for glob in spec.environments))
        and all(wish.labels.get(label) == value for label, value in spec.labels.items())
        and (not spec.installations or any(fnmatchcase(wish.name, glob) for glob in spec.installations))
    )
