"""Lets something new take the place of something old: at once, and so that it can be taken back.

What is to come and the folder that was there stand beside the place under hidden names of this step's own; the bytes
of a file that was there go to the installation's own folder. The record is written before the place changes.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from tiangong.errors import Failed, Place
from tiangong.executors.file.build import write_file
from tiangong.executors.file.carry import Carrier, known_paths, make_like
from tiangong.executors.file.ground import Spot, look, open_folder
from tiangong.executors.file.looks import Looks
from tiangong.executors.file.mounts import refuse_mounts
from tiangong.executors.file.parts import CHUNK, Part
from tiangong.executors.file.record import Before, Record, Records
from tiangong.executors.file.remove import is_empty, remove
from tiangong.executors.file.system import exchange
from tiangong.executors.limits import Limits

NOTHING = Before("nothing")
HIDDEN = ".tg-"
"""how the names begin that nobody but this executor uses"""


@dataclass(frozen=True, slots=True)
class Swap:
    """One spot, and the hidden names beside it that belong to this step alone."""

    spot: Spot
    records: Records
    limits: Limits
    tag: str
    private: bool = False
    """what is put there holds a secret"""

    @property
    def new(self) -> str:
        """What is to come."""
        return f"{HIDDEN}{self.tag}.new"

    @property
    def old(self) -> str:
        """The folder that was there."""
        return f"{HIDDEN}{self.tag}.old"

    @property
    def third(self) -> str:
        """Where a folder waits while two change places in three steps."""
        return f"{HIDDEN}{self.tag}.third"

    def clean(self, record: Record | None) -> None:
        """Finish or forget what a crash left half done: afterwards nothing stands under the name of what is to come."""
        was_folder = record is not None and record.before is not None and record.before.kind == "folder"
        self._settle_third()
        if record is not None and was_folder and self._came(record):
            self._keep_old()
        remove(self.spot.folder, self.new, self.limits)

    def note(self, record: Record | None, inputs: str, parts: tuple[Part, ...]) -> None:
        """Remember that what is wanted was in place already: what came before it doesn't change."""
        found = self.spot.stat()
        inode = found.st_ino if found is not None and stat.S_ISDIR(found.st_mode) and parts else 0
        known = record or Record(self.spot.path, 0, "", (), None)
        number = self.records.next_number()
        self.records.write(replace(known, number=number, inputs=inputs, parts=parts, inode=inode, private=self.private))

    def write_record(self, record: Record, before: Before | None) -> None:
        """Remember what is about to change."""
        self.records.write(replace(record, before=before))

    def put(self, record: Record, *, keep: bool) -> None:
        """Let what was built take the place. `keep`: what was there can be put back."""
        spot = self.spot
        found = spot.stat()
        refuse_mounts(spot)
        before = self._backup(found, record.number) if keep else None
        built = look(spot.folder, self.new)
        inode = built.st_ino if built and stat.S_ISDIR(built.st_mode) else 0
        self.records.write(replace(record, before=before, inode=inode))
        if found is not None and stat.S_ISDIR(found.st_mode):
            self._exchange(self.new)
            self._keep_old() if keep else remove(spot.folder, self.new, self.limits)
        else:
            os.rename(self.new, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
        spot.sync()

    def take_away(self, record: Record, *, keep: bool) -> None:
        """Let nothing take the place."""
        spot = self.spot
        found = spot.stat()
        if found is None:
            return
        refuse_mounts(spot)
        before = self._backup(found, record.number) if keep else None
        remove(spot.folder, self.old, self.limits)
        self.records.write(replace(record, before=before))
        if stat.S_ISDIR(found.st_mode):
            hidden = self.old if keep else self.new
            os.rename(spot.name, hidden, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
            spot.sync()
            remove(spot.folder, self.new, self.limits)
        else:
            os.unlink(spot.name, dir_fd=spot.folder)
            spot.sync()

    def put_back(self, record: Record, before: Before) -> None:
        """Put back what was there; done twice it is as done once."""
        spot = self.spot
        refuse_mounts(spot)
        self._settle_third()
        if before.kind == "folder":
            self._put_folder_back(record, before)
        elif before.kind == "file":
            self._restore(before)
        elif before.kind == "link":
            remove(spot.folder, self.new, self.limits)
            os.symlink(before.target, self.new, dir_fd=spot.folder)
            self._replace()
        elif record.is_folder:
            self._leave_rest(record)
        elif spot.stat() is not None:
            os.rename(spot.name, self.new, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
        spot.sync()
        remove(spot.folder, self.new, self.limits)

    def _put_folder_back(self, record: Record, before: Before) -> None:
        spot, here = self.spot, self.spot.stat()
        if look(spot.folder, self.old) is None or (here is not None and here.st_ino == before.inode):
            remove(spot.folder, self.old, self.limits)
        elif here is None:
            os.rename(self.old, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
        elif here.st_ino == record.inode:
            self._carry(self.old, known_paths(record.parts))
            self._exchange(self.old)
            remove(spot.folder, self.old, self.limits)
        else:
            raise Failed.of("file/changed-since", Place(spot.path), old=self.old)

    def _leave_rest(self, record: Record) -> None:
        """Take away what was put into a folder; the folder stays when something else is in it."""
        spot = self.spot
        here = spot.stat()
        if here is None:
            return
        if not stat.S_ISDIR(here.st_mode):
            raise Failed.of("file/changed-since", Place(spot.path), old="nothing")
        remove(spot.folder, self.old, self.limits)
        make_like(spot.folder, self.old, here)
        self._carry(self.old, known_paths(record.parts))
        if is_empty(spot.folder, self.old):
            os.rmdir(self.old, dir_fd=spot.folder)
            os.rename(spot.name, self.new, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
        else:
            self._exchange(self.old)
            remove(spot.folder, self.old, self.limits)

    def _carry(self, target: str, known: Set[str]) -> None:
        """What else is in the folder here gets a name in a hidden one."""
        spot = self.spot
        here = open_folder(spot.folder, spot.name)
        try:
            there = open_folder(spot.folder, target)
            try:
                Carrier(spot.path, known, self.limits).carry(here, there)
            finally:
                os.close(there)
        finally:
            os.close(here)

    def _restore(self, before: Before) -> None:
        """Write the bytes that were there, with the looks they had."""
        spot = self.spot
        remove(spot.folder, self.new, self.limits)
        own = before.uid == os.geteuid() and before.gid == os.getegid()
        looks = Looks(before.mode, None if own else before.uid, None if own else before.gid)
        with self.records.backup(before).open("rb") as source:
            chunks = iter(lambda: source.read(CHUNK), b"")
            write_file(spot.folder, self.new, self._checked(chunks), looks, before.mode, sync=True)
        self._replace()

    def _replace(self) -> None:
        """Let what was built take the place of a file or link; a folder that came there since is not touched."""
        spot = self.spot
        here = spot.stat()
        if here is not None and stat.S_ISDIR(here.st_mode):
            raise Failed.of("file/in-the-way", Place(spot.path), what="a folder")
        os.rename(self.new, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)

    def _backup(self, found: os.stat_result | None, number: int) -> Before:
        spot = self.spot
        if found is None:
            return NOTHING
        looks = Before("", stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)
        if stat.S_ISDIR(found.st_mode):
            return replace(looks, kind="folder", inode=found.st_ino)
        if stat.S_ISLNK(found.st_mode):
            return replace(looks, kind="link", target=os.readlink(spot.name, dir_fd=spot.folder))
        if not stat.S_ISREG(found.st_mode):
            return NOTHING
        backup = self.records.new_backup(spot.path, number)
        backup.unlink(missing_ok=True)
        earlier = self.records.of(spot.path)
        if earlier is not None and earlier.private:
            # Another name of the same file would be as open as the step wants the file itself (D22).
            self._copy(backup)
            return replace(looks, kind="file", backup=backup.name)
        try:
            # The old bytes under another name: costs nothing, however large they are.
            os.link(spot.name, backup, src_dir_fd=spot.folder, follow_symlinks=False)
        except OSError:
            self._copy(backup)
        return replace(looks, kind="file", backup=backup.name)

    def _copy(self, backup: "os.PathLike[str]") -> None:
        spot = self.spot
        source = os.open(spot.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=spot.folder)
        try:
            out = os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                for chunk in self._checked(iter(lambda: os.read(source, CHUNK), b"")):
                    os.write(out, chunk)
                os.fsync(out)
            finally:
                os.close(out)
        finally:
            os.close(source)

    def _checked(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.limits.check()
            yield chunk

    def _came(self, record: Record) -> bool:
        """Whether the new folder took its place, and the old one still has the hidden name the new one had."""
        here, beside = self.spot.stat(), look(self.spot.folder, self.new)
        before = record.before.inode if record.before else 0
        return here is not None and here.st_ino == record.inode and beside is not None and beside.st_ino == before

    def _settle_third(self) -> None:
        """Finish or take back an exchange in three steps that was cut off."""
        spot = self.spot
        if look(spot.folder, self.third) is None:
            return
        if spot.stat() is None:
            os.rename(self.third, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
        else:
            remove(spot.folder, self.new, self.limits)
            os.rename(self.third, self.new, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)

    def _keep_old(self) -> None:
        spot = self.spot
        remove(spot.folder, self.old, self.limits)
        os.rename(self.new, self.old, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)

    def _exchange(self, hidden: str) -> None:
        """Let a folder and the one at the spot change places. Where the system can't at once, in three steps."""
        spot = self.spot
        if exchange(spot.folder, hidden, spot.name):
            return
        third = self.third
        os.rename(spot.name, third, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
        with contextlib.ExitStack() as back:
            back.callback(os.rename, third, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
            os.rename(hidden, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
            back.pop_all()
        os.rename(third, hidden, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)


def tag_of(installation: str, step: str, path: str) -> str:
    """What marks the hidden names of one step of one installation at one path."""
    return hashlib.sha256(f"{installation}/{step}/{path}".encode(errors="surrogateescape")).hexdigest()[:16]
