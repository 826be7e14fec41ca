"""A version must be on the installation's channel, by a promotion that names exactly these bytes (D3, R13)."""

from collections.abc import Iterator

from tiangong.errors import Place, problem
from tiangong.model.stages import Reason
from tiangong.planner.case import Case


def objections(case: Case) -> Iterator[Reason]:
    """Say when the promotion names other bytes than the release has, or when there is no such release."""
    by_channel = case.desired.promotions.get(case.wish.product, {}).get(case.wish.channel, {})
    promotion = by_channel.get(case.version)
    if case.release is None:
        path = f"products/{case.wish.product}/releases/{case.version}/release.yaml"
        if not any(refusal.path == path for refusal in case.desired.refusals):
            yield Reason("channel", problem("constraint/no-release", Place(path), version=case.version))
    elif promotion and promotion.document.spec.release.digest != case.release.digest:
        place = Place(promotion.path, field="spec.release.digest")
        yield Reason("channel", problem("constraint/promotion-digest", place, version=case.version))
