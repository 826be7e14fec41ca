"""A reader of tar streams: ustar, GNU long names, pax paths and sizes; anything else is refused.

The standard library's reader follows headers of any length into memory, and its `extractall` has let archives out
of their folder again and again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tiangong.executors.file.bounds import Bounds
from tiangong.executors.file.parts import CHUNK, Kind, Member

BLOCK = 512
LARGEST_HEADER = 1 << 20
ZEROS = bytes(BLOCK)
KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.HARD,
    b"2": Kind.LINK,
    b"5": Kind.FOLDER,
}
WORDS = {b"3": "a device", b"4": "a device", b"6": "a pipe", b"S": "a sparse file"}


class Source(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


@dataclass(slots=True)
class _Ahead:
    """What headers say of the member that comes next."""

    path: str | None = None
    target: str | None = None
    size: int | None = None


def tar_members(source: Source, bounds: Bounds) -> Iterator[Member]:
    """Everything in a tar stream, in its order; the bytes of a file have to be taken before the next member."""
    tar = _Tar(source, bounds)
    ahead = _Ahead()
    while (block := tar.exactly(BLOCK)) != ZEROS:
        type_, size = block[156:157], tar.header(block)
        if type_ in (b"x", b"g", b"L", b"K"):
            tar.note(type_, tar.whole(size), ahead)
            continue
        if type_ not in KINDS:
            bounds.refuse(f"holds {WORDS.get(type_, 'something that is neither file, folder nor link')}")
        yield from tar.member(block, size if ahead.size is None else ahead.size, ahead)
        ahead = _Ahead()
    tar.rest()


class _Tar:
    """Reads blocks."""

    def __init__(self, source: Source, bounds: Bounds) -> None:
        self._source, self._bounds = source, bounds

    def exactly(self, size: int) -> bytes:
        """So many bytes and no fewer."""
        found = bytearray()
        while len(found) < size:
            chunk = self._source.read(size - len(found))
            if not chunk:
                self._bounds.refuse("ends in the middle")
            found += chunk
        return bytes(found)

    def rest(self) -> None:
        """Read to the very end, so that the packing's own checksum is compared; nothing but zeros may follow."""
        while chunk := self._source.read(CHUNK):
            if chunk.strip(b"\0"):
                self._bounds.refuse("holds something after its end")

    def whole(self, size: int) -> bytes:
        """The bytes of a header that says something about the next member."""
        if size > LARGEST_HEADER:
            self._bounds.refuse("holds a header that is too long")
        return self.exactly(size + -size % BLOCK)[:size]

    def header(self, block: bytes) -> int:
        """Check a header's sum; return the size it tells."""
        told = self._number(block[148:156])
        if told != sum(block[:148]) + 8 * 32 + sum(block[156:]):
            self._bounds.refuse("isn't a tar archive, or is damaged")
        return self._number(block[124:136])

    def member(self, block: bytes, size: int, ahead: _Ahead) -> Iterator[Member]:
        """One member; whatever of its bytes nobody took is skipped."""
        kind = KINDS[block[156:157]]
        path = ahead.path if ahead.path is not None else self._path(block)
        target = ahead.target if ahead.target is not None else self._text(block[157:257])
        if kind is Kind.FILE and path.endswith("/"):
            kind = Kind.FOLDER
        if kind is not Kind.FILE and size:
            self._bounds.refuse("gives bytes to what isn't a file", path)
        executable = bool(self._number(block[100:108]) & 0o111)
        chunks = self._bytes(size)
        if kind not in (Kind.LINK, Kind.HARD):
            target = ""
        yield Member(path, kind, executable and kind is Kind.FILE, target, chunks)
        for _ in chunks:
            pass

    def note(self, type_: bytes, raw: bytes, ahead: _Ahead) -> None:
        """Take what a header says of the next member (`g`: of all)."""
        if type_ == b"L":
            ahead.path = self._text(raw)
        elif type_ == b"K":
            ahead.target = self._text(raw)
        else:
            for key, value in self._pax(raw):
                self._keyword(key, value, ahead, everywhere=type_ == b"g")

    def _keyword(self, key: str, value: bytes, ahead: _Ahead, *, everywhere: bool) -> None:
        if key.startswith("GNU.sparse"):
            self._bounds.refuse("holds a sparse file")
        if key not in ("path", "linkpath", "size"):
            return
        if everywhere:
            self._bounds.refuse(f"gives all members one {key}")
        if key == "path":
            ahead.path = self._text(value)
        elif key == "linkpath":
            ahead.target = self._text(value)
        elif value.isdigit() and len(value) < 20:
            ahead.size = int(value)
        else:
            self._bounds.refuse("holds a size that isn't a number")

    def _pax(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        """`<length> <keyword>=<value>` and a line end, one after the other."""
        while raw:
            digits, space, _ = raw.partition(b" ")
            length = int(digits) if digits.isdigit() and len(digits) < 8 else 0
            key, equals, value = raw[len(digits) + 1 : length].partition(b"=")
            if not space or not equals or length > len(raw) or not value.endswith(b"\n"):
                self._bounds.refuse("holds a damaged header")
            yield self._text(key), value[:-1]
            raw = raw[length:]

    def _path(self, block: bytes) -> str:
        name, prefix = self._text(block[:100]), self._text(block[345:500])
        # Only POSIX archives have a prefix there; old GNU ones hold times.
        return f"{prefix}/{name}" if prefix and block[257:263] == b"ustar\0" else name

    def _bytes(self, size: int) -> Iterator[bytes]:
        left = size
        while left:
            chunk = self._source.read(min(left, CHUNK))
            if not chunk:
                self._bounds.refuse("ends in the middle")
            left -= len(chunk)
            yield chunk
        self.exactly(-size % BLOCK)

    def _number(self, field: bytes) -> int:
        """An octal number, or, with the first bit set, one in base 256."""
        if field[0] == 0x80:
            return int.from_bytes(field[1:], "big")
        digits = field.strip(b" \0")
        if digits.strip(b"01234567"):
            self._bounds.refuse("isn't a tar archive, or is damaged")
        return int(digits or b"0", 8)

    def _text(self, raw: bytes) -> str:
        try:
            return raw.partition(b"\0")[0].decode()
        except UnicodeDecodeError:
            self._bounds.refuse("holds a name that isn't UTF-8")
