"""Old folders go when newer ones have come, but never one that somebody still points at (D20)."""

import os
import stat
from collections.abc import Iterator

from tiangong.errors import Failed
from tiangong.executors.file.ground import Spot, look
from tiangong.executors.file.mounts import refuse_mounts
from tiangong.executors.file.record import Records
from tiangong.executors.file.remove import remove
from tiangong.executors.file.swap import Swap, tag_of
from tiangong.executors.file.trouble import told
from tiangong.executors.limits import Limits
from tiangong.messages import text
from tiangong.ports import Job

NEWEST = 2


def prune(job: Job, spot: Spot, records: Records, keep: int, limits: Limits) -> None:
    """Remove what this step placed beside `spot`, but for the newest `keep`; note what can't be removed."""
    parent, _ = os.path.split(spot.path)
    mine = [record for record in records.all() if os.path.split(record.path)[0] == parent and record.is_folder]
    mine.sort(key=lambda record: record.number, reverse=True)
    try:
        needed = frozenset(_pointed_at(parent))
    except OSError as error:
        # Who can't see the links around doesn't know what is still needed.
        job.log(text("file/not-pruned", path=parent, why=error.strerror or "") + "\n")
        return
    for record in mine[max(keep, NEWEST) :]:
        name = os.path.split(record.path)[1]
        if name in needed:
            continue
        try:
            with told(record.path):
                _remove(job, Spot(record.path, spot.folder, name), records, limits)
            job.log(text("file/pruned", path=record.path) + "\n")
        except Failed as error:
            limits.check()
            job.log(text("file/not-pruned", path=record.path, why=error.problems[0].code) + "\n")


def _remove(job: Job, old: Spot, records: Records, limits: Limits) -> None:
    """First out of sight, at once; then away."""
    refuse_mounts(old)
    swap = Swap(old, records, limits, tag_of(job.installation, job.step, old.path))
    for hidden in (swap.new, swap.old):
        remove(old.folder, hidden, limits)
    found = look(old.folder, old.name)
    if found is not None and stat.S_ISDIR(found.st_mode):
        os.rename(old.name, swap.new, src_dir_fd=old.folder, dst_dir_fd=old.folder)
        old.sync()
        remove(old.folder, swap.new, limits)
    records.forget(old.path)


def _pointed_at(parent: str) -> Iterator[str]:
    """Names in a folder that links in it, or in the folder above, lead to or through."""
    real = os.path.realpath(parent)
    for folder in (parent, os.path.split(parent)[0]):
        with os.scandir(folder) as entries:
            links = [entry.path for entry in entries if entry.is_symlink()]
        for link in links:
            target = os.path.realpath(link)
            if target.startswith(f"{real}/"):
                yield target.removeprefix(f"{real}/").partition("/")[0]
