"""Compares what stands on the host with what should: by kind, digest, mode and owner. Reads only."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tiangong.executors.file.digests import Digests
from tiangong.executors.file.ground import Spot, look, open_folder
from tiangong.executors.file.looks import Looks
from tiangong.executors.file.parts import Kind, Part
from tiangong.executors.limits import Limits
from tiangong.messages import text
from tiangong.model.stages import Finding, Found

IN_PLACE = Finding(Found.IN_PLACE)


class Comparison:
    """Compares with one look at the host; `digests` remembers files that haven't changed since."""

    def __init__(self, looks: Looks, digests: Digests, limits: Limits) -> None:
        """Take what holds for all files."""
        self._looks, self._digests, self._limits = looks, digests, limits

    def file(self, spot: Spot, part: Part) -> Finding:
        """A single file; its mode counts only if the step says one."""
        found = spot.stat()
        if found is None:
            return _missing(spot.path)
        flaw = self._file(spot.folder, spot.name, part, alone=True)
        return _drifted(flaw, spot.path) if flaw else IN_PLACE

    def link(self, spot: Spot, target: str) -> Finding:
        """A symbolic link, by where it leads, as written."""
        found = spot.stat()
        if found is None:
            return _missing(spot.path)
        if not stat.S_ISLNK(found.st_mode):
            return _drifted("file/is-no-link", spot.path)
        same = os.readlink(spot.name, dir_fd=spot.folder) == target
        return IN_PLACE if same else _drifted("file/leads-elsewhere", spot.path)

    def directory(self, spot: Spot) -> Finding:
        """A folder, whatever it holds."""
        found = spot.stat()
        if found is None:
            return _missing(spot.path)
        if not stat.S_ISDIR(found.st_mode):
            return _drifted("file/is-no-folder", spot.path)
        if self._looks.mode is not None and stat.S_IMODE(found.st_mode) != self._looks.folder_mode:
            return _drifted("file/other-mode", spot.path)
        return _drifted("file/other-owner", spot.path) if self._looks.owner_differs(found) else IN_PLACE

    def nothing(self, spot: Spot | None) -> Finding:
        """Nothing at all."""
        if spot is None or spot.stat() is None:
            return IN_PLACE
        return Finding(Found.MISSING, text("file/still-there", path=spot.path))

    def folder(self, spot: Spot, parts: Sequence[Part]) -> Finding:
        """A folder with everything that was put into it; it may hold more: what the software itself wrote."""
        found = spot.stat()
        if found is None:
            return _missing(spot.path)
        if not stat.S_ISDIR(found.st_mode):
            return _drifted("file/is-no-folder", spot.path)
        if flaw := self._folder_itself(found):
            return _drifted(flaw, spot.path)
        below = _by_folder(parts)
        folder = open_folder(spot.folder, spot.name)
        try:
            for path, flaw in self._inside(folder, "", below):
                return _drifted(flaw, f"{spot.path}/{path}")
        finally:
            os.close(folder)
        return IN_PLACE

    def _inside(self, folder: int, prefix: str, below: Mapping[str, Sequence[Part]]) -> Iterator[tuple[str, str]]:
        """Everything that isn't as it should be in an open folder and below: its path, and the code of what it is."""
        for part in below.get(prefix, ()):
            self._limits.check()
            name = part.path.rpartition("/")[2]
            if part.kind is Kind.FOLDER:
                yield from self._subfolder(folder, name, part, below)
            elif flaw := self._one(folder, name, part):
                yield part.path, flaw

    def _subfolder(
        self, folder: int, name: str, part: Part, below: Mapping[str, Sequence[Part]]
    ) -> Iterator[tuple[str, str]]:
        found = look(folder, name)
        if found is None:
            yield part.path, "file/is-gone"
        elif not stat.S_ISDIR(found.st_mode):
            yield part.path, "file/is-no-folder"
        elif flaw := self._folder_itself(found):
            yield part.path, flaw
        else:
            inner = open_folder(folder, name)
            try:
                yield from self._inside(inner, part.path, below)
            finally:
                os.close(inner)

    def _folder_itself(self, found: os.stat_result) -> str:
        if stat.S_IMODE(found.st_mode) != self._looks.folder_mode:
            return "file/other-mode"
        return "file/other-owner" if self._looks.owner_differs(found) else ""

    def _one(self, folder: int, name: str, part: Part) -> str:
        if part.kind is Kind.FILE:
            return self._file(folder, name, part, alone=False)
        found = look(folder, name)
        if found is None:
            return "file/is-gone"
        if not stat.S_ISLNK(found.st_mode):
            return "file/is-no-link"
        return "" if os.readlink(name, dir_fd=folder) == part.target else "file/leads-elsewhere"

    def _file(self, folder: int, name: str, part: Part, *, alone: bool) -> str:
        """The code of what is wrong with a file, or nothing."""
        found = look(folder, name)
        if found is None:
            return "file/is-gone"
        if not stat.S_ISREG(found.st_mode):
            return "file/is-no-file"
        if not self._looks.fits(stat.S_IMODE(found.st_mode), executable=part.executable, alone=alone):
            return "file/other-mode"
        if self._looks.owner_differs(found):
            return "file/other-owner"
        return "" if self._digests.of(folder, name, self._limits) == part.digest else "file/other-content"


def _by_folder(parts: Sequence[Part]) -> Mapping[str, Sequence[Part]]:
    """Parts by the folder they lie in, with the folders nobody named in between."""
    named = {part.path for part in parts}
    implied = {path for part in parts for path in part.above} - named
    below = defaultdict(list)
    for part in [*parts, *(Part(path, Kind.FOLDER) for path in sorted(implied))]:
        below[part.path.rpartition("/")[0] if "/" in part.path else ""].append(part)
    return below


def _missing(path: str) -> Finding:
    return Finding(Found.MISSING, text("file/is-gone", path=path))


def _drifted(code: str, path: str) -> Finding:
    return Finding(Found.DRIFTED, text(code, path=path))
