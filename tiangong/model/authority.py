"""What the command line answers about trust: who may, who did, and why a document counts or doesn't."""

from typing import Literal

from tiangong.model.answer import Answer, Trouble
from tiangong.model.document import Model
from tiangong.model.scalar import Moment, Seq


class Allowed(Model):
    """One way to be allowed something. Empty selectors: none apply."""

    role: str
    people: Seq[str]
    threshold: int
    touch: bool
    environments: Seq[str] = ()
    products: Seq[str] = ()


class RoleHolders(Answer):
    """One role of `tiangong trust roles`; `metadata.name` is the role. `kinds`: what it signs; `grants`: who has it."""

    kind: Literal["RoleHolders"] = "RoleHolders"
    kinds: Seq[str]
    grants: Seq[Allowed]


class Allowance(Answer):
    """`tiangong trust can` and `who-can`; `metadata.name` is what was asked. `person`: empty when nobody was named.

    `allowed`: the person may; with `threshold` > 1 together with others.
    """

    kind: Literal["Allowance"] = "Allowance"
    person: str
    allowed: bool | None
    role: str
    ways: Seq[Allowed]


class EndingAnswer(Answer):
    """One thing that ends by itself; `metadata.name` is `<what>/<name>`. `urgent`: within 14 days, not on purpose."""

    kind: Literal["Ending"] = "Ending"
    what: str
    path: str
    ends: Moment
    urgent: bool


class PendingApproval(Answer):
    """One change that waits for approvals; `metadata.name` is ENVIRONMENT/INSTALLATION. `who`: who can give one."""

    kind: Literal["PendingApproval"] = "PendingApproval"
    product: str
    version: str
    change: str
    have: int
    need: int
    who: Seq[str]


class SignatureMark(Model):
    """One signature beside a document; `why`: why it is no good, or empty."""

    person: str
    key: str
    touched: bool
    why: str = ""


class DocumentStanding(Answer):
    """`tiangong trust why`; `metadata.name` is the path. `problems`: why it doesn't count, or what is remarked."""

    kind: Literal["DocumentStanding"] = "DocumentStanding"
    accepted: bool
    role: str
    signers: Seq[str]
    digest: str
    generation: int | None
    marks: Seq[SignatureMark]
    problems: Seq[Trouble]


class TrustedPerson(Model):
    """Somebody of the policy, by the fingerprints of their keys."""

    name: str
    keys: Seq[str]
    machine: bool
    roles: Seq[str]


class TrustedRoot(Model):
    """The newest root, and who signs the next one."""

    version: int
    digest: str
    expires: Moment | None
    threshold: int
    people: Seq[str]


class TrustedPolicy(Model):
    """The policy in force, and who signs the next one."""

    generation: int
    expires: Moment
    threshold: int
    people: Seq[str]


class TrustSummary(Answer):
    """All of `tiangong trust show`; `metadata.name` is the fleet."""

    kind: Literal["TrustSummary"] = "TrustSummary"
    repo: str
    level: str
    root: TrustedRoot
    policy: TrustedPolicy
    people: Seq[TrustedPerson]
