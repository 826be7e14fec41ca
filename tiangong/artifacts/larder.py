"""The artifacts kept on one host: fetched once, resumed after a break, compared by digest before anybody gets them."""

import contextlib
import errno
import hashlib
import os
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tiangong.artifacts.folder import sync_folder
from tiangong.artifacts.pace import Pace, Progress, in_units
from tiangong.artifacts.pump import Pump
from tiangong.artifacts.store import CHUNK, Access, Store, place_of
from tiangong.artifacts.stores import open_store
from tiangong.errors import Away, Fact, Failed, Place, Refused
from tiangong.messages import render, text
from tiangong.model.product import Artifact
from tiangong.ports import Pull

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""seconds between tries that brought nothing new; one that did begins the row again"""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORGOTTEN = 7 * 86400.0
"""seconds after which nobody goes on with a half any more"""
IN_USE = 3600.0
"""seconds an artifact stays after it was used, however full the larder is"""


@dataclass(frozen=True, slots=True)
class _Fetching:
    """One artifact on its way."""

    pull: Pull
    store: Store
    pace: Pace
    progress: Progress
    partial: Path


class Larder:
    """Implements `ports.Artifacts`. `keep`: bytes; more than that is given up, what was used longest ago first."""

    def __init__(self, folder: Path, keep: int, access: Access) -> None:
        """Touch nothing yet."""
        self._folder, self._keep, self._access = folder, keep, access
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def local(self, artifact: Artifact) -> Path:
        """The file, if it is here; it was compared when it came."""
        path = self._folder / place_of(artifact)
        try:
            if path.stat().st_size == artifact.size:
                return path
        except OSError:
            pass
        raise Failed.of("step/no-artifact", artifact=artifact.name)

    def fetch(self, pull: Pull) -> Path:
        """The file, fetched if it isn't here, and compared in any case."""
        pace = Pace(pull.cancel, pull.deadline)
        path = self._folder / place_of(pull.artifact)
        with self._alone(pull.artifact, pace), _told(pull.artifact, path):
            if not self._is_sound(pull, path, pace):
                self._get(pull, path, pace)
            os.utime(path)
        self._give_up(path)
        return path

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    @contextlib.contextmanager
    def _alone(self, artifact: Artifact, pace: Pace) -> Iterator[None]:
        """Two steps that need the same artifact fetch it once."""
        lock = self._locks[artifact.digest]
        while not lock.acquire(timeout=0.1):
            pace.check()
        try:
            yield
        finally:
            lock.release()

    def _is_sound(self, pull: Pull, path: Path, pace: Pace) -> bool:
        """Whether the file is here as it came; one that changed is deleted."""
        if not path.is_file():
            return False
        with path.open("rb") as file:
            if _digest(file, pace).hexdigest() == _hex(pull.artifact):
                return True
        pull.log(text("artifact/damaged", artifact=pull.artifact.name) + "\n")
        path.unlink(missing_ok=True)
        return False

    def _get(self, pull: Pull, path: Path, pace: Pace) -> None:
        artifact = pull.artifact
        store = open_store(pull.store, artifact.store, self._access)
        partial = self._folder / "partial" / _hex(artifact)
        for folder in (self._folder, partial.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        size = in_units(artifact.size)
        pull.log(text("artifact/fetching", artifact=artifact.name, size=size, store=store.shown) + "\n")
        progress = Progress(pull.log, "artifact/progress", artifact.name, artifact.size)
        self._bring(_Fetching(pull, store, pace, progress, partial))
        partial.replace(path)
        sync_folder(path.parent)
        pull.log(text("artifact/fetched", artifact=artifact.name, digest=artifact.digest) + "\n")

    def _bring(self, fetching: _Fetching) -> None:
        """Try until it is whole and sound; what a first break left is tried once more from the beginning."""
        furthest = _size(fetching.partial)
        resumed, pauses = furthest > 0, iter(PAUSES)
        while True:
            try:
                sound = _download(fetching)
            except Away as error:
                came = _size(fetching.partial)
                furthest, pauses = (came, iter(PAUSES)) if came > furthest else (furthest, pauses)
                pause = next(pauses, None)
                if pause is None:
                    raise Failed(*error.problems) from None
                fetching.pull.log(render(error.problems[0]) + "\n")
                fetching.pace.pause(pause)
                resumed = resumed or came > 0
                continue
            if sound:
                return
            fetching.partial.unlink(missing_ok=True)
            if not resumed:
                artifact = fetching.pull.artifact
                facts = {"artifact": artifact.name, "digest": artifact.digest, "store": fetching.store.shown}
                raise Refused.of("artifact/wrong-digest", **facts)
            resumed = False

    def _give_up(self, but: Path) -> None:
        """Delete what was used longest ago, until the rest is as small as it should be."""
        for half in self._folder.glob("partial/*"):
            with contextlib.suppress(OSError):
                if half.stat().st_mtime < time.time() - FORGOTTEN:
                    half.unlink()
        found: list[tuple[float, int, Path]] = []
        with contextlib.suppress(OSError):
            for path in (self._folder / "sha256").glob("*/*"):
                with contextlib.suppress(OSError):
                    what = path.stat()
                    found.append((what.st_mtime, what.st_size, path))
        left = sum(size for _, size, _ in found)
        for used, size, path in sorted(found):
            if left <= self._keep or used > time.time() - IN_USE:
                return
            if path != but:
                path.unlink(missing_ok=True)
                left -= size


def _download(fetching: _Fetching) -> bool:
    """One try; False when all bytes came and their digest is another. Away when it broke off."""
    artifact, path = fetching.pull.artifact, fetching.partial
    if _size(path) > artifact.size:
        path.unlink()
    start = _size(path)
    _check_room(fetching, start)
    with Pump(fetching.store, artifact, start, fetching.pace) as pump, contextlib.ExitStack() as opened:
        start = pump.begins()
        if start:
            fetching.pull.log(text("artifact/resuming", artifact=artifact.name, done=in_units(start)) + "\n")
        out = opened.enter_context(path.open("r+b" if start else "w+b"))
        digest = _digest(out, fetching.pace)
        for chunk in pump.chunks():
            start += len(chunk)
            if start > artifact.size:
                path.unlink()
                facts: dict[str, Fact] = {
                    "artifact": artifact.name,
                    "size": artifact.size,
                    "store": fetching.store.shown,
                }
                raise Refused.of("artifact/too-long", **facts)
            out.write(chunk)
            digest.update(chunk)
            fetching.progress.at(start)
        out.flush()
        os.fsync(out.fileno())
    if start < artifact.size:
        size, shown = artifact.size, fetching.store.shown
        raise Away.of("artifact/cut-off", artifact=artifact.name, done=start, size=size, store=shown)
    return digest.hexdigest() == _hex(artifact)


def _check_room(fetching: _Fetching, start: int) -> None:
    """Say at once what a disk that fills up would say at the end."""
    artifact = fetching.pull.artifact
    needed = artifact.size - start
    free = shutil.disk_usage(fetching.partial.parent).free
    if needed > free:
        why = text("artifact/room", free=in_units(free), needed=in_units(needed))
        raise Failed.of("artifact/no-space", Place(str(fetching.partial.parent)), artifact=artifact.name, why=why)


def _digest(file: BinaryIO, pace: Pace) -> "hashlib._Hash":
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        pace.check()
        found.update(chunk)
    return found


def _hex(artifact: Artifact) -> str:
    return artifact.digest.removeprefix("sha256:")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextlib.contextmanager
def _told(artifact: Artifact, path: Path) -> Iterator[None]:
    """Words for what the host's own disk does; a disk that is full gets back what a half file took."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            (path.parents[2] / "partial" / path.name).unlink(missing_ok=True)
        code = "artifact/no-space" if error.errno in FULL else "artifact/cant-keep"
        raise Failed.of(code, Place(str(path.parent)), artifact=artifact.name, why=error.strerror or "") from None
