"""What files and folders consist of: `Member`s as they are read from somewhere, `Part`s as they are remembered."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tiangong.executors.limits import Limits

CHUNK = 1 << 20


class Kind(StrEnum):
    """What a part is. A `HARD` member is another name of a file that came before; its part is a file."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Member:
    """One thing to put in place, with its bytes. `path` is `""` where there is only one."""

    path: str
    kind: Kind
    executable: bool = False
    target: str = ""
    """of a link, where it leads; of a hard one, the path of the file"""
    chunks: Iterable[bytes] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was put in place, without its bytes."""

    path: str
    kind: Kind
    executable: bool = False
    target: str = ""
    digest: str = ""

    @property
    def above(self) -> Iterator[str]:
        """The paths of the folders it lies in, the nearest first."""
        path = self.path
        while "/" in path:
            path = path.rpartition("/")[0]
            yield path


class Sink(Protocol):
    """Takes the members of a file or a folder, one after the other."""

    def folder(self, path: str) -> None:
        """Make a folder."""
        ...

    def file(self, path: str, chunks: Iterable[bytes], *, executable: bool) -> None:
        """Write a file."""
        ...

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link."""
        ...

    def again(self, path: str, target: str) -> None:
        """Give a file that was written another name."""
        ...


class Nowhere:
    """A sink that only looks."""

    def folder(self, path: str) -> None:
        """Do nothing."""

    def file(self, path: str, chunks: Iterable[bytes], *, executable: bool) -> None:  # noqa: ARG002
        """Read it, so that its digest is known."""
        for _ in chunks:
            pass

    def link(self, path: str, target: str) -> None:
        """Do nothing."""

    def again(self, path: str, target: str) -> None:
        """Do nothing."""


def gather(members: Iterable[Member], sink: Sink, limits: Limits) -> tuple[Part, ...]:
    """Hand every member to a sink; return what they are, by path."""
    parts: dict[str, Part] = {}
    for member in members:
        limits.check()
        if member.kind is Kind.FOLDER:
            sink.folder(member.path)
            parts[member.path] = Part(member.path, Kind.FOLDER)
        elif member.kind is Kind.LINK:
            sink.link(member.path, member.target)
            parts[member.path] = Part(member.path, Kind.LINK, target=member.target)
        elif member.kind is Kind.HARD:
            sink.again(member.path, member.target)
            first = parts[member.target]
            parts[member.path] = Part(member.path, Kind.FILE, first.executable, digest=first.digest)
        else:
            digest = hashlib.sha256()
            sink.file(member.path, _counted(member.chunks, digest, limits), executable=member.executable)
            parts[member.path] = Part(member.path, Kind.FILE, member.executable, digest=digest.hexdigest())
    return tuple(parts[path] for path in sorted(parts))


def _counted(chunks: Iterable[bytes], digest: "hashlib._Hash", limits: Limits) -> Iterator[bytes]:
    for chunk in chunks:
        limits.check()
        digest.update(chunk)
        yield chunk
