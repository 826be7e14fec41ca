"""One agent for one state folder: a lock the kernel lets go of with whoever held it (D25)."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tiangong.errors import Misuse, Place


@contextmanager
def sole(state: Path) -> Iterator[None]:
    """Hold the lock of a state folder, made when missing; Misuse when another agent has it."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Misuse.of("agent/cant-use-state", Place(str(state)), why=error.strerror or str(error)) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misuse.of("agent/already-running", Place(str(state))) from None
        yield
    finally:
        os.close(handle)
