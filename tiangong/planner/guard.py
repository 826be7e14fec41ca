"""Asked again before every step, on the newest verified state (R23): may this change still go on?"""

from datetime import datetime

from tiangong.model.stages import Change, Desired, Past, Reason
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.case import Case
from tiangong.planner.constraints import GUARDS
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare


def guard(
    desired: Desired, change: Change, installation: str, capabilities: Capabilities, now: datetime
) -> tuple[Reason, ...]:
    """Return every reason to stop; empty = go on. An installation that is no longer wished for isn't changed further."""
    wish = resolve(desired).get(installation)
    if wish is None:
        return ()
    release = desired.releases.get(wish.product, {}).get(change.version)
    prepared = prepare(wish, release) if release else None
    case = Case(desired, wish, change.version, release, prepared, Past(), change.kind, capabilities, now)
    return tuple(reason for constraint in GUARDS for reason in constraint(case))
