"""Reads loose objects itself: libgit2 (to 1.9) never returns from one whose file was cut short, as by a full disk."""

import hashlib
import re
import zlib
from pathlib import Path

HEADER = re.compile(rb"(blob|tree|commit|tag) ([0-9]{1,15})\0")
NAME = re.compile(r"[0-9a-f]{38}\Z")
LONGEST_HEADER = 32
CHUNK = 1 << 20


class BrokenObject(Exception):
    """The file of a loose object isn't what its name says."""


def loose_path(objects: Path, id_: str) -> Path:
    """Where an object lies when it is loose."""
    return objects / id_[:2] / id_[2:]


def loose_header(path: Path) -> tuple[str, int] | None:
    """Kind and size of a loose object; None when there is none."""
    try:
        with path.open("rb") as file:
            start = file.read(4 * LONGEST_HEADER)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BrokenObject(error.strerror or "") from None
    try:
        return _parsed(zlib.decompressobj().decompress(start, LONGEST_HEADER))[:2]
    except zlib.error as error:
        raise BrokenObject(str(error)) from None


def read_loose(path: Path, id_: str, limit: int) -> tuple[str, bytes] | None:
    """Kind and bytes of a loose object of at most `limit` bytes, checked against its id; None when there is none."""
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BrokenObject(error.strerror or "") from None
    inflater = zlib.decompressobj()
    try:
        whole = inflater.decompress(packed, limit + LONGEST_HEADER)
    except zlib.error as error:
        raise BrokenObject(str(error)) from None
    if not inflater.eof:
        raise BrokenObject("its file is cut short")
    kind, size, start = _parsed(whole)
    if size != len(whole) - start or hashlib.sha1(whole, usedforsecurity=False).hexdigest() != id_:
        raise BrokenObject("its content has changed")
    return kind, whole[start:]


def all_inflate(objects: Path) -> bool:
    """Tell whether every loose object inflates to its end."""
    for path in objects.glob("[0-9a-f][0-9a-f]/*"):
        if not NAME.match(path.name):
            continue
        inflater = zlib.decompressobj()
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    while chunk and not inflater.eof:
                        inflater.decompress(chunk, CHUNK)
                        chunk = inflater.unconsumed_tail
        except (OSError, zlib.error):
            return False
        if not inflater.eof:
            return False
    return True


def _parsed(start: bytes) -> tuple[str, int, int]:
    found = HEADER.match(start)
    if found is None:
        raise BrokenObject("it has no header")
    return found[1].decode(), int(found[2]), found.end()
