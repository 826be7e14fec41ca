"""Git objects by id: the files of a commit as a `Tree`, and commits written without a work tree.

A tree comes from strangers: its bytes are parsed here, with modes as they stand and bounds on every read. What is
missing or damaged on this machine becomes `Failed`; nothing of pygit2 leaves this file as an exception.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pygit2
from pygit2.enums import FileMode, ObjectType

from tiangong.errors import Failed, Misuse, Place, Refused, problem
from tiangong.model.stages import Entry

COMMIT_ID = re.compile(r"[0-9a-f]{40}\Z")
TREE_ENTRY = re.compile(rb"([0-7]{1,7}) ([^\0]+)\0([\s\S]{20})")
GITLINK = 0o160000
EMPTY_TREE = pygit2.Oid(hex="4b825dc642cb6eb9a060e54bf8d69288fbee4904")

LARGEST_BLOB = 64 << 20
LARGEST_FOLDER = 32 << 20
MOST_CACHED_ENTRIES = 1_000_000
DEEPEST = 64
LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Folder:
    """One tree object: all its entries in name order, and those whose name stands there once."""

    entries: tuple[Entry, ...] = ()
    named: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Folder":
        """Sort entries; a name that stands there twice is listed, but names nothing."""
        counts = Counter(entry.name for entry in entries)
        named = {entry.name: entry for entry in entries if counts[entry.name] == 1}
        return cls(tuple(sorted(entries, key=lambda entry: entry.name)), named)


NO_FOLDER: Final = Folder()


class Store:
    """Reads objects of one repository by id and keeps the folders it has parsed; ids never change their meaning.

    `damaged` is called when an object that should be here is missing or broken.
    """

    def __init__(self, repository: pygit2.Repository, damaged: Callable[[], None] = lambda: None) -> None:
        """Read nothing yet."""
        self.repository = repository
        self._odb = repository.odb
        self._damaged = damaged
        self._folders: dict[str, Folder] = {}
        self._entries = 0

    def folder(self, id_: str) -> Folder:
        """The entries of a tree object; none when the object is no tree."""
        found = self._folders.get(id_)
        if found is None:
            found = self._parse(id_)
            if self._entries > MOST_CACHED_ENTRIES:
                self._folders, self._entries = {}, 0
            self._folders[id_] = found
            self._entries += len(found.entries)
        return found

    def size(self, id_: str) -> int:
        """Bytes of a blob, without reading it; 0 when the object is no blob."""
        kind, size = self._header(id_)
        return size if kind == ObjectType.BLOB else 0

    def blob(self, id_: str) -> bytes:
        """The bytes of a blob; none when the object is no blob. Refused when they are beyond all bounds."""
        kind, size = self._header(id_)
        if kind != ObjectType.BLOB:
            return b""
        if size > LARGEST_BLOB:
            raise Refused.of("git/object-too-large", object=id_, size=size, limit=LARGEST_BLOB)
        return self._read(id_)

    def top(self, commit: str) -> str:
        """The id of a commit's tree."""
        return str(self._commit(commit).tree_id)

    def committed(self, commit: str) -> datetime:
        """When a commit says it was made; a claim, brought into the range of a calendar."""
        seconds = self._commit(commit).commit_time
        try:
            return min(max(datetime.fromtimestamp(seconds, UTC), EARLIEST), LATEST)
        except (OverflowError, ValueError, OSError):
            return LATEST if seconds > 0 else EARLIEST

    def _commit(self, id_: str) -> pygit2.Commit:
        try:
            return self.repository[_oid(id_)].peel(pygit2.Commit)
        except KeyError:
            self._damaged()
            raise Failed.of("git/missing-object", self._place, object=id_) from None
        except ValueError:
            raise Misuse.of("git/not-a-commit", self._place, object=id_) from None
        except pygit2.GitError as error:
            raise self._broken(id_, str(error)) from None

    def _parse(self, id_: str) -> Folder:
        kind, size = self._header(id_)
        if kind != ObjectType.TREE:
            return NO_FOLDER
        if size > LARGEST_FOLDER:
            raise Refused.of("git/object-too-large", object=id_, size=size, limit=LARGEST_FOLDER)
        raw = self._read(id_)
        entries: list[Entry] = []
        at = 0
        for found in TREE_ENTRY.finditer(raw):
            if found.start() != at:
                break
            mode, name, target = found.groups()
            entries.append(Entry(name.decode("utf-8", "backslashreplace"), target.hex(), int(mode, 8)))
            at = found.end()
        if at != len(raw):
            raise self._broken(id_, "it is no tree")
        return Folder.of(entries)

    def _header(self, id_: str) -> tuple[int, int]:
        try:
            return self._odb.read_header(_oid(id_))
        except KeyError:
            self._damaged()
            raise Failed.of("git/missing-object", self._place, object=id_) from None
        except pygit2.GitError as error:
            raise self._broken(id_, str(error)) from None

    def _read(self, id_: str) -> bytes:
        try:
            return self._odb.read(_oid(id_))[1]
        except KeyError:
            self._damaged()
            raise Failed.of("git/missing-object", self._place, object=id_) from None
        except (pygit2.GitError, MemoryError) as error:
            raise self._broken(id_, str(error)) from None

    def _broken(self, id_: str, why: str) -> Failed:
        self._damaged()
        return Failed(problem("git/broken-object", self._place, object=id_, why=why))

    @property
    def _place(self) -> Place:
        return Place(self.repository.path)


