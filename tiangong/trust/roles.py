"""What each role stands for: a closed table (D12). TrustRoot and TrustPolicy answer to the root's quorums instead.

Roles without kinds are accepted in the policy already, so that `init` writes it once; they may sign no document yet.
"""

from fnmatch import fnmatchcase

from tiangong.documents.paths import names_in
from tiangong.model.policy import Grant, Role, TrustPolicySpec

KINDS_OF: dict[Role, frozenset[str]] = {
    "maintainer": frozenset({"Fleet", "Channel", "Product"}),
    "owner": frozenset({"Environment", "Profile", "Agent"}),
    "operator": frozenset({"Installation", "Suppression", "Secret"}),
    "release": frozenset({"Release"}),
    "promoter": frozenset({"Promotion", "Recall"}),
    "sealer": frozenset(),
    "attester": frozenset(),
    "approver": frozenset({"Approval"}),
    "auditor": frozenset(),
}
ASIDE: dict[Role, frozenset[str]] = {"sealer": frozenset({"Seal"})}
"""what is signed on branches of its own, beside the documents of main"""
EVERY = ("*",)
ENVIRONMENT_IN_PATH = {"Environment": "name", "Agent": "name", "Installation": "environment", "Secret": "environment"}
PRODUCT_IN_PATH = {"Product": "name", "Release": "product", "Promotion": "product", "Recall": "product"}
WITHDRAWN_BY: dict[str, Role] = {"Suppression": "owner", "Recall": "maintainer", "Approval": "approver"}
"""act → the role that ends it: what restricts takes the threshold of the owners; an approval, one approver (R3)"""
SINGLE = frozenset({*("Suppression", "Recall", "Revocation"), "Approval"})
"""kinds of which one signature counts, whatever threshold the role has; of approvals, people are counted later"""
RESTRICTIONS = frozenset({"Suppression", "Recall", "Revocation"})
"""kinds that take something away: what can't be read, or has no bytes any more, restricts all the same (R11, R20)"""


def signs(role: Role) -> frozenset[str]:
    """Every kind a role signs, for people to read."""
    return KINDS_OF[role] | ASIDE.get(role, frozenset())


def role_for(kind: str) -> Role | None:
    """The role that signs a kind, or None for the kinds of the root's quorums."""
    return next((role for role, kinds in KINDS_OF.items() if kind in kinds), None)


def grants_for(
    policy: TrustPolicySpec,
    kind: str,
    path: str,
    environments: tuple[str, ...] = (),
    products: tuple[str, ...] = (),
    *,
    withdraws: bool = False,
) -> list[Grant]:
    """The grants that cover a document: its role, and selectors that cover everything it reaches.

    `environments`, `products`: those a document names itself (suppressions, installations). What names none reaches
    all of them, and needs a grant for all of them. `withdraws`: not to write the document but to end it.
    """
    role = WITHDRAWN_BY.get(kind) if withdraws else role_for(kind)
    names = names_in(kind, path)
    where = _reached(ENVIRONMENT_IN_PATH.get(kind), names) or environments or EVERY
    what = _reached(PRODUCT_IN_PATH.get(kind), names) or products or EVERY
    return [
        grant
        for grant in policy.roles
        if grant.role == role
        and all(reaches(grant.environments, environment) for environment in where)
        and all(reaches(grant.products, product) for product in what)
    ]


def _reached(key: str | None, names: dict[str, str]) -> tuple[str, ...]:
    return (names[key],) if key is not None and key in names else ()


def reaches(globs: tuple[str, ...], wanted: str) -> bool:
    """Tell whether one of a grant's globs covers everything a name or a glob may stand for."""
    return any(_is_within(wanted, glob) for glob in globs)


def _is_within(wanted: str, glob: str) -> bool:
    """Tell whether everything `wanted` may match is matched by a glob, too; when in doubt it isn't."""
    if glob in (wanted, "*"):
        return True
    if not any(sign in wanted for sign in "*?["):
        return fnmatchcase(wanted, glob)
    start = glob.removesuffix("*")
    return glob.endswith("*") and not any(sign in start for sign in "*?[") and wanted.startswith(start)
