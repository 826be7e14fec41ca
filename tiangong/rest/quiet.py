"""Is anything left to do, and until when not? Asked of what a cycle found out, and of the same worked out once more."""

from collections.abc import Callable
from datetime import datetime

from tiangong.model.stages import Desired, Health, Plan, Report, VerdictWord
from tiangong.rest.moment import Horizon, moment

UNSETTLED = (Health.UNKNOWN, Health.PROGRESSING)


def is_quiet(report: Report) -> bool:
    """Tell whether everything is as wished, told, and in order; what is merely held is not."""
    desired, outcome = report.desired, report.outcome
    return (
        report.pushed
        and not (report.away or report.problems or desired.refusals or desired.holds)
        and not (outcome.running or outcome.ended)
        and all(verdict.word is VerdictWord.UP_TO_DATE for verdict in report.plan.verdicts)
        and all(seen.health not in UNSETTLED for seen in report.actual.installations.values())
    )


def lasts(report: Report, think: Callable[[datetime], tuple[Desired, Plan] | None], now: datetime) -> datetime | None:
    """Until when verifying and planning, done once more, would come to the same; None when that can't be told."""
    horizon = Horizon(now)
    found = think(moment(horizon))
    if found is None or horizon.blurred:
        return None
    desired, plan = found
    same = (desired.memory, desired.holds, desired.refusals, plan) == (report.desired.memory, (), (), report.plan)
    return horizon.until if same else None
