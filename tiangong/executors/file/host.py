"""Reads files and folders that are on the host already, without following a link."""

import os
import stat
from collections.abc import Iterator

from tiangong.errors import Failed, Place, Refused
from tiangong.executors.file.ground import Ground, look, open_folder
from tiangong.executors.file.links import leads_out
from tiangong.executors.file.parts import CHUNK, Kind, Member
from tiangong.executors.file.swap import HIDDEN
from tiangong.executors.limits import Limits

DEEPEST = 60
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def is_folder_on_host(ground: Ground, path: str) -> bool:
    """Whether a path is a folder; Failed when there is neither file nor folder."""
    with ground.spot(path) as spot:
        found = spot.stat() if spot else None
        if found is None:
            raise Failed.of("file/no-source", Place(path))
        if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
            raise Failed.of("file/odd-source", Place(path))
        return stat.S_ISDIR(found.st_mode)


def host_members(ground: Ground, path: str, limits: Limits) -> Iterator[Member]:
    """The file, or everything in the folder, in name order."""
    with ground.spot(path) as spot:
        found = spot.stat() if spot else None
        if spot is None or found is None:
            raise Failed.of("file/no-source", Place(path))
        if stat.S_ISREG(found.st_mode):
            yield _file(spot.folder, spot.name, "")
            return
        links: dict[str, str] = {}
        top = open_folder(spot.folder, spot.name)
        try:
            yield from _below(top, "", path, links, limits)
        finally:
            os.close(top)
        for name in links:
            if leads_out(name, links):
                raise Refused.of("file/link-out", Place(f"{path}/{name}"))


def _below(folder: int, prefix: str, path: str, links: dict[str, str], limits: Limits) -> Iterator[Member]:
    if prefix.count("/") > DEEPEST:
        raise Failed.of("file/too-deep", Place(f"{path}/{prefix}"), deepest=DEEPEST)
    for name in sorted(os.listdir(folder)):
        limits.check()
        found = look(folder, name)
        short = prefix + name
        if found is None or name.startswith(HIDDEN):
            continue
        if stat.S_ISDIR(found.st_mode):
            yield Member(short, Kind.FOLDER)
            inner = open_folder(folder, name)
            try:
                yield from _below(inner, f"{short}/", path, links, limits)
            finally:
                os.close(inner)
        elif stat.S_ISLNK(found.st_mode):
            links[short] = os.readlink(name, dir_fd=folder)
            yield Member(short, Kind.LINK, target=links[short])
        elif stat.S_ISREG(found.st_mode):
            yield _file(folder, name, short)
        else:
            raise Failed.of("file/odd-source", Place(f"{path}/{short}"))


def _file(folder: int, name: str, short: str) -> Member:
    found = look(folder, name)
    executable = found is not None and bool(found.st_mode & 0o111)
    return Member(short, Kind.FILE, executable, chunks=_bytes(folder, name))


def _bytes(folder: int, name: str) -> Iterator[bytes]:
    file = os.open(name, READ, dir_fd=folder)
    try:
        if stat.S_ISREG(os.fstat(file).st_mode):
            yield from iter(lambda: os.read(file, CHUNK), b"")
    finally:
        os.close(file)
