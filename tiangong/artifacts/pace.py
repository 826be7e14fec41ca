"""How long something that moves bytes may go on, and what is said of how far it came."""

import time
from collections.abc import Callable

from tiangong.errors import Failed, problem
from tiangong.messages import text
from tiangong.ports import CancelToken

SAY_EVERY = 5.0
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class Pace:
    """Watches a cancel token and a deadline (`time.monotonic()` seconds)."""

    def __init__(self, cancel: CancelToken, deadline: float) -> None:
        """Start counting now."""
        self._cancel, self._deadline = cancel, deadline
        self._given = max(0, round(deadline - time.monotonic()))

    def check(self) -> None:
        """Raise Failed when it has to stop."""
        if self._cancel.is_set():
            raise Failed(problem("step/cancelled"))
        if time.monotonic() >= self._deadline:
            raise Failed(problem("step/deadline", seconds=self._given))

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than it may go on."""
        self._cancel.wait(max(0.0, min(seconds, self._deadline - time.monotonic())))
        self.check()


class Progress:
    """Says now and then how far something came, never more often than every few seconds."""

    def __init__(self, say: Callable[[str], None], code: str, name: str, size: int) -> None:
        """Say nothing yet. `code`: a sentence with `artifact`, `done`, `size`."""
        self._say, self._code, self._name, self._size = say, code, name, size
        self._next = time.monotonic() + SAY_EVERY

    def at(self, done: int) -> None:
        """It came so far."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SAY_EVERY
            self._say(text(self._code, artifact=self._name, done=in_units(done), size=in_units(self._size)) + "\n")


def in_units(size: int) -> str:
    """`1.5 GiB`."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if unit else f"{size} B"
