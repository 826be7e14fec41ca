"""Getting to a path without following a link: folder by folder, each opened below the one before (openat).

House rule: a path string is walked once; from then on everything is done through the open folder and one plain name.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tiangong.errors import Failed, Misuse, Place, Refused

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
ON_THE_WAY = FOLDER | getattr(os, "O_PATH", 0)
"""needs the right to enter a folder, not to list it (agents run on Linux; elsewhere steps are only checked)"""
NEW_FOLDER = 0o755


@dataclass(frozen=True, slots=True)
class Spot:
    """One name in one open folder. `made`: folders above it that had to be made, outermost first."""

    path: str
    folder: int
    name: str
    made: tuple[str, ...] = ()

    def stat(self) -> os.stat_result | None:
        """What stands there, links not followed; None when nothing does."""
        return look(self.folder, self.name)

    def sync(self) -> None:
        """Make names that were added to the folder, or taken away, last."""
        os.fsync(self.folder)


@dataclass(frozen=True, slots=True)
class Ground:
    """The part of the host that may be touched: below one folder (the host's own choice; it may be a link), or all."""

    base: str | None = None

    def absolute(self, path: str) -> str:
        """The full path of a path of a step; Misuse when it lies outside."""
        if not path.startswith("/"):
            if self.base is None:
                raise Misuse.of("file/relative", Place(path))
            path = f"{self.base.rstrip('/')}/{path}"
        if self.base is not None and not path.startswith(self.base.rstrip("/") + "/"):
            raise Misuse.of("file/outside-base", Place(path), base=self.base)
        return path

    @contextlib.contextmanager
    def spot(self, path: str, *, make: bool = False) -> Iterator[Spot | None]:
        """Open the folder above an absolute path, made when `make`; None when there is none.

        Refused when a link stands on the way, Failed when something else than a folder does.
        """
        base = (self.base or "/").rstrip("/")
        *above, name = path.removeprefix(base + "/").split("/")
        made: list[str] = []
        here = self._open_base(make=make)
        try:
            so_far = base
            for depth, part in enumerate(above, start=1):
                if here is None:
                    break
                so_far += "/" + part
                flags = FOLDER if depth == len(above) else ON_THE_WAY
                below = _enter(here, part, so_far, flags, made if make else None)
                os.close(here)
                here = below
            yield None if here is None else Spot(path, here, name, tuple(made))
        finally:
            if here is not None:
                os.close(here)

    def _open_base(self, *, make: bool) -> int | None:
        if self.base is None:
            return os.open("/", FOLDER)
        if make:
            Path(self.base).mkdir(mode=NEW_FOLDER, parents=True, exist_ok=True)
        try:
            return os.open(self.base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None


def look(folder: int, name: str) -> os.stat_result | None:
    """What a name in an open folder is, links not followed; None when there is none."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def open_folder(folder: int, name: str) -> int:
    """Open a folder in an open folder; OSError when it is a link or no folder."""
    return os.open(name, FOLDER, dir_fd=folder)


def _enter(here: int, name: str, path: str, flags: int, made: list[str] | None) -> int | None:
    """Open one folder further down; make it when there is none and `made` takes its name."""
    try:
        return os.open(name, flags, dir_fd=here)
    except FileNotFoundError:
        if made is None:
            return None
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        _say_what_it_is(here, name, path)
    if _make(here, name):
        made.append(path)
    try:
        return os.open(name, flags, dir_fd=here)
    except OSError:
        # Somebody took it away, or put something else there, in this moment.
        raise Failed.of("file/not-a-folder", Place(path)) from None


def _make(here: int, name: str) -> bool:
    """Make a folder that lasts, whatever the agent's umask is; False when somebody else just made it."""
    try:
        os.mkdir(name, dir_fd=here)
    except FileExistsError:
        return False
    new = open_folder(here, name)
    try:
        os.fchmod(new, NEW_FOLDER)
    finally:
        os.close(new)
    parent = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=here)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
    return True


def _say_what_it_is(here: int, name: str, path: str) -> NoReturn:
    found = look(here, name)
    if found is not None and stat.S_ISLNK(found.st_mode):
        raise Refused.of("file/link-on-the-way", Place(path), target=os.readlink(name, dir_fd=here))
    raise Failed.of("file/not-a-folder", Place(path))
