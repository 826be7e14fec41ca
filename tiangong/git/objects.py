"""Git objects by id: the files of a commit as a `Tree`, and commits written without a work tree.

A tree comes from strangers: its bytes are parsed here, with modes as they stand and bounds on every read. What is
missing or damaged on this machine becomes `Failed`; nothing of pygit2 leaves this file as an exception.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import FileMode, ObjectType

from tiangong.errors import Failed, Misuse, Place, Refused, problem
from tiangong.git.loose import BrokenObject, loose_header, loose_path, read_loose
from tiangong.model.stages import Entry

COMMIT_ID = re.compile(r"[0-9a-f]{40}\Z")
TREE_ENTRY = re.compile(rb"([0-7]{1,7}) ([^\0]+)\0([\s\S]{20})")
GITLINK = 0o160000
EMPTY_TREE = pygit2.Oid(hex="4b825dc642cb6eb9a060e54bf8d69288fbee4904")

TREE_LINE = re.compile(rb"tree ([0-9a-f]{40})(?:\n|\Z)")
COMMITTER_LINE = re.compile(rb"^committer [^\n]*> (-?[0-9]{1,19})(?: |$)", re.MULTILINE)
KINDS = {ObjectType.BLOB: "blob", ObjectType.TREE: "tree", ObjectType.COMMIT: "commit", ObjectType.TAG: "tag"}

LARGEST_BLOB = 64 << 20
LARGEST_COMMIT = 1 << 20
LARGEST_FOLDER = 32 << 20
MOST_CACHED_ENTRIES = 1_000_000
MOST_CACHED_COMMITS = 1000
DEEPEST = 64
WRITING = threading.Lock()
"""whether objects are synced is a setting of the whole process"""
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


@dataclass(frozen=True, slots=True)
class Commit:
    """What is needed of a commit: its tree, and when it claims to have been made, brought into a calendar's range."""

    tree: str
    committed: datetime


