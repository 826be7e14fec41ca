"""The agent's key and the one that follows it (D16): the old one announces the new one until the repository lists it.

`key` in the state folder is the first key, and often what the remote knows the host by; it is never moved. Later ones
are `signing`; `signing.next` is the one that is announced.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tiangong.errors import Failed, Misuse
from tiangong.model.environment import Agent
from tiangong.report.keyfile import make_key
from tiangong.report.signer import Signer, read_key
from tiangong.trust.keys import PublicKey, parse_public
from tiangong.trust.tokens import write_request
from tiangong.trust.wire import SigError

FIRST, LATER, NEXT = "key", "signing", "signing.next"


def key_path(state: Path) -> Path:
    """The private key an agent signs with now."""
    later = state / LATER
    return later if later.exists() else state / FIRST


class Turning:
    """Signs with the newest key the repository lists, and has the next one announced. Read by several threads."""

    def __init__(self, state: Path, environment: str, repo: str, oldest: timedelta | None = None) -> None:
        """Load the key; Misuse when it isn't in order. `oldest`: the age at which a next key is made by itself."""
        self._state, self._environment, self._repo, self._oldest = state, environment, repo, oldest
        self._signer = read_key(key_path(state))

    @property
    def private(self) -> Any:
        """The key object."""
        return self._signer.private

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        return self._signer.public

    def sealed(self, path: str, raw: bytes) -> dict[str, bytes]:
        """A file with the signature beside it."""
        return self._signer.sealed(path, raw)

    @property
    def announcement(self) -> str:
        """A request for the next key, signed by that key; empty when there is none, or it isn't in order."""
        following = self._next()
        if following is None:
            return ""
        return write_request(self._environment, self._repo, following.public.line, following.private)

    def turn(self, agent: Agent | None, now: datetime, /) -> bool:
        """Go over to the next key when the repository lists it by now; tell whether that was done."""
        if self._should_make(agent, now):
            with suppress(Failed):  # a full disk: it is tried again in the next turn
                make_key(self._state / NEXT, self._environment)
        following = self._next() if agent is not None else None
        if agent is None or following is None or not _is_listed(following.public.blob, agent, now):
            return False
        try:
            for end in (".pub", ""):
                new = self._state / f"{NEXT}{end}"
                if new.exists():
                    new.replace(self._state / f"{LATER}{end}")
        except OSError:
            return False  # it goes on with the old key, which counts for days yet, and tries again
        self._signer = following
        return True

    def would_turn(self, agent: Agent | None, now: datetime, /) -> bool:
        """Tell whether `turn` would make a key or go over to one; touches nothing."""
        following = self._next()
        listed = agent is not None and following is not None and _is_listed(following.public.blob, agent, now)
        return self._should_make(agent, now) or listed

    def _should_make(self, agent: Agent | None, now: datetime) -> bool:
        return agent is not None and self._is_old(agent, now) and not (self._state / NEXT).exists()

    def _is_old(self, agent: Agent, now: datetime) -> bool:
        """Tell whether the key has counted for longer than it should."""
        mine = (key for key in agent.spec.keys if _blob(key.key) == self.public.blob)
        since = min((key.from_ for key in mine if key.from_), default=None)
        return self._oldest is not None and since is not None and now >= since + self._oldest

    def _next(self) -> Signer | None:
        path = self._state / NEXT
        try:
            return read_key(path) if path.exists() else None
        except (Misuse, OSError):
            return None


def _is_listed(blob: bytes, agent: Agent, now: datetime) -> bool:
    return any(
        _blob(key.key) == blob and (key.from_ is None or key.from_ <= now) and (key.until is None or now < key.until)
        for key in agent.spec.keys
    )


def _blob(line: str) -> bytes:
    try:
        return parse_public(line).blob
    except SigError:
        return b""


__all__ = ["FIRST", "LATER", "NEXT", "Turning", "key_path"]
