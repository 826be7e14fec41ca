"""Documents whose bytes are in order while their signatures count no more: to be looked at, and signed again. Pure."""

from tiangong.documents.paths import kind_at
from tiangong.model.kinds import KINDS
from tiangong.model.stages import Tree
from tiangong.trust.audit import every_path, found_pins
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache, Found

AGAIN = frozenset(
    {"trust/bad-signature", "trust/unknown-signer", "trust/no-authority", "trust/threshold", "trust/tainted"}
)


def to_sign_again(tree: Tree) -> list[str]:
    """Paths, in order; what was never signed, or signed over other bytes, isn't among them."""
    court = Court(tree, found_pins(tree), None, Cache())
    court.open()
    court.presume()
    court.take_withdrawals()
    for path, kind in every_path(court):
        court.one(path, KINDS[kind])
    refused = {r.path for r in court.refusals if r.problem.code in AGAIN and kind_at(r.path)}
    return [path for path in sorted(refused) if _was_signed(court, path)]


def _was_signed(court: Court, path: str) -> bool:
    """Tell whether somebody once signed just these bytes, with a key that may count no more."""
    file = court.files.at(path)
    found = court.files.read(file) if file else None
    return isinstance(found, Found) and bool(found.signatures)
