"""Folders in which another file system is mounted are neither replaced nor removed: what it holds isn't ours."""

import os
from pathlib import Path

from tiangong.errors import Failed, Place
from tiangong.executors.file.ground import Spot

MOUNTS = Path("/proc/self/mountinfo")
POINT = 4
"""which word of a line says where"""


def refuse_mounts(spot: Spot) -> None:
    """Raise Failed when something is mounted at a spot or below it."""
    here = Path(f"/proc/self/fd/{spot.folder}").readlink() / spot.name
    for line in MOUNTS.read_bytes().splitlines():
        point = Path(os.fsdecode(line.split(b" ")[POINT].decode("unicode_escape").encode("latin-1")))
        if point.is_relative_to(here):
            raise Failed.of("file/mounted", Place(str(point)))
