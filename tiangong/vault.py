"""The secrets of this host, by the files `agent.yaml` names: read when needed, never kept, told only as keyed digests.

A digest is an HMAC with a key of this agent's own, which stands in its state folder: it tells that a value changed, and
nobody who reads it can try out passwords. Without the key (the folder was lost) every step with a secret is due again.
"""

import hmac
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tiangong.errors import Failed, Place, Problem, problem
from tiangong.model.stages import Vault

LARGEST = 64 << 10
SHORTEST = 4
"""characters; a shorter value can't be hidden in logs without hiding half of them"""
KEY = "secrets.key"
KEY_BYTES = 32


class HostSecrets:
    """Implements `ports.Secrets`. `hide` is told every value before anybody gets it."""

    def __init__(
        self, files: Mapping[str, Path], state: Path, hide: Callable[[Iterable[str]], None], *, keep_key: bool = True
    ) -> None:
        """Read nothing yet. Without `keep_key` no key is written: nothing was done here yet that it could tell of."""
        self._files, self._state, self._hide, self._keep_key = files, state, hide, keep_key
        self._key = b""
        self._lock = threading.Lock()

    def vault(self) -> Vault:
        """Which secrets there are now; what can't be read is a flaw."""
        digests: dict[str, str] = {}
        flaws: dict[str, Problem] = {}
        for name in self._files:
            try:
                digests[name] = self._digest(name, self.value(name))
            except Failed as error:
                flaws[name] = error.problems[0]
        return Vault(digests, flaws, whole=True)

    def value(self, name: str) -> str:
        """The value of a secret, without the line end files have; Failed when it can't be had."""
        path = self._files.get(name)
        if path is None:
            raise Failed.of("step/no-secret", secret=name)
        value = _read(name, path)
        self._hide([value])
        return value

    def _digest(self, name: str, value: str) -> str:
        return "hmac-sha256:" + hmac.digest(self._own_key(), f"{name}\0{value}".encode(), "sha256").hex()

    def _own_key(self) -> bytes:
        with self._lock:
            if not self._key:
                self._key = _key(self._state / KEY, keep=self._keep_key)
            return self._key


def _read(name: str, path: Path) -> str:
    """The text of a file, checked; no message holds any of it."""
    place = Place(str(path))
    try:
        # Without O_NONBLOCK, a pipe nobody writes to would stop the agent.
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Failed(problem("vault/unreadable", place, secret=name, why=error.strerror or "")) from None
    if len(raw) > LARGEST:
        raise Failed(problem("vault/too-large", place, secret=name, limit=LARGEST))
    try:
        value = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        value = "\0"
    if "\0" in value:
        raise Failed(problem("vault/not-text", place, secret=name))
    if len(value.strip()) < SHORTEST:
        raise Failed(problem("vault/too-short", place, secret=name, shortest=SHORTEST))
    return value


def _key(path: Path, *, keep: bool) -> bytes:
    """The agent's own key, made once; Failed when it can't be kept."""
    try:
        if (found := _stored(path)) is not None:
            return found
        if not keep:
            return secrets.token_bytes(KEY_BYTES)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, secrets.token_bytes(KEY_BYTES))
            os.fsync(file)
        finally:
            os.close(file)
        new.replace(path)
        return path.read_bytes()
    except OSError as error:
        raise Failed.of("vault/no-key", Place(str(path)), why=error.strerror or "") from None


def _stored(path: Path) -> bytes | None:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    return found if len(found) == KEY_BYTES else None
