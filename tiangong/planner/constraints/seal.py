"""The newest seal is too old for anything new to begin: nobody vouches that no news was withheld (R19, D8)."""

from collections.abc import Iterator

from tiangong.errors import Place, problem
from tiangong.model.seal import SEALS
from tiangong.model.stages import ChangeKind, Reason
from tiangong.planner.case import Case

NEW = (ChangeKind.INSTALL, ChangeKind.UPGRADE, ChangeKind.CONFIG, ChangeKind.UNINSTALL)


def objections(case: Case) -> Iterator[Reason]:
    """Hold what is new when the seal everything stands under is older than `staleAfter`.

    Repairs, going back, and what has begun go on.
    """
    seal = case.desired.seal
    if seal is None or case.kind not in NEW or case.under_way:
        return
    until = seal.issued + case.wish.stale_after
    if case.now >= until:
        facts = {"issued": seal.issued.isoformat(), "until": until.isoformat()}
        yield Reason("seal", problem("constraint/stale-seal", Place(SEALS), sequence=seal.sequence, **facts))
