"""People with keys made from their names: the same name has the same key in every test."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, public_blob, sign


@dataclass(frozen=True, slots=True)
class Keyholder:
    """Somebody with an ed25519 key; the same name has the same key in every world."""

    name: str
    private: Any

    @property
    def line(self) -> str:
        """The public key as it stands in a policy."""
        return _line(self.name)

    def sign(self, raw: bytes, namespace: str = DOCUMENT_NAMESPACE) -> bytes:
        """An armored signature over bytes."""
        return sign(self.private, raw, namespace)


@cache
def keyholder(name: str) -> Keyholder:
    """The holder of a name, with a key made from it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = hashlib.sha256(f"key of {name} in a test".encode()).digest()
    return Keyholder(name, Ed25519PrivateKey.from_private_bytes(seed))


@cache
def _line(name: str) -> str:
    from tiangong.trust.keys import parse_blob

    return parse_blob(public_blob(keyholder(name).private)).line
