"""What a source saw: the first value of the line, untrusted, with the files of one moment by path."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder of the repository. `id` locates the bytes, it proves nothing. `mode` as in Git, octal."""

    name: str
    id: str
    mode: int

    @property
    def is_folder(self) -> bool:
        """Tell a folder from everything else."""
        return self.mode == 0o040000


class Tree(Protocol):
    """Read-only files of one moment, by path; immutable, so reading it twice gives the same bytes."""

    def folder(self, path: str) -> tuple[Entry, ...]:
        """Entries of a folder in name order; empty when there is none. `""` is the top."""
        ...

    def entry(self, path: str) -> Entry | None:
        """The entry of a path, or None."""
        ...

    def size(self, entry: Entry) -> int:
        """Bytes of a file, known without reading it."""
        ...

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file."""
        ...


@dataclass(frozen=True, slots=True)
class Seals:
    """The tip of the branch `seals`: its files, and those of the head it names, when that is here."""

    commit: str
    tree: Tree
    sealed: Tree | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a source had at one moment; untrusted. `rewritten`: not a descendant of what was seen before (D11).

    `draft`: what nobody could have sealed yet, for looking ahead; no agent gets one.
    """

    source: str
    revision: str
    tree: Tree
    committed: datetime
    rewritten: bool = False
    seals: Seals | None = None
    draft: bool = False
