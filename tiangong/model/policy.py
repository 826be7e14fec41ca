"""Who may sign what: the trust root and the policy below it (R1–R4, D12)."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tiangong.model.document import LARGEST_GENERATION, Document, Model, NotYet
from tiangong.model.scalar import Moment, Name, Seq

Role = Literal["maintainer", "owner", "operator", "release", "promoter", "sealer", "attester", "approver", "auditor"]
Level = Literal["signatures", "sealed", "witnessed"]


MOST_RESETS = 256
Generation = Annotated[int, Field(ge=1, le=LARGEST_GENERATION)]
ResetPath = Annotated[
    str,
    StringConstraints(
        pattern=r"^(tiangong|trust/policy|(channels|products|profiles|environments)/[a-z0-9._/-]{1,200})\.yaml$"
    ),
]
"""of a document that is edited; an act is written once, and a root has no mark"""


class Quorum(Model):
    """Named people with their keys, and how many distinct ones of them must sign."""

    threshold: int = Field(default=1, ge=1, le=32)
    people: dict[Name, Seq[str]] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.threshold > len(self.people):
            raise PydanticCustomError("quorum", "asks for more people than it names; nobody could ever change it")
        return self


class TrustRootSpec(Model):
    """Signs only root keys, policy keys, thresholds and mark resets (R2). `expires` is checked on the newest only (R1).

    `resetMarks`: path of a document → the last of its generations that was good. What agents accepted beyond it with a
    stolen key is forgotten when they go on to this root, so that the owners can sign the document again (R12).
    """

    version: int = Field(ge=1, le=1024)
    expires: Moment | None = None
    reset_marks: dict[ResetPath, Generation] = Field(default_factory=dict, max_length=MOST_RESETS)
    root: Quorum
    policy: Quorum


class TrustRoot(Document):
    """`trust/root/<N>.yaml`, all versions kept; `metadata.name` is the number."""

    path: ClassVar[str] = "trust/root/{name}.yaml"
    kind: Literal["TrustRoot"]
    spec: TrustRootSpec


class Person(Model):
    """A principal: a person or a machine, with OpenSSH public key lines; without any where an authority names them."""

    keys: Seq[str] = ()
    machine: bool = False


class Grant(Model):
    """One role for some people; what the role stands for is fixed (`trust/roles.py`). Globs in the selectors."""

    role: Role
    who: Seq[str] = Field(min_length=1)
    environments: Seq[str] = ("*",)
    products: Seq[str] = ("*",)
    threshold: int = Field(default=1, ge=1, le=32)
    touch: bool = False
    pin: bool = False
    labels: NotYet = None


class Authority(Model):
    """Whose user certificates name people: the one principal (or the key id) that fits `people` names a person.

    `people`: with one star, which stands for the name in this policy: `*@example.org`. Certificates count under a seal
    only, at the time of the first one that holds what they signed; `from` and `until` bound that time (R6, R18).
    """

    name: Name
    ca: str
    people: Annotated[str, StringConstraints(pattern=r"^[^*]{0,200}[*][^*]{0,200}$")]
    identity: Literal["principal", "keyId"] = "principal"
    from_: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None


class TrustPolicySpec(Model):
    """`securityLevel`: what agents demand besides signatures: a sealer's seal, or seals of two sealers (D10, R25)."""

    security_level: Level = "signatures"
    expires: Moment
    people: dict[Name, Person] = Field(min_length=1)
    roles: Seq[Grant] = Field(min_length=1)
    authorities: Annotated[Seq[Authority], Field(max_length=32)] = ()


class TrustPolicy(Document):
    """`trust/policy.yaml`."""

    path: ClassVar[str] = "trust/policy.yaml"
    kind: Literal["TrustPolicy"]
    spec: TrustPolicySpec
