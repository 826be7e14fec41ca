"""Whether a change that is under way may still go on: asked before every step, on the newest verified state (R23)."""

from datetime import datetime

from tiangong.errors import Place, problem
from tiangong.model.stages import Change, Desired, Past, Reason
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.case import Case
from tiangong.planner.constraints import GUARDS, ask
from tiangong.planner.resolve import resolve


def guard(
    desired: Desired, change: Change, installation: str, capabilities: Capabilities, now: datetime
) -> tuple[Reason, ...]:
    """Return every reason to stop; empty = go on.

    The steps are judged as they will be done, not as the newest configuration would make them. An installation nobody
    wishes for any more is left as it is (D5).
    """
    wish = resolve(desired).get(installation)
    if wish is None:
        place = Place(desired.environment.path)
        return (Reason("hold", problem("constraint/not-wished", place, installation=installation)),)
    case = Case(
        desired=desired,
        wish=wish,
        version=change.version,
        release=desired.releases.get(wish.product, {}).get(change.version),
        prepared=None,
        past=Past(),
        kind=change.kind,
        capabilities=capabilities,
        now=now,
        change=change,
        under_way=True,
    )
    return ask(GUARDS, case)
