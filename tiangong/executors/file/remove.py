"""Removes folders with all they hold, never what a link or a mount brings in; gives up when the step has to stop."""

import contextlib
import os
import stat

from tiangong.errors import Failed, Place
from tiangong.executors.file.ground import look, open_folder
from tiangong.executors.limits import Limits

DEEPEST = 200


def remove(folder: int, name: str, limits: Limits | None, depth: int = 0) -> None:
    """Remove a name in an open folder, whatever it is; nothing to do when there is none."""
    if limits:
        limits.check()
    found = look(folder, name)
    if found is None:
        return
    if not stat.S_ISDIR(found.st_mode):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        return
    if depth >= DEEPEST:
        raise Failed.of("file/too-deep", Place(name), deepest=DEEPEST)
    if found.st_dev != os.fstat(folder).st_dev:
        raise Failed.of("file/mounted", Place(name))
    inner = open_folder(folder, name)
    try:
        with os.scandir(inner) as entries:
            names = [entry.name for entry in entries]
        for each in names:
            remove(inner, each, limits, depth + 1)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=folder)


def is_empty(folder: int, name: str) -> bool:
    """Whether a folder holds nothing."""
    inner = open_folder(folder, name)
    try:
        with os.scandir(inner) as entries:
            return next(entries, None) is None
    finally:
        os.close(inner)
