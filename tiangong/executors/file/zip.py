"""Zip archives, by the standard library's reader; only stored and deflated files, folders and links."""

import stat
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from tiangong.executors.file.bounds import Bounds
from tiangong.executors.file.parts import CHUNK, Kind, Member

LARGEST_LISTING = 32 << 20
LONGEST_TARGET = 4096
END = b"PK\x05\x06"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNIX = 3


def zip_members(source: BinaryIO, bounds: Bounds) -> Iterator[Member]:
    """Everything in a zip archive, in the order of its listing."""
    _check_listing(source, bounds)
    total = 0
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            total += info.file_size
            bounds.check(total)
            yield _member(archive, info, bounds)


def _check_listing(source: BinaryIO, bounds: Bounds) -> None:
    """The reader takes the whole listing into memory: refuse one that is too long."""
    size = source.seek(0, 2)
    source.seek(max(0, size - (1 << 16) - 22))
    tail = source.read()
    end = tail.rfind(END)
    listing = int.from_bytes(tail[end + 12 : end + 16], "little")
    if end < 0 or listing > LARGEST_LISTING:
        bounds.refuse("ends in the middle" if end < 0 else "holds too much")
    source.seek(0)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, bounds: Bounds) -> Member:
    mode = info.external_attr >> 16 if info.create_system == UNIX else 0
    if "\0" in info.orig_filename:
        bounds.refuse("holds a name with odd characters")
    if info.flag_bits & 1 or info.compress_type not in METHODS:
        bounds.refuse("is encrypted, or packed in an unusual way", info.filename)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        bounds.refuse("holds something that is neither file, folder nor link", info.filename)
    if info.is_dir():
        return Member(info.filename, Kind.FOLDER)
    if stat.S_ISDIR(mode):
        bounds.refuse("gives bytes to what isn't a file", info.filename)
    if stat.S_ISLNK(mode):
        return Member(info.filename, Kind.LINK, target=_target(archive, info, bounds))
    return Member(info.filename, Kind.FILE, bool(mode & 0o111), chunks=_bytes(archive, info, bounds))


def _bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, bounds: Bounds) -> Iterator[bytes]:
    """The bytes of a file: as many as the listing says."""
    left = info.file_size
    with archive.open(info) as file:
        while chunk := file.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                bounds.refuse("holds more than its listing says", info.filename)
            yield chunk
    if left:
        bounds.refuse("ends in the middle", info.filename)


def _target(archive: zipfile.ZipFile, info: zipfile.ZipInfo, bounds: Bounds) -> str:
    if info.file_size > LONGEST_TARGET:
        bounds.refuse("holds a link that leads nowhere", info.filename)
    try:
        return b"".join(_bytes(archive, info, bounds)).decode()
    except UnicodeDecodeError:
        bounds.refuse("holds a name that isn't UTF-8", info.filename)
