"""What can't be in a document, or in a policy, whoever signed it. Pure."""

from collections.abc import Iterator

from tiangong.errors import Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.policy import TrustPolicy
from tiangong.model.product import Promotion
from tiangong.model.secret import Secret
from tiangong.model.stages import Pins
from tiangong.trust.approval import flaw_of
from tiangong.trust.authority import keyring, shared_key
from tiangong.trust.seal import LEVELS

POLICY_PATH = "trust/policy.yaml"


def unnamed(document: Document, path: str) -> Problem | None:
    """What a document must name by digest and doesn't (R13)."""
    if isinstance(document, Promotion) and document.spec.release.digest is None:
        return problem("trust/no-digest", Place(path, field="spec.release.digest"))
    if isinstance(document, Secret) and document.spec.digest is None:
        return problem("trust/sealed-unnamed", Place(path, field="spec.digest"))
    return flaw_of(document, path)


def policy_flaw(document: Document, pins: Pins) -> Problem | None:
    """What can't be in a policy, whoever signed it."""
    if not isinstance(document, TrustPolicy):
        return problem("trust/no-policy", Place(POLICY_PATH))
    level = document.spec.security_level
    if LEVELS.index(level) < LEVELS.index(pins.level):
        return problem("trust/level", Place(POLICY_PATH, field="spec.securityLevel"), level=level, pinned=pins.level)
    return shared_key(policy_ring(document)[1])


def policy_ring(policy: TrustPolicy) -> tuple[dict[bytes, str], list[Problem]]:
    """Whose keys count by a policy, and what is wrong with some of them."""
    return keyring(((name, person.keys) for name, person in policy.spec.people.items()), POLICY_PATH)


def unknown_people(policy: TrustPolicy) -> Iterator[Problem]:
    """Names in roles that nobody bears: they can sign nothing, which takes nothing away from the others."""
    for index, grant in enumerate(policy.spec.roles):
        for person in grant.who:
            if person not in policy.spec.people:
                place = Place(POLICY_PATH, field=f"spec.roles[{index}].who")
                yield problem("trust/unknown-person", place, person=person, role=grant.role)
