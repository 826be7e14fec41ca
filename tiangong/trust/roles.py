"""What each role stands for: a closed table (D12). TrustRoot and TrustPolicy answer to the root's quorums instead.

Roles without kinds are accepted in the policy already, so that `init` writes it once; they may sign nothing yet.
"""

from fnmatch import fnmatchcase

from tiangong.documents.paths import names_in
from tiangong.model.policy import Grant, Role, TrustPolicySpec

KINDS_OF: dict[Role, frozenset[str]] = {
    "maintainer": frozenset({"Fleet", "Channel", "Product"}),
    "owner": frozenset({"Environment", "Profile", "Agent"}),
    "operator": frozenset({"Installation", "Suppression"}),
    "release": frozenset({"Release"}),
    "promoter": frozenset({"Promotion"}),
    "sealer": frozenset(),
    "attester": frozenset(),
    "approver": frozenset(),
    "auditor": frozenset(),
}


def role_for(kind: str) -> Role | None:
    """The role that signs a kind, or None for the kinds of the root's quorums."""
    return next((role for role, kinds in KINDS_OF.items() if kind in kinds), None)


def grants_for(policy: TrustPolicySpec, kind: str, path: str, environments: tuple[str, ...] = ()) -> list[Grant]:
    """The grants that cover a document: its role, and globs that match its environments and its product.

    `environments`: those a document names itself (suppressions); all of them must be covered.
    """
    role = role_for(kind)
    names = names_in(kind, path)
    product = names.get("product") or (names.get("name") if kind == "Product" else None)
    where = environments or _environments(kind, names)
    return [
        grant
        for grant in policy.roles
        if grant.role == role
        and (product is None or _covers(grant.products, product))
        and all(_covers(grant.environments, environment) for environment in where)
    ]


def _environments(kind: str, names: dict[str, str]) -> tuple[str, ...]:
    if kind in ("Environment", "Agent"):
        return (names["name"],)
    if kind == "Installation":
        return (names["environment"],)
    # A profile or a suppression without names reaches every environment.
    return ("*",) if kind in ("Profile", "Suppression") else ()


def _covers(globs: tuple[str, ...], name: str) -> bool:
    return any(glob == name or fnmatchcase(name, glob) for glob in globs)
