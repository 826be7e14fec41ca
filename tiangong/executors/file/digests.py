"""SHA-256 of files on the host; a file that hasn't changed since it was read isn't read again."""

import hashlib
import os
import stat
import threading
import time
from collections import OrderedDict
from typing import TypeAlias

from tiangong.executors.file.parts import CHUNK
from tiangong.executors.limits import Limits

REMEMBERED = 65_536
SMALL = 1 << 16
"""bytes; smaller files are read every time"""
SETTLED = 2.0
"""seconds; a file changed more recently might change again without its time showing it"""

Stamp: TypeAlias = tuple[int, int, int, int, int]


class Digests:
    """Used from many threads. The system sets `ctime` at every change of bytes, mode or owner, and nobody else can."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: OrderedDict[Stamp, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, folder: int, name: str, limits: Limits) -> str:
        """The digest of a file in an open folder; `""` when it is no longer a file."""
        # Without O_NONBLOCK, a pipe that took the file's place would stop the agent.
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                return ""
            stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if known := self._recall(stamp):
                return known
            digest = digest_of(file, limits)
            if found.st_size >= SMALL and time.time() - found.st_ctime > SETTLED:
                self._remember(stamp, digest)
            return digest
        finally:
            os.close(file)

    def _recall(self, stamp: Stamp) -> str | None:
        with self._lock:
            if stamp in self._known:
                self._known.move_to_end(stamp)
            return self._known.get(stamp)

    def _remember(self, stamp: Stamp, digest: str) -> None:
        with self._lock:
            self._known[stamp] = digest
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def digest_of(file: int, limits: Limits) -> str:
    """The digest of an open file, read in pieces."""
    digest = hashlib.sha256()
    while chunk := os.read(file, CHUNK):
        limits.check()
        digest.update(chunk)
    return digest.hexdigest()
