"""A release or promotion that was refused doesn't count, whoever wants it."""

from collections.abc import Iterator

from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Repeat why the release, or its promotion to this channel, was refused; to go back or away it needs none."""
    product, channel = case.wish.product, case.wish.channel
    paths = {f"products/{product}/releases/{case.version}/release.yaml"}
    if not (case.goes_back or case.leaves):
        paths.add(f"products/{product}/promotions/{channel}/{case.version}.yaml")
    for refusal in case.desired.refusals:
        if refusal.path in paths:
            yield Reason("signature", refusal.problem)