class GitTree:
    r"""The files of one commit; implements `model.stages.Tree`. Only folders that are asked for are read.

    A name that is not UTF-8 shows its bytes as `\xNN`, which no accepted name contains. A submodule and an object that
    isn't what its mode says read as empty. Trees of one repository may share a `store`; many threads may read.
    """

    def __init__(self, repository: pygit2.Repository, commit: str, store: Store | None = None) -> None:
        """Take the id of a commit; Failed when it isn't here."""
        self.commit = commit
        self._store = store or Store(repository)
        self._top = self._store.top(commit)

    def folder(self, path: str) -> tuple[Entry, ...]:
        """Entries of a folder in name order; empty when there is none. `""` is the top."""
        return self._inside(path.split("/") if path else []).entries

    def entry(self, path: str) -> Entry | None:
        """The entry of a path, or None."""
        *folders, name = path.split("/")
        return self._inside(folders).named.get(name)

    def size(self, entry: Entry) -> int:
        """Bytes of a file, known without reading it."""
        return 0 if entry.mode == GITLINK else self._store.size(entry.id)

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file."""
        return b"" if entry.mode == GITLINK else self._store.blob(entry.id)

    def _inside(self, folders: Sequence[str]) -> Folder:
        if len(folders) > DEEPEST:
            return NO_FOLDER
        here = self._store.folder(self._top)
        for name in folders:
            entry = here.named.get(name)
            if entry is None or not entry.is_folder:
                return NO_FOLDER
            here = self._store.folder(entry.id)
        return here


def write_commit(  # noqa: PLR0913 -- the parts of a commit
    repository: pygit2.Repository,
    files: Mapping[str, bytes | None],
    *,
    parents: Sequence[str] = (),
    base: str = "",
    message: str,
    when: datetime,
    author: str,
) -> str:
    """Write a commit and return its id; no ref moves. Nothing but `files` differs from the tree of commit `base`.

    `files`: bytes by path, None takes the file away. `author`: a name, or `Name <address>`. The same input gives the
    same id. Failed when the disk won't take it.
    """
    name, _, address = author.partition(" <")
    try:
        top = repository[_oid(base)].peel(pygit2.Tree) if base else None
        tree = _write_tree(repository, top, _nested(files))
        person = pygit2.Signature(name.strip() or "tiangong", address.rstrip("> ") or "none", int(when.timestamp()), 0)
        return str(repository.create_commit(None, person, person, message, tree, [_oid(one) for one in parents]))
    except (KeyError, OSError, ValueError, pygit2.GitError) as error:
        raise Failed.of("git/cant-write", Place(repository.path), why=str(error)) from None


_Nested = dict[str, "_Nested | bytes | None"]


def _nested(files: Mapping[str, bytes | None]) -> _Nested:
    top: _Nested = {}
    for path, raw in files.items():
        *folders, name = path.split("/")
        here = top
        for folder in folders:
            below = here.setdefault(folder, {})
            if not isinstance(below, dict):
                raise ValueError(f"{folder} is a file and a folder")  # noqa: TRY004 -- a clash of paths
            here = below
        here[name] = raw
    return top


def _write_tree(repository: pygit2.Repository, base: pygit2.Tree | None, changes: _Nested) -> pygit2.Oid:
    builder = repository.TreeBuilder(base) if base is not None else repository.TreeBuilder()
    for name, change in changes.items():
        old = builder.get(name)
        if isinstance(change, bytes):
            builder.insert(name, repository.create_blob(change), FileMode.BLOB)
        elif isinstance(change, dict):
            below = _write_tree(repository, old if isinstance(old, pygit2.Tree) else None, change)
            if below != EMPTY_TREE:
                builder.insert(name, below, FileMode.TREE)
            elif old is not None:
                builder.remove(name)
        elif old is not None:
            builder.remove(name)
    return builder.write()


def _oid(id_: str) -> pygit2.Oid:
    if not COMMIT_ID.match(id_):
        raise Misuse.of("git/not-an-id", object=id_)
    return pygit2.Oid(hex=id_)
