"""Who may do what: the questions `trust can` and `trust who-can` ask of one policy and one root. Pure (R4, D12)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tiangong.model.policy import Grant, Quorum, Role, TrustPolicySpec, TrustRootSpec
from tiangong.trust.roles import reaches

QUORUMS = ("policy", "root")
"""what the root answers for, instead of a role of the policy"""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody may want to do, and what it is limited by: `environment`, `product` or nothing."""

    role: Role | str
    limits: tuple[str, ...] = ()


_PRODUCT, _ENVIRONMENT, _INSTALLATION = ("product",), ("environment",), ("environment", "product")
ACTIONS: Mapping[str, Action] = {
    "publish": Action("release", _PRODUCT),
    "promote": Action("promoter", _PRODUCT),
    "recall": Action("promoter", _PRODUCT),
    "label": Action("attester", _PRODUCT),
    "approve": Action("approver", _ENVIRONMENT),
    "install": Action("operator", _INSTALLATION),
    "uninstall": Action("operator", _INSTALLATION),
    "set": Action("operator", _INSTALLATION),
    "suspend": Action("operator", _ENVIRONMENT),
    "resume": Action("owner", _ENVIRONMENT),
    "accept": Action("owner", _ENVIRONMENT),
    "retire": Action("owner", _ENVIRONMENT),
    "edit-environment": Action("owner", _ENVIRONMENT),
    "edit-profile": Action("owner"),
    "edit-product": Action("maintainer", _PRODUCT),
    "edit-channel": Action("maintainer"),
    "edit-fleet": Action("maintainer"),
    "withdraw-recall": Action("maintainer", _PRODUCT),
    "seal": Action("sealer"),
    "edit-policy": Action("policy"),
    "revoke": Action("policy"),
    "rotate-root": Action("root"),
}
"""verb → the role it takes; what restricts takes one signature, else the threshold counts (R3)"""
ALONE = ("revoke", "suspend", "recall")
"""what restricts takes one signature, whatever the threshold (R3)"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be allowed: a grant of the policy, or a quorum of the root."""

    role: str
    people: tuple[str, ...]
    threshold: int = 1
    touch: bool = False
    environments: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


def ways(policy: TrustPolicySpec, root: TrustRootSpec, verb: str, target: Mapping[str, str]) -> tuple[Way, ...]:
    """Every way in which a verb of `ACTIONS` is allowed. `target`: environment and product, those that are meant.

    A limit that isn't named is asked for everywhere: then only a grant for everything allows it.
    """
    action = ACTIONS[verb]
    if action.role in QUORUMS:
        quorum = root.policy if action.role == "policy" else root.root
        return (_of_quorum(str(action.role), quorum, 1 if verb in ALONE else quorum.threshold),)
    found = _covering(policy, action, target)
    return tuple(replace(way, threshold=1) if verb in ALONE else way for way in found)


def may(person: str, found: tuple[Way, ...]) -> Way | None:
    """The easiest way for somebody, or None."""
    return min((way for way in found if person in way.people), key=lambda way: way.threshold, default=None)


def _covering(policy: TrustPolicySpec, action: Action, target: Mapping[str, str]) -> Iterator[Way]:
    for grant in policy.roles:
        if grant.role == action.role and all(_reaches(grant, limit, target.get(limit, "")) for limit in action.limits):
            yield Way(
                role=grant.role,
                people=tuple(grant.who),
                threshold=grant.threshold,
                touch=grant.touch,
                environments=tuple(grant.environments) if "environment" in action.limits else (),
                products=tuple(grant.products) if "product" in action.limits else (),
            )


def _reaches(grant: Grant, limit: str, name: str) -> bool:
    globs = grant.environments if limit == "environment" else grant.products
    return reaches(globs, name or "*")


def _of_quorum(role: str, quorum: Quorum, threshold: int) -> Way:
    return Way(role, tuple(quorum.people), threshold)
