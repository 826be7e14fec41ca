"""Archives, read member by member with every trick refused: what comes out stays inside, once each, within bounds."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, Protocol, TypeVar

from tiangong.errors import Misuse, Place
from tiangong.executors.file.bounds import Bounds
from tiangong.executors.file.links import leads_out
from tiangong.executors.file.parts import Kind, Member
from tiangong.executors.file.tar import tar_members
from tiangong.executors.file.zip import zip_members

T = TypeVar("T")

MOST_MEMBERS = 100_000
LONGEST_PATH = 1024
LONGEST_NAME = 255
DEEPEST = 60
XZ_MEMORY = 128 << 20
BROKEN = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    OverflowError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""what the standard library raises when an archive isn't what it seems"""


class Reader(Protocol):
    """What all kinds of packing look like from here."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


def members(source: BinaryIO, bounds: Bounds, strip: int = 0) -> Iterator[Member]:
    """Everything in an archive: tar (plain, gz, bz2, xz) or zip, told apart by how it begins.

    Refused for whatever isn't plain files, folders and links that stay inside; Misuse for another kind of file.
    """
    start = source.read(8)
    source.seek(0)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = zip_members(source, bounds)
    else:
        found = tar_members(_Metered(_unpacked(source, start, bounds), bounds), bounds)
    for member in _told(_Gate(bounds, strip).let_through(found), bounds):
        yield replace(member, chunks=_told(member.chunks, bounds))


def _told(things: Iterable[T], bounds: Bounds) -> Iterator[T]:
    """The same things; whatever goes wrong between them is the archive's fault."""
    try:
        yield from things
    except BROKEN as error:
        bounds.refuse(f"is damaged: {error}"[:200])


def _unpacked(source: BinaryIO, start: bytes, bounds: Bounds) -> Reader:
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=source)
    if start.startswith(b"\xfd7zXZ\x00"):
        return _Xz(source)
    if start.startswith(b"BZh"):
        return bz2.BZ2File(source)
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        raise Misuse.of("file/zstd", Place(bounds.path))
    return source


class _Xz:
    """xz with a bound on memory: its header may ask for 4 GiB."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._inner = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)

    def read(self, size: int, /) -> bytes:
        while not self._inner.eof:
            more = self._source.read(1 << 16) if self._inner.needs_input else b""
            if self._inner.needs_input and not more:
                raise EOFError("it ends in the middle")
            if found := self._inner.decompress(more, size):
                return found
        return b""


class _Metered:
    """Counts what comes out, so that a bomb ends early."""

    def __init__(self, source: Reader, bounds: Bounds) -> None:
        self._source, self._bounds = source, bounds
        self._total = 0

    def read(self, size: int, /) -> bytes:
        chunk = self._source.read(size)
        self._total += len(chunk)
        self._bounds.check(self._total)
        return chunk


class _Gate:
    """Lets through what is plain, without its leading folders; refuses the archive at the first trick."""

    def __init__(self, bounds: Bounds, strip: int) -> None:
        self._bounds, self._strip = bounds, strip
        self._kinds: dict[str, Kind] = {}
        self._links: dict[str, str] = {}

    def let_through(self, found: Iterable[Member]) -> Iterator[Member]:
        for count, raw in enumerate(found, start=1):
            if count > MOST_MEMBERS:
                self._bounds.refuse(f"holds more than {MOST_MEMBERS} things")
            path = self._plain(raw.path)
            if path:
                yield self._checked(replace(raw, path=path))
        for path in self._links:
            if leads_out(path, self._links):
                self._bounds.refuse("holds a link that leads out of it", path)
        if not self._kinds:
            self._bounds.refuse("holds nothing")

    def _checked(self, member: Member) -> Member:
        """One member, now known by its path."""
        self._place(member)
        kind = member.kind
        if kind is Kind.LINK:
            self._links[member.path] = self._leading_somewhere(member)
        elif kind is Kind.HARD:
            kind = Kind.FILE
            member = replace(member, target=self._plain(member.target))
            if self._kinds.get(member.target) is not Kind.FILE:
                self._bounds.refuse("gives a second name to something that isn't a file of it", member.path)
        self._kinds[member.path] = kind
        return member

    def _leading_somewhere(self, member: Member) -> str:
        target = member.target
        if not target or not target.isprintable() or len(target.encode()) > LONGEST_PATH:
            self._bounds.refuse("holds a link that leads nowhere", member.path)
        return target

    def _plain(self, path: str) -> str:
        """A path below the folder, written in one way, without its first parts; `""` for the folder itself."""
        if path.startswith("/"):
            self._bounds.refuse("holds an absolute path", path)
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if ".." in parts:
            self._bounds.refuse("holds a path with ..", path)
        if not path.isprintable() or "\\" in path:
            self._bounds.refuse("holds a name with odd characters", path)
        too_long = len(path.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in parts)
        if too_long or len(parts) > DEEPEST:
            self._bounds.refuse("holds a path that is too long or too deep", path)
        return "/".join(parts[self._strip :])

    def _place(self, member: Member) -> None:
        """Every path once, and only folders above it."""
        before = self._kinds.get(member.path)
        if before is not None and not (before is Kind.FOLDER and member.kind is Kind.FOLDER):
            self._bounds.refuse("holds the same path twice", member.path)
        above = member.path
        while "/" in above:
            above = above.rpartition("/")[0]
            if self._kinds.setdefault(above, Kind.FOLDER) is not Kind.FOLDER:
                self._bounds.refuse("holds something below what isn't a folder", member.path)
