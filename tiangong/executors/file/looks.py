"""Whose a file is and what may be done with it."""

import grp
import os
import pwd
import stat
from dataclasses import dataclass

from tiangong.errors import Misuse

NEW_FILE = 0o644
NEW_FOLDER = 0o755
READ = 0o444
LARGEST_ID = 2**32 - 2


@dataclass(frozen=True, slots=True)
class Looks:
    """Mode and owner as a step wants them; None: as it is, and as usual for what is new."""

    mode: int | None = None
    uid: int | None = None
    gid: int | None = None

    def file_mode(self, *, executable: bool) -> int:
        """The mode of a new file; who may read it may run it when it is executable."""
        mode = NEW_FILE if self.mode is None else self.mode
        return mode | ((mode & READ) >> 2) if executable else mode

    def fits(self, mode: int, *, executable: bool, alone: bool) -> bool:
        """Whether a file's mode is as wanted. A file that stands alone keeps the mode it has if the step says none."""
        if alone and self.mode is None:
            return not executable or mode | ((mode & READ) >> 2) == mode
        return mode == self.file_mode(executable=executable)

    @property
    def folder_mode(self) -> int:
        """The mode of a new folder; who may read it may enter it."""
        mode = NEW_FOLDER if self.mode is None else self.mode
        return mode | ((mode & READ) >> 2)

    def give(self, file: int, mode: int) -> None:
        """Give an open file or folder its owner and mode."""
        if self.uid is not None or self.gid is not None:
            os.fchown(file, -1 if self.uid is None else self.uid, -1 if self.gid is None else self.gid)
        os.fchmod(file, mode)

    def kept(self, found: os.stat_result | None) -> "Looks":
        """The looks of a file that replaces another: what the step doesn't say stays as it was."""
        if found is None or not stat.S_ISREG(found.st_mode):
            return self
        root = os.geteuid() == 0
        return Looks(
            stat.S_IMODE(found.st_mode) & 0o777 if self.mode is None else self.mode,
            found.st_uid if self.uid is None and root else self.uid,
            found.st_gid if self.gid is None and root else self.gid,
        )

    def owner_differs(self, found: os.stat_result) -> bool:
        """Whether it belongs to somebody else than it should."""
        return (self.uid is not None and found.st_uid != self.uid) or (
            self.gid is not None and found.st_gid != self.gid
        )


def looks_of(mode: str | None, owner: str | None, group: str | None) -> Looks:
    """Read mode and names; Misuse when this host has no such user or group."""
    return Looks(int(mode, 8) if mode else None, _uid(owner), _gid(group))


def _uid(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return _number(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid
    except KeyError:
        raise Misuse.of("file/no-user", user=name) from None


def _gid(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return _number(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except KeyError:
        raise Misuse.of("file/no-group", group=name) from None


def _number(digits: str) -> int:
    if int(digits) > LARGEST_ID:
        raise KeyError(digits)
    return int(digits)
