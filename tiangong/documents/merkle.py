"""The listings of a tree, made anew only where something changed: sealing costs what changed, not what exists (D7)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES, LISTED, Line, write_listing
from tiangong.documents.paths import is_ours
from tiangong.model.stages import Entry, Tree

FOLDER = "listings"
NAME = ".listing"
"""no file that counts begins with a dot"""
DEEPEST = 16


def listing_path(folder: str) -> str:
    """Where the listing of a folder stands on the branch `seals`."""
    return f"{FOLDER}/{folder}/{NAME}" if folder else f"{FOLDER}/{NAME}"


@dataclass(frozen=True, slots=True)
class Before:
    """What was sealed last: its tree, and its listings by folder (None where there is none)."""

    tree: Tree
    listing: Callable[[str], Mapping[str, Line] | None]


@dataclass(slots=True)
class Listed:
    """`root`: digest of the top's listing. `files`: what differs on the branch `seals`, by path; None = goes."""

    root: str = ""
    files: dict[str, bytes | None] = field(default_factory=dict)
    read: int = 0
    """files whose bytes were read"""


def list_tree(tree: Tree, issued: datetime, before: Before | None = None) -> Listed:
    """List everything that counts of a tree. Only folders and files whose ids differ from `before` are looked at."""
    made = Listed()
    lines = _Lister(tree, issued.replace(microsecond=0), before, made).list_folder("", 0)
    made.root = sha512(write_listing(lines))
    return made


@dataclass(frozen=True, slots=True)
class _Lister:
    tree: Tree
    issued: datetime
    before: Before | None
    made: Listed

    def list_folder(self, folder: str, depth: int) -> list[Line]:
        """The lines of a folder; writes its listing, and takes away those of folders that are gone."""
        old = (self.before.listing(folder) if self.before else None) or {}
        then = {entry.name: entry for entry in self.before.tree.folder(folder)} if self.before else {}
        lines = [
            line
            for entry in self._counting(folder, depth)
            if (line := self._line(folder, entry, _same(entry, then, old), old.get(entry.name), depth))
        ]
        self.made.files[listing_path(folder)] = write_listing(lines)
        there = {line.name for line in lines if line.is_folder}
        for name, line in old.items():
            if line.is_folder and name not in there:
                self.made.files[f"{FOLDER}/{_join(folder, name)}"] = None
        return lines

    def _counting(self, folder: str, depth: int) -> Iterator[Entry]:
        """What of a folder is ever read: ordinary files and folders, each name once."""
        entries = self.tree.folder(folder)
        counts = Counter(entry.name for entry in entries)
        for entry in entries:
            path = _join(folder, entry.name)
            if not LISTED.match(entry.name) or counts[entry.name] > 1:
                continue
            is_file = entry.mode in FILE_MODES and is_ours(path)
            if is_file or (entry.is_folder and is_ours(f"{path}/") and depth < DEEPEST):
                yield entry

    def _line(self, folder: str, entry: Entry, known: Line | None, old: Line | None, depth: int) -> Line | None:
        if known is not None:
            return known
        path = _join(folder, entry.name)
        if entry.is_folder:
            lines = self.list_folder(path, depth + 1)
            return Line(entry.name, sha512(write_listing(lines)), None)
        self.made.read += 1
        digest = sha512(self.tree.read(entry))
        since = old.since if old and old.since and old.digest == digest else self.issued
        return Line(entry.name, digest, since)


def _same(entry: Entry, then: Mapping[str, Entry], old: Mapping[str, Line]) -> Line | None:
    """What was listed, when the same bytes stand there still."""
    before, line = then.get(entry.name), old.get(entry.name)
    same = before is not None and line is not None and before.id == entry.id
    return line if same and line and line.is_folder == entry.is_folder else None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
