"""Reasons to wait, one file each. A constraint looks at one case and says why not, how to mend it, and until when.

`FITNESS` asks whether a version may be installed here at all; the newest version without objections is the target.
`TIMING` asks whether the target may be approached now; all of its objections are reported together. Cheap ones first.
"""

from collections.abc import Callable, Iterable, Iterator

from tiangong.model.stages import Reason
from tiangong.planner.case import Case
from tiangong.planner.constraints import (
    approval,
    artifacts,
    channel,
    config_coverage,
    envelope,
    executor,
    failed,
    failure,
    hold,
    in_doubt,
    recall,
    repair,
    running,
    seal,
    secrets,
    signature,
    suppression,
    window,
    wished,
)

Constraint = Callable[[Case], Iterator[Reason]]

FITNESS: tuple[Constraint, ...] = (
    signature.objections,
    seal.objections,
    channel.objections,
    recall.objections,
    config_coverage.objections,
    executor.objections,
    artifacts.objections,
    envelope.objections,
    failed.objections,
)
TIMING: tuple[Constraint, ...] = (
    hold.objections,
    running.objections,
    in_doubt.objections,
    secrets.objections,
    failure.objections,
    repair.objections,
    approval.objections,
    suppression.objections,
    window.objections,
)
GUARDS: tuple[Constraint, ...] = (
    hold.objections,
    wished.objections,
    signature.objections,
    recall.objections,
    suppression.objections,
    executor.objections,
    secrets.objections,
    envelope.objections,
)
"""asked again before every step, on the newest state (R23); a window that closes doesn't cut through a run"""
RETREAT: tuple[Constraint, ...] = (
    signature.objections,
    seal.objections,
    executor.objections,
    artifacts.objections,
    envelope.objections,
    *TIMING,
)
"""asked of going back to a release that was installed before, and of uninstalling one: whether its steps may be done
on this host, and now"""


def ask(constraints: Iterable[Constraint], case: Case) -> tuple[Reason, ...]:
    """Return every objection to a case."""
    return tuple(reason for constraint in constraints for reason in constraint(case))
