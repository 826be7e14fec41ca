"""One line on a terminal that says how far something came; only where somebody waits for more than a second."""

import sys
import time

from tiangong.artifacts.pace import in_units
from tiangong.messages.spoken import text

FIRST, EVERY = 1.0, 0.2
CLEAR = "\r\033[K"


class Meter:
    """Used in a `with`; the line is gone at the end. Elsewhere than on a terminal it says nothing."""

    def __init__(self, code: str, name: str, size: int) -> None:
        """`code`: a sentence with `artifact`, `done`, `size`."""
        self._code, self._name, self._size = code, name, size
        self._done, self._shown = 0, False
        self._next = time.monotonic() + FIRST if sys.stderr.isatty() else float("inf")

    def __enter__(self) -> "Meter":
        """Begin to wait."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()

    def moved(self, count: int) -> None:
        """So many bytes more."""
        self._done += count
        now = time.monotonic()
        if now >= self._next:
            self._next, self._shown = now + EVERY, True
            facts = {"artifact": self._name, "done": in_units(self._done), "size": in_units(self._size)}
            sys.stderr.write(CLEAR + text(self._code, **facts))
            sys.stderr.flush()
