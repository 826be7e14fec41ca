"""One command at a time, and a way back when it fails: files, index, branch, and a merge that git stopped in."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.errors import Failed, Place

UNDO = "undo-"
KEPT = 7 * 86400.0
"""seconds for which copies of a command that was killed are kept"""
STATES = ("MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "CHERRY_PICK_HEAD", "REVERT_HEAD", "SQUASH_MSG", "HEAD")


@dataclass(frozen=True, slots=True)
class Savepoint:
    """Copies of everything that is about to change, in a folder of this clone."""

    clone: Clone
    folder: Path
    paths: tuple[str, ...]
    new_folders: tuple[Path, ...]
    """deepest first"""
    head: str | None
    branch: str | None
    new_ref: str | None
    """a branch that is about to be made"""

    def restore(self) -> None:
        """Put everything back. Moves the copies, so that a full disk is no obstacle."""
        for number, path in enumerate(self.paths):
            target, copy = self.clone.root / path, self.folder / "files" / str(number)
            with contextlib.suppress(FileNotFoundError):
                if os.path.lexists(copy):
                    copy.replace(target)
                else:
                    target.unlink()
        for made in self.new_folders:
            with contextlib.suppress(OSError):
                made.rmdir()
        for name in ("index", *STATES):
            copy, target = self.folder / name, self.clone.git_dir / name
            if copy.exists():
                copy.replace(target)
            else:
                target.unlink(missing_ok=True)
        self._restore_branches()

    def _restore_branches(self) -> None:
        """The branch HEAD names again, at the commit it had; before the first commit there was none."""
        if self.new_ref and self.new_ref != f"refs/heads/{self.branch}":
            self.clone.asks("update-ref", "-d", self.new_ref)
        if self.branch is None or self.clone.head == self.head:
            return
        ref = f"refs/heads/{self.branch}"
        self.clone.git("update-ref", ref, self.head) if self.head else self.clone.git("update-ref", "-d", ref)


@contextmanager
def only_one(clone: Clone) -> Iterator[None]:
    """One command at a time changes a clone; the next one waits here until the first has committed or given up."""
    try:
        clone.private.mkdir(parents=True, exist_ok=True)
        lock = (clone.private / "lock").open("ab")
    except OSError as error:
        raise Failed.of("author/cant-write", Place(str(clone.private)), why=error.strerror or str(error)) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(clone.private)
        yield


def _sweep(folder: Path) -> None:
    """Take away what commands that were killed long ago left behind; what is younger may still be wanted."""
    for left in folder.glob(f"{UNDO}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > KEPT:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def savepoint(clone: Clone, paths: Iterable[str], new_ref: str | None = None) -> Iterator[Savepoint]:
    """Work that changes these paths and commits: when it fails, or is interrupted, nothing has happened."""
    folder: Path | None = None
    try:
        try:
            clone.private.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=UNDO, dir=clone.private))
            saved = _saved(clone, folder, tuple(dict.fromkeys(paths)), new_ref)
        except OSError as error:
            raise Failed.of("author/cant-write", Place(str(clone.private)), why=error.strerror or str(error)) from None
        try:
            yield saved
        except BaseException:
            saved.restore()
            raise
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _saved(clone: Clone, folder: Path, paths: tuple[str, ...], new_ref: str | None) -> Savepoint:
    (folder / "files").mkdir()
    for number, path in enumerate(paths):
        source = clone.root / path
        if os.path.lexists(source) and not (source.is_dir() and not source.is_symlink()):
            shutil.copy2(source, folder / "files" / str(number), follow_symlinks=False)
    for name in ("index", *STATES):
        if (clone.git_dir / name).is_file():
            shutil.copy2(clone.git_dir / name, folder / name)
    above = {parent for path in paths for parent in (clone.root / path).parents if parent.is_relative_to(clone.root)}
    missing = sorted((p for p in above if not p.exists()), key=lambda p: len(p.parts), reverse=True)
    return Savepoint(clone, folder, paths, tuple(missing), clone.head, clone.branch, new_ref)
