"""Reads from a store in a thread of its own, so that a share or a server that hangs keeps no step from stopping."""

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import TypeAlias

from tiangong.artifacts.pace import Pace
from tiangong.artifacts.store import Line, Store
from tiangong.model.product import Artifact

WAITING = 16
"""chunks read ahead; each is at most 1 MiB"""
TICK = 0.1
Item: TypeAlias = "int | bytes | BaseException | None"
"""where it begins, some bytes, what went wrong, the end"""


class Pump:
    """One read. Used in a `with`; leaving it cuts the read off, whatever it waits for."""

    def __init__(self, store: Store, artifact: Artifact, start: int, pace: Pace) -> None:
        """Start nothing yet."""
        self._store, self._artifact, self._start, self._pace = store, artifact, start, pace
        self._queue: queue.Queue[Item] = queue.Queue(WAITING)
        self._over = threading.Event()
        self._line = Line()

    def __enter__(self) -> "Pump":
        """Start reading."""
        threading.Thread(target=self._read, name="artifact", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self._over.set()
        self._line.cut()

    def begins(self) -> int:
        """Where in the artifact the bytes begin."""
        found = self._next()
        assert isinstance(found, int)  # noqa: S101 -- what is put first
        return found

    def chunks(self) -> Iterator[bytes]:
        """The bytes."""
        while (found := self._next()) is not None:
            assert isinstance(found, bytes)  # noqa: S101 -- what is put then
            yield found

    def _next(self) -> Item:
        while True:
            self._pace.check()
            with contextlib.suppress(queue.Empty):
                found = self._queue.get(timeout=TICK)
                if isinstance(found, BaseException):
                    raise found
                return found

    def _read(self) -> None:
        try:
            begins, chunks = self._store.read(self._artifact, self._start, self._line)
            self._put(begins)
            with contextlib.closing(chunks):
                if all(map(self._put, chunks)):
                    self._put(None)
        except BaseException as error:  # noqa: BLE001 -- handed to whoever waits for the bytes
            self._put(error)

    def _put(self, item: Item) -> bool:
        """Hand over one thing; False when nobody wants it any more."""
        while not self._over.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(item, timeout=TICK)
                return True
        return False
