"""What else is in a folder stays when the folder is replaced: data, logs, caches get a second name in the new one.

A hard link, not a copy: a program that has such a file open goes on writing to what the new folder shows.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Set

from tiangong.errors import Failed, Place, Refused
from tiangong.executors.file.ground import look, open_folder
from tiangong.executors.file.parts import Part
from tiangong.executors.limits import Limits

MOST_ELSE = 20_000


def known_paths(*parts: Iterable[Part]) -> frozenset[str]:
    """Every path that parts stand for, the folders they lie in included."""
    return frozenset(path for group in parts for part in group for path in (part.path, *part.above))


class Carrier:
    """Carries what isn't known from one open folder to another on the same file system."""

    def __init__(self, path: str, known: Set[str], limits: Limits) -> None:
        """`path` is the folder's name for people."""
        self._path, self._known, self._limits = path, known, limits
        self._count = 0

    def carry(self, source: int, target: int, prefix: str = "") -> None:
        """Give everything in `source` that isn't known the same name in `target`; what has that name there goes."""
        for name, is_folder in list(_entries(source)):
            self._limits.check()
            path = f"{prefix}{name}"
            if is_folder:
                self._folder(source, target, name, path)
            elif path not in self._known:
                self._counted()
                if look(target, name) is not None:
                    os.unlink(name, dir_fd=target)
                os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)

    def _folder(self, source: int, target: int, name: str, path: str) -> None:
        there = look(target, name)
        inner = open_folder(source, name)
        try:
            if there is not None and not stat.S_ISDIR(there.st_mode):
                if self._holds_else(inner, f"{path}/"):
                    raise Failed.of("file/in-the-way", Place(f"{self._path}/{path}"), what="a folder")
                return
            if there is None:
                make_like(target, name, os.fstat(inner))
            outer = open_folder(target, name)
            try:
                self.carry(inner, outer, f"{path}/")
            finally:
                os.close(outer)
        finally:
            os.close(inner)
        if there is None and path in self._known:
            _remove_if_empty(target, name)
        elif there is None:
            self._counted()

    def _holds_else(self, folder: int, prefix: str) -> bool:
        """Whether a folder of the old version holds anything that wasn't put there."""
        for name, is_folder in list(_entries(folder)):
            if f"{prefix}{name}" not in self._known:
                return True
            if is_folder:
                inner = open_folder(folder, name)
                try:
                    if self._holds_else(inner, f"{prefix}{name}/"):
                        return True
                finally:
                    os.close(inner)
        return False

    def _counted(self) -> None:
        self._count += 1
        if self._count > MOST_ELSE:
            raise Refused.of("file/too-much-else", Place(self._path), most=MOST_ELSE)


def _entries(folder: int) -> Iterator[tuple[str, bool]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.name, entry.is_dir(follow_symlinks=False)


def make_like(folder: int, name: str, like: os.stat_result) -> None:
    """Make a folder with the mode and owner of another."""
    os.mkdir(name, mode=0o700, dir_fd=folder)
    new = open_folder(folder, name)
    try:
        found = os.fstat(new)
        if (found.st_uid, found.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(new, like.st_uid, like.st_gid)
        os.fchmod(new, stat.S_IMODE(like.st_mode))
    finally:
        os.close(new)


def _remove_if_empty(folder: int, name: str) -> None:
    """A folder of the old version, of which nothing else was left."""
    try:
        os.rmdir(name, dir_fd=folder)
    except OSError:
        if look(folder, name) is None:
            raise
