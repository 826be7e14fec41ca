"""A repository's files in memory: the `Tree` the line reads, and the same files as real Git objects.

Ids are made from contents, those of folders too, as in Git.
Git objects are written byte by byte, so that a tree may hold what no honest tool writes: links, submodules, `.git`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tiangong.model.stages import Entry

FILE, FOLDER, LINK, SUBMODULE = 0o100644, 0o040000, 0o120000, 0o160000
AUTHOR = "World <world@tiangong.test>"


class MemoryTree:
    """Files by path as a `Tree`; `modes` says what is no ordinary file. Counts what is asked of it."""

    def __init__(
        self, files: Mapping[str, bytes], modes: Mapping[str, int] | None = None, stored: Iterable[bytes] = ()
    ) -> None:
        """Take a copy of the files of one moment. `stored`: what can be read by its id, though no path leads to it."""
        self._folders: dict[str, dict[str, Entry]] = {"": {}}
        self._blobs: dict[str, bytes] = {_id(b"blob", raw): raw for raw in stored}
        self.folders_read: list[str] = []
        self.files_read: list[str] = []
        for path, raw in files.items():
            id_ = _id(b"blob", raw)
            self._blobs[id_] = raw
            folder, _, name = path.rpartition("/")
            self._open(folder)[name] = Entry(name, id_, (modes or {}).get(path, FILE))
        for path in sorted(self._folders, key=lambda path: path.count("/"), reverse=True):
            above, _, name = path.rpartition("/")
            if path:
                contents = sorted((e.name, e.mode, e.id) for e in self._folders[path].values())
                self._folders[above][name] = Entry(name, _id(b"tree", repr(contents).encode()), FOLDER)

    def _open(self, path: str) -> dict[str, Entry]:
        if path not in self._folders:
            self._folders[path] = {}
            self._open(path.rpartition("/")[0])
        return self._folders[path]

    def folder(self, path: str) -> tuple[Entry, ...]:
        """Entries of a folder in name order; empty when there is none."""
        self.folders_read.append(path)
        return tuple(sorted(self._folders.get(path, {}).values(), key=lambda entry: entry.name))

    def entry(self, path: str) -> Entry | None:
        """The entry of a path, or None."""
        folder, _, name = path.rpartition("/")
        return self._folders.get(folder, {}).get(name)

    def size(self, entry: Entry) -> int:
        """Bytes of a file."""
        return len(self._blobs[entry.id])

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file."""
        self.files_read.append(entry.id)
        return self._blobs[entry.id]


def _id(kind: bytes, raw: bytes) -> str:
    return hashlib.sha1(b"%s %d\0" % (kind, len(raw)) + raw, usedforsecurity=False).hexdigest()


def write_objects(repository: Any, files: Mapping[str, bytes], modes: Mapping[str, int]) -> str:
    """Write files as blobs and trees into a pygit2 repository; return the id of the top tree."""
    below: dict[str, dict[str, bytes]] = {}
    here: list[tuple[str, int, str]] = []
    for path, raw in files.items():
        top, slash, rest = path.partition("/")
        if slash:
            below.setdefault(top, {})[rest] = raw
        else:
            here.append((top, modes.get(path, FILE), _file(repository, raw, modes.get(path, FILE))))
    for name, inner in below.items():
        start = f"{name}/"
        inner_modes = {path.removeprefix(start): mode for path, mode in modes.items() if path.startswith(start)}
        here.append((name, FOLDER, write_objects(repository, inner, inner_modes)))
    here.sort(key=lambda one: one[0].encode() + b"/" * (one[1] == FOLDER))
    raw = b"".join(f"{mode:o} {name}".encode() + b"\0" + bytes.fromhex(id_) for name, mode, id_ in here)
    return _write(repository, "tree", raw)


def write_commit_object(repository: Any, tree: str, parent: str, at: datetime, message: str) -> str:
    """Write a commit; `parent` "" = none."""
    who = f"{AUTHOR} {int(at.timestamp())} +0000"
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else []), f"author {who}", f"committer {who}", ""]
    return _write(repository, "commit", "\n".join([*lines, message, ""]).encode())


def open_bare(folder: Path) -> Any:
    """A bare repository, made when there is none."""
    import pygit2

    if (folder / "HEAD").exists():
        return pygit2.Repository(str(folder))
    return pygit2.init_repository(str(folder), bare=True, initial_head="main")


def _file(repository: Any, raw: bytes, mode: int) -> str:
    # A submodule is a commit of somewhere else; its object isn't here.
    return "1" * 40 if mode == SUBMODULE else _write(repository, "blob", raw)


def _write(repository: Any, kind: str, raw: bytes) -> str:
    from pygit2.enums import ObjectType

    return str(repository.write(ObjectType[kind.upper()], raw))
