"""What is signed about a secret: which SOPS file holds it, which products may use it, who can open it (D23).

The file itself stands beside it, `<name>.sops.yaml`, and is pure SOPS: nothing of ours is written into it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from tiangong.model.document import Document, Model
from tiangong.model.scalar import Digest, Seq

AGE_RECIPIENT = r"age1[02-9ac-hj-np-z]{10,2000}"
SSH_RECIPIENT = r"ssh-(?:ed25519|rsa) [A-Za-z0-9+/]{40,1400}={0,2}"
Recipient = Annotated[str, StringConstraints(pattern=rf"^(?:{AGE_RECIPIENT}|{SSH_RECIPIENT})$")]
"""A public key that age encrypts to: one of its own, or an SSH key without its comment."""
ProductGlob = Annotated[str, StringConstraints(pattern=r"^[a-z0-9*?\[\]._-]{1,63}$")]
MOST_RECIPIENTS = 64


class SecretSpec(Model):
    """`digest` is stamped by signing: of the bytes of the SOPS file."""

    products: Seq[ProductGlob] = Field(min_length=1, max_length=64)
    """whose releases may use it; globs. A release of any other product is refused"""
    recipients: Seq[Recipient] = Field(min_length=1, max_length=MOST_RECIPIENTS)
    """whom the SOPS file is encrypted to"""
    digest: Digest | None = None


class Secret(Document):
    """`environments/<e>/secrets/<name>.yaml`, beside `<name>.sops.yaml`; `metadata.environment` says where."""

    path: ClassVar[str] = "environments/{environment}/secrets/{name}.yaml"
    kind: Literal["Secret"]
    spec: SecretSpec
