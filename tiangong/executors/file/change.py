"""Makes what is wanted: builds it beside, then swaps; or, for a directory, changes its looks where it stands."""

import os
import stat
from collections.abc import Callable

from tiangong.errors import Failed, Place
from tiangong.executors.file.build import PRIVATE_FOLDER, SingleFile, WholeFolder
from tiangong.executors.file.carry import Carrier, known_paths
from tiangong.executors.file.ground import Spot, open_folder
from tiangong.executors.file.looks import Looks
from tiangong.executors.file.parts import Part, gather
from tiangong.executors.file.record import Before, Record
from tiangong.executors.file.remove import is_empty, remove
from tiangong.executors.file.swap import NOTHING, Swap
from tiangong.executors.file.wanted import Form, Wanted

WHAT = {stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link", stat.S_IFREG: "a file"}
GIVES_WAY = {
    Form.FILE: (stat.S_IFREG, stat.S_IFLNK),
    Form.FOLDER: (stat.S_IFDIR,),
    Form.LINK: (stat.S_IFLNK,),
    Form.DIRECTORY: (stat.S_IFDIR,),
}
"""what may stand where something else is wanted; anything more would be a surprise"""


class Change:
    """One change at one spot. `keep`: what was there can be put back; `recursive`: a full folder may be deleted."""

    def __init__(self, swap: Swap, want: Wanted, record: Record | None) -> None:
        """Touch nothing yet."""
        self._swap, self._want, self._record = swap, want, record
        self._spot = swap.spot

    def make(self, *, keep: bool, recursive: bool) -> None:
        """Do it; when it fails, what was there is untouched."""
        found = self._spot.stat()
        if self._want.form is Form.NOTHING:
            self._take_away(found, keep=keep, recursive=recursive)
            return
        self._refuse_what_is_in_the_way(found)
        if self._want.form is Form.DIRECTORY and found is not None:
            self._dress(found, keep=keep)
            return
        ways: dict[Form, Callable[[os.stat_result | None], tuple[Part, ...]]] = {
            Form.FILE: self._file,
            Form.FOLDER: self._folder,
            Form.LINK: self._link,
            Form.DIRECTORY: self._directory,
        }
        try:
            parts = ways[self._want.form](found)
            self._swap.put(self._new_record(parts), keep=keep)
        except BaseException:
            remove(self._spot.folder, self._swap.new, None)
            raise

    def _new_record(self, parts: tuple[Part, ...] = ()) -> Record:
        made = self._record.made if self._record else ()
        return Record(
            path=self._want.path,
            number=self._swap.records.next_number(),
            inputs=self._want.inputs,
            parts=parts,
            before=None,
            made=(*made, *(path for path in self._spot.made if path not in made)),
            former=self._standing(),
            private=self._want.private,
        )

    def _standing(self) -> tuple[Part, ...]:
        """What this step put there before."""
        found = self._spot.stat()
        return self._record.standing(found.st_ino) if self._record and found else ()

    def _file(self, found: os.stat_result | None) -> tuple[Part, ...]:
        sink = SingleFile(self._spot, self._swap.new, self._want.looks.kept(found))
        return gather(self._want.members(), sink, self._want.limits)

    def _folder(self, found: os.stat_result | None) -> tuple[Part, ...]:
        sink = WholeFolder(self._spot, self._swap.new, self._want.looks)
        try:
            parts = gather(self._want.members(), sink, self._want.limits)
            if found is not None:
                self._carry_over(sink, parts)
            sink.finish()
        finally:
            sink.close()
        return parts

    def _carry_over(self, sink: WholeFolder, parts: tuple[Part, ...]) -> None:
        known = known_paths(self._standing(), parts)
        here = open_folder(self._spot.folder, self._spot.name)
        try:
            Carrier(self._spot.path, known, self._want.limits).carry(here, sink.top)
        finally:
            os.close(here)

    def _link(self, _found: os.stat_result | None) -> tuple[Part, ...]:
        if not os.path.exists(self._want.target):  # noqa: PTH110 -- only looked at, and links may lie on the way
            raise Failed.of("file/no-target", Place(self._want.path), target=self._want.target)
        os.symlink(self._want.target, self._swap.new, dir_fd=self._spot.folder)
        return ()

    def _directory(self, _found: os.stat_result | None) -> tuple[Part, ...]:
        os.mkdir(self._swap.new, mode=PRIVATE_FOLDER, dir_fd=self._spot.folder)
        _give(self._spot.folder, self._swap.new, self._want.looks, self._want.looks.folder_mode)
        return ()

    def _dress(self, found: os.stat_result, *, keep: bool) -> None:
        """Give a directory that is there the looks it should have."""
        mode = stat.S_IMODE(found.st_mode)
        before = Before("folder", mode, found.st_uid, found.st_gid, inode=found.st_ino)
        self._swap.write_record(self._new_record(), before if keep else None)
        wanted = mode if self._want.looks.mode is None else self._want.looks.folder_mode
        _give(self._spot.folder, self._spot.name, self._want.looks, wanted)

    def _take_away(self, found: os.stat_result | None, *, keep: bool, recursive: bool) -> None:
        spot = self._spot
        if found is not None and stat.S_ISDIR(found.st_mode) and not recursive and not is_empty(spot.folder, spot.name):
            raise Failed.of("file/not-recursive", Place(spot.path))
        self._swap.take_away(self._new_record(), keep=keep)

    def _refuse_what_is_in_the_way(self, found: os.stat_result | None) -> None:
        kind = stat.S_IFMT(found.st_mode) if found is not None else None
        if kind is not None and kind not in GIVES_WAY[self._want.form]:
            raise Failed.of("file/in-the-way", Place(self._spot.path), what=WHAT.get(kind, "something else"))


def release_directory(spot: Spot, before: Before) -> None:
    """Undo a directory: remove it if it was made and holds nothing, else give it the looks it had."""
    found = spot.stat()
    if found is None or not stat.S_ISDIR(found.st_mode):
        return
    if before != NOTHING:
        _give(spot.folder, spot.name, Looks(uid=before.uid, gid=before.gid), before.mode)
    elif is_empty(spot.folder, spot.name):
        os.rmdir(spot.name, dir_fd=spot.folder)
        spot.sync()
    else:
        raise Failed.of("file/not-empty", Place(spot.path))


def _give(folder: int, name: str, looks: Looks, mode: int) -> None:
    inner = open_folder(folder, name)
    try:
        looks.give(inner, mode)
        os.fsync(inner)
    finally:
        os.close(inner)
