"""Who speaks on the own refs: the agent's name and its key (ed25519, in OpenSSH's format, readable by nobody else)."""

import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from tiangong.errors import Misuse, Place
from tiangong.model.environment import Agent
from tiangong.model.policy import Level
from tiangong.model.status import NAMESPACE, SIGNATURE_SUFFIX
from tiangong.trust.keys import PublicKey, parse_blob
from tiangong.trust.sshsig import public_blob, sign

LARGEST_KEY = 16_384
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Signer:
    """The agent's key; `private` is a key object of `cryptography`."""

    private: Any
    public: PublicKey

    def sealed(self, path: str, raw: bytes) -> dict[str, bytes]:
        """A file with the signature beside it."""
        return {path: raw, path + SIGNATURE_SUFFIX: sign(self.private, raw, NAMESPACE)}

    @property
    def announcement(self) -> str:
        """No key follows this one."""
        return ""

    def turn(self, _agent: Agent | None, _now: datetime, /) -> bool:
        """There is nothing to go over to."""
        return False

    def would_turn(self, _agent: Agent | None, _now: datetime, /) -> bool:
        """Never."""
        return False


class Signing(Protocol):
    """What signs the words of an agent: one key, or the newest of several."""

    @property
    def public(self) -> PublicKey:
        """The public half of the key it signs with now."""
        ...

    @property
    def announcement(self) -> str:
        """A request for the key that is to follow; empty = none."""
        ...

    def sealed(self, path: str, raw: bytes) -> dict[str, bytes]:
        """A file with the signature beside it."""
        ...

    def turn(self, agent: Agent | None, now: datetime, /) -> bool:
        """Go over to the next key when the repository lists it by now; tell whether that was done."""
        ...

    def would_turn(self, agent: Agent | None, now: datetime, /) -> bool:
        """Tell whether `turn` would make a key or go over to one; touches nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose words they are. `instance`: this installation of the agent, random, made once (D25)."""

    environment: str
    repo: str
    level: Level
    instance: str
    version: str
    signer: Signing


def signer_of(private: Any) -> Signer:
    """A signer of a private key object."""
    return Signer(private, parse_blob(public_blob(private)))


def read_key(path: Path) -> Signer:
    """Load the agent's key; Misuse when it is missing, readable by others, or not an ed25519 key without passphrase."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    place = Place(str(path))
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            raw = file.read(LARGEST_KEY)
    except FileNotFoundError:
        raise Misuse.of("agent/no-key", place) from None
    except OSError as error:
        raise Misuse.of("agent/unreadable", place, why=error.strerror or str(error)) from None
    if mode & OTHERS:
        raise Misuse.of("agent/open-key", place, mode=f"{mode:04o}", path=str(path))
    try:
        private = load_ssh_private_key(raw, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise Misuse.of("agent/bad-key", place)
    return signer_of(private)