class Store:
    """Reads objects of one repository by id and keeps the folders it has parsed; ids never change their meaning.

    `damaged` is called when an object that should be here is missing or broken.
    """

    def __init__(self, repository: pygit2.Repository, damaged: Callable[[], None] = lambda: None) -> None:
        """Read nothing yet."""
        self.repository = repository
        self._loose = Path(repository.path) / "objects"
        self._damaged = damaged
        self._folders: dict[str, Folder] = {}
        self._commits: dict[str, Commit] = {}
        self._entries = 0

    @cached_property
    def _odb(self) -> pygit2.Odb:
        return self.repository.odb

    def release(self) -> None:
        """Let go of every file; whoever reads on opens what stands at the same place then.

        libgit2 knows packs by their path, for the whole process: it would go on with the old one.
        """
        self.__dict__.pop("_odb", None)
        self.repository.free()

    def folder(self, id_: str) -> Folder:
        """The entries of a tree object; none when the object is no tree."""
        found = self._folders.get(id_)
        if found is None:
            found = self._parse_tree(id_)
            if self._entries > MOST_CACHED_ENTRIES:
                self._folders, self._entries = {}, 0
            self._folders[id_] = found
            self._entries += len(found.entries)
        return found

    def commit(self, id_: str) -> Commit:
        """A commit; Misuse when the object is none."""
        found = self._commits.get(id_)
        if found is None:
            if len(self._commits) > MOST_CACHED_COMMITS:
                self._commits = {}
            found = self._commits[id_] = self._parse_commit(id_)
        return found

    def exists(self, id_: str) -> bool:
        """Tell whether an object is here, without reading it; Misuse when that is no id."""
        oid = _oid(id_)
        with self._guarded(id_):
            return loose_path(self._loose, id_).exists() or self._odb.exists(oid)

    def size(self, id_: str) -> int:
        """Bytes of a blob, without reading it; 0 when the object is no blob."""
        kind, size = self._header(id_)
        return size if kind == "blob" else 0

    def blob(self, id_: str) -> bytes:
        """The bytes of a blob; none when the object is no blob. Refused when they are beyond all bounds."""
        return self._read(id_, "blob", LARGEST_BLOB) or b""

    def _parse_commit(self, id_: str) -> Commit:
        raw = self._read(id_, "commit", LARGEST_COMMIT)
        if raw is None:
            raise Misuse.of("git/not-a-commit", self._place, object=id_)
        head = raw.partition(b"\n\n")[0]
        tree, when = TREE_LINE.match(head), COMMITTER_LINE.search(head)
        if tree is None:
            raise self._broken(id_, "it is no commit")
        return Commit(tree[1].decode(), _moment(int(when[1]) if when else 0))

    def _parse_tree(self, id_: str) -> Folder:
        raw = self._read(id_, "tree", LARGEST_FOLDER)
        if raw is None:
            return NO_FOLDER
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

    def _read(self, id_: str, kind: str, limit: int) -> bytes | None:
        """The bytes of an object, or None when it is of another kind. Refused when there are too many."""
        found_kind, size = self._header(id_)
        if found_kind != kind:
            return None
        if size > limit:
            raise Refused.of("git/object-too-large", object=id_, size=size, limit=limit)
        with self._guarded(id_):
            loose = read_loose(loose_path(self._loose, id_), id_, limit)
            return loose[1] if loose else self._odb.read(_oid(id_))[1]

    def _header(self, id_: str) -> tuple[str, int]:
        oid = _oid(id_)
        with self._guarded(id_):
            loose = loose_header(loose_path(self._loose, id_))
            if loose is not None:
                return loose
            kind, size = self._odb.read_header(oid)
            return KINDS.get(kind, ""), size

    @contextmanager
    def _guarded(self, id_: str) -> Iterator[None]:
        try:
            yield
        except KeyError:
            self._damaged()
            raise Failed.of("git/missing-object", self._place, object=id_) from None
        except (pygit2.GitError, BrokenObject, ValueError, MemoryError) as error:
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
        self._top = self._store.commit(commit).tree

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
    same id; it is synced to disk. Failed when the disk won't take it.
    """
    name, _, address = author.partition(" <")
    store = Store(repository)
    try:
        person = pygit2.Signature(name.strip() or "tiangong", address.rstrip("> ") or "none", int(when.timestamp()), 0)
        with _synced():
            tree = _write_tree(store, store.commit(base).tree if base else "", _nested(files))
            for parent in parents:
                store.commit(parent)
            return str(repository.create_commit(None, person, person, message, tree, [_oid(one) for one in parents]))
    except (KeyError, OSError, ValueError, pygit2.GitError) as error:
        raise Failed.of("git/cant-write", Place(repository.path), why=str(error)) from None


@contextmanager
def _synced() -> Iterator[None]:
    """Have objects synced to disk, so that a power cut can't tear what waits to be pushed; one writer at a time."""
    with WRITING:
        pygit2.settings.enable_fsync_gitdir(True)  # noqa: FBT003 -- its only parameter
        try:
            yield
        finally:
            pygit2.settings.enable_fsync_gitdir(False)  # noqa: FBT003


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


def _write_tree(store: Store, base: str, changes: _Nested) -> pygit2.Oid:
    """Write a tree; what libgit2 will read of `base` was read here before, so that damage ends in an error."""
    before = store.folder(base).named if base else {}
    tree = store.repository[_oid(base)] if base else None
    builder = store.repository.TreeBuilder(tree) if isinstance(tree, pygit2.Tree) else store.repository.TreeBuilder()
    for name, change in changes.items():
        old = before.get(name)
        if isinstance(change, bytes):
            builder.insert(name, store.repository.create_blob(change), FileMode.BLOB)
            continue
        below = EMPTY_TREE
        if change is not None:
            below = _write_tree(store, old.id if old is not None and old.is_folder else "", change)
        if below != EMPTY_TREE:
            builder.insert(name, below, FileMode.TREE)
        elif old is not None:
            builder.remove(name)
    return builder.write()


def _moment(seconds: int) -> datetime:
    try:
        return min(max(datetime.fromtimestamp(seconds, UTC), EARLIEST), LATEST)
    except (OverflowError, ValueError, OSError):
        return LATEST if seconds > 0 else EARLIEST


def _oid(id_: str) -> pygit2.Oid:
    if not COMMIT_ID.match(id_):
        raise Misuse.of("git/not-an-id", object=id_)
    return pygit2.Oid(hex=id_)
