"""Uninstalling (D5): at every path a step ever changed, what stood there before it did so for the first time.

What others put into a folder of this step stays, and the folder with it; so does a directory that isn't empty.
"""

import contextlib
import os
import stat

from tiangong.executors.envelope import keep_inside
from tiangong.executors.file.change import release_directory
from tiangong.executors.file.ground import Ground, Spot, look
from tiangong.executors.file.record import Before, Record, Records
from tiangong.executors.file.remove import is_empty
from tiangong.executors.file.swap import NOTHING, Swap, tag_of
from tiangong.executors.file.trouble import told
from tiangong.executors.limits import Limits
from tiangong.messages import text
from tiangong.ports import Effects, Job


def leave(job: Job, ground: Ground, limits: Limits) -> None:
    """Leave every path the step remembers, the newest first; done twice it is as done once."""
    records = Records(job.state, job.step)
    mine = sorted(records.all(), key=lambda record: record.number, reverse=True)
    for record in mine:
        limits.check()
        path = ground.absolute(record.path)
        keep_inside(job, Effects(paths=(path,)), "file")
        with told(path):
            said = _leave(job, ground, records, record, limits)
        job.log(text(said, path=path) + "\n")
    if not mine:
        job.log(text("file/nothing-to-undo", path=ground.absolute(job.spec.target)) + "\n")


def unmake(ground: Ground, made: tuple[str, ...]) -> None:
    """Remove the folders that had to be made, as far as nobody else uses them."""
    for path in reversed(made):
        with ground.spot(path) as spot, contextlib.suppress(OSError):
            if spot is not None:
                os.rmdir(spot.name, dir_fd=spot.folder)


def _leave(job: Job, ground: Ground, records: Records, record: Record, limits: Limits) -> str:
    """Leave one path; the code of the sentence that says how."""
    first = record.first or record.before
    said = "file/nothing-to-undo"
    if first is not None:
        with ground.spot(record.path, make=first.kind != "nothing") as spot:
            said = "file/undone"
            if spot is not None:
                tag = tag_of(job.installation, job.step, record.path)
                said = _put_back(Swap(spot, records, limits, tag), record, first)
        unmake(ground, record.made)
    records.forget(record.path)
    return said


def _put_back(swap: Swap, record: Record, first: Before) -> str:
    spot = swap.spot
    if _is_directory(swap, record) and first.kind in ("folder", "nothing"):
        return _release(spot, first)
    if first.kind != "folder" or first == record.before:
        swap.put_back(record, first)
    else:
        # Only the newest of the folders that stood there is kept: of this one, what isn't the step's own stays.
        swap.put_back(record, NOTHING if record.is_folder else record.before or NOTHING)
    return "file/undone"


def _is_directory(swap: Swap, record: Record) -> bool:
    """Whether a folder stands there that this step neither filled nor put aside."""
    found = swap.spot.stat()
    stands = found is not None and stat.S_ISDIR(found.st_mode)
    filled = record.is_folder and bool(record.parts)
    return stands and not filled and look(swap.spot.folder, swap.old) is None


def _release(spot: Spot, first: Before) -> str:
    if first.kind == "nothing" and not is_empty(spot.folder, spot.name):
        return "file/left"
    release_directory(spot, first)
    return "file/undone"
