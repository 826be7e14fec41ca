"""Approvals: who must agree to a change, and the signed agreement to exact steps in named environments (R14, D14)."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from tiangong.model.document import Document, Model
from tiangong.model.scalar import Digest, Moment, Name, Seq, Version

LONGEST = timedelta(days=35)
"""how long before its end an approval begins to count (D14)"""
Where = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}/[a-z0-9][a-z0-9._-]{0,62}$")]
"""an installation: ENVIRONMENT/INSTALLATION"""


class When(Model):
    """Which changes need approval; all that is given must fit. `products`: globs; `labels`: of the environment."""

    products: Seq[str] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    downtime: bool | None = None
    kinds: Seq[Literal["install", "upgrade", "config", "uninstall"]] = ()


class ApprovalRule(Model):
    """So many distinct people with the role, none of whom signed what is approved (R15). All rules count (D4)."""

    require: int = Field(ge=0, le=32)
    role: Literal["approver"] = "approver"
    when: When = Field(default_factory=When)


class ApprovalSpec(Model):
    """`subjects`: the bytes that were looked at: release and, where there is one, promotion or installation.

    `plans`: installation → digest of the change that was shown: its steps in order, values filled in.
    """

    product: Name
    version: Version
    environments: Annotated[Seq[Name], Field(min_length=1, max_length=1000)]
    subjects: Annotated[Seq[Digest], Field(min_length=1, max_length=1000)]
    plans: Annotated[dict[Where, Digest], Field(min_length=1, max_length=1000)]
    until: Moment
    reason: str = ""


class Approval(Document):
    """`approvals/<id>.yaml`, one sidecar per approver; the id is made from what it says, so nobody says it twice."""

    path: ClassVar[str] = "approvals/{name}.yaml"
    kind: Literal["Approval"]
    spec: ApprovalSpec
