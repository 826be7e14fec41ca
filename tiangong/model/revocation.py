"""Keys and certificates that count no more from a date on: documents of their own, written once (R9, D1)."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tiangong.model.document import Document, Model
from tiangong.model.scalar import Moment, Seq

MOST = 1000
Fingerprint = Annotated[str, StringConstraints(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
"""as `ssh-keygen -l` shows it"""
Serial = Annotated[int, Field(ge=0, lt=2**64)]
KeyId = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RevokedCertificates(Model):
    """Certificates of one authority, by serial number or by key id."""

    authority: Fingerprint
    serials: Annotated[Seq[Serial], Field(max_length=MOST)] = ()
    ids: Annotated[Seq[KeyId], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _names_some(self) -> Self:
        if not (self.serials or self.ids):
            raise PydanticCustomError("revocation", "names no certificate: give serials or ids")
        return self


class RevocationSpec(Model):
    """What was sealed before `since` stays good when `retired`; when `compromised` it runs on, and nothing new begins.

    `keys`: of people, machines, or certificates whatever their authority; `authorities`: all their certificates.
    """

    reason: Literal["retired", "compromised"]
    since: Moment
    keys: Annotated[Seq[Fingerprint], Field(max_length=MOST)] = ()
    authorities: Annotated[Seq[Fingerprint], Field(max_length=MOST)] = ()
    certificates: Annotated[Seq[RevokedCertificates], Field(max_length=MOST)] = ()
    note: str = ""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.keys or self.authorities or self.certificates):
            raise PydanticCustomError("revocation", "revokes nothing: give keys, authorities or certificates")
        return self


class Revocation(Document):
    """`trust/revocations/<id>.yaml`: one signature of the root's policy keys; ended by a withdrawal at their quorum."""

    path: ClassVar[str] = "trust/revocations/{name}.yaml"
    kind: Literal["Revocation"]
    spec: RevocationSpec
