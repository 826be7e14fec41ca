"""A recalled version is never installed nor upgraded to; whoever runs one already is told (D1, D12)."""

from collections.abc import Iterator

from tiangong.errors import Place, problem
from tiangong.model.acts import RecallSpec
from tiangong.model.stages import ChangeKind, Desired, Reason, Wish
from tiangong.model.version import is_recalled, is_within
from tiangong.planner.case import Case

NEW = (ChangeKind.INSTALL, ChangeKind.UPGRADE)
UNREADABLE = ("trust/unread-restriction", "trust/lost-restriction")


def objections(case: Case) -> Iterator[Reason]:
    """Name every recall of the version; of one that can't be read nobody knows which versions it means (R11).

    Repairs and configuration of what is installed already go on, and so does going back after a failure.
    """
    if case.kind in NEW:
        yield from _named("constraint/recalled", case.desired, case.wish, case.version)
        for refusal in case.desired.refusals:
            here = refusal.path.startswith(f"products/{case.wish.product}/recalls/")
            if here and refusal.problem.code in UNREADABLE:
                yield Reason("recall", refusal.problem)


def of_installed(desired: Desired, wish: Wish, version: str) -> tuple[Reason, ...]:
    """Why what is installed should be left, when nothing newer may be installed."""
    return tuple(_named("constraint/recalled-installed", desired, wish, version))


def selects(spec: RecallSpec, version: str) -> bool:
    """Tell whether a recall means a version."""
    return is_recalled(version, spec.versions) and not (spec.except_ and is_within(version, spec.except_))


def _named(code: str, desired: Desired, wish: Wish, version: str) -> Iterator[Reason]:
    for recall in desired.recalls.get(wish.product, ()):
        spec = recall.document.spec
        if selects(spec, version):
            facts = {"version": version, "name": recall.document.metadata.name, "reason": spec.reason}
            yield Reason("recall", problem(code, Place(recall.path), **facts, channel=wish.channel))
