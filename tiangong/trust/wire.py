"""The SSH wire format (RFC 4251 section 5): bounds-checked reading, and writing."""

import struct
from collections.abc import Iterator


class SigError(ValueError):
    """A key or a signature that doesn't count; the text says why, without rule numbers."""


class Reader:
    """Reads a byte string from front to back; a short read is always an error."""

    __slots__ = ("_at", "_raw")

    def __init__(self, raw: bytes) -> None:
        """Start at the first byte."""
        self._raw, self._at = raw, 0

    def take(self, count: int) -> bytes:
        """Exactly `count` bytes."""
        end = self._at + count
        if end > len(self._raw):
            raise SigError("it is cut short")
        piece, self._at = self._raw[self._at : end], end
        return piece

    def uint32(self) -> int:
        """An unsigned 32-bit number, big-endian."""
        return int.from_bytes(self.take(4), "big")

    def uint64(self) -> int:
        """An unsigned 64-bit number, big-endian."""
        return int.from_bytes(self.take(8), "big")

    def string(self) -> bytes:
        """A string: its length, then its bytes."""
        start = self._at + 4
        end = start + int.from_bytes(self._raw[self._at : start], "big")
        if end > len(self._raw) or start > len(self._raw):
            raise SigError("it is cut short")
        self._at = end
        return self._raw[start:end]

    def mpint(self) -> int:
        """A non-negative integer in its shortest form; anything else is refused."""
        raw = self.string()
        negative = raw[:1] >= b"\x80"
        padded = raw[:1] == b"\0" and raw[1:2] < b"\x80"
        if negative or padded:
            raise SigError("it holds a number in a wrong form")
        return int.from_bytes(raw, "big")

    def strings(self) -> Iterator[bytes]:
        """Strings up to the end."""
        while self._at != len(self._raw):
            yield self.string()

    @property
    def read(self) -> bytes:
        """Everything that was read so far."""
        return self._raw[: self._at]

    def end(self) -> None:
        """Refuse trailing bytes."""
        if self._at != len(self._raw):
            raise SigError("it has trailing bytes")


def string(value: bytes) -> bytes:
    """Write a string."""
    return struct.pack(">I", len(value)) + value


def mpint(number: int) -> bytes:
    """Write a non-negative integer in its shortest form."""
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b"")
