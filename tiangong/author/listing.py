"""A `stages.Tree` over a flat list of files: the author's work tree, index or a commit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tiangong.model.stages import Entry

FOLDER = 0o040000


@dataclass(frozen=True, slots=True)
class FileRef:
    """One file: mode as in Git, and how to get its bytes. `blob`: their id, where that is known without reading."""

    mode: int
    size: int
    read: Callable[[], bytes]
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Files by path, seen as folders. What `read` gives is read once and kept, so it can't change under a reader."""

    files: Mapping[str, FileRef]
    _folders: dict[str, dict[str, Entry]] = field(default_factory=dict)
    _kept: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the folders."""
        for path, ref in self.files.items():
            folder, _, name = path.rpartition("/")
            self._folders.setdefault(folder, {})[name] = Entry(name, path, ref.mode)
            while folder:
                above, _, name = folder.rpartition("/")
                if name in self._folders.setdefault(above, {}):
                    break
                self._folders[above][name] = Entry(name, folder, FOLDER)
                folder = above

    def folder(self, path: str) -> tuple[Entry, ...]:
        """Entries of a folder in name order; empty when there is none."""
        return tuple(sorted(self._folders.get(path, {}).values(), key=lambda entry: entry.name))

    def entry(self, path: str) -> Entry | None:
        """The entry of a path, or None."""
        folder, _, name = path.rpartition("/")
        return self._folders.get(folder, {}).get(name)

    def size(self, entry: Entry) -> int:
        """Bytes of a file."""
        return self.files[entry.id].size

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file."""
        if entry.id not in self._kept:
            self._kept[entry.id] = self.files[entry.id].read()
        return self._kept[entry.id]

    def bytes_at(self, path: str) -> bytes | None:
        """The bytes of an ordinary file, or None when there is none."""
        entry = self.entry(path)
        return None if entry is None or entry.mode not in (0o100644, 0o100755) else self.read(entry)

    def with_files(self, changes: Mapping[str, bytes | None]) -> "Listing":
        """The same files with some written (bytes) and some removed (None)."""
        files = {path: ref for path, ref in self.files.items() if path not in changes}
        for path, raw in changes.items():
            if raw is not None:
                files[path] = in_memory(raw)
        return Listing(files)


def in_memory(raw: bytes) -> FileRef:
    """An ordinary file that exists only as bytes."""
    return FileRef(0o100644, len(raw), lambda: raw)
