"""Keeps a bare repository sound and small: made whole, swept of what a killed git left, mended, repacked."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pygit2
from pygit2.enums import RepositoryInitFlag

from tiangong.errors import Failed, Misuse, Place
from tiangong.git.child import Limits, run_git
from tiangong.git.loose import all_inflate
from tiangong.git.objects import Store

LOCKS = ("*.lock", "refs/**/*.lock", "objects/info/*.lock", "objects/pack/*.lock")
HALF_FETCHED = ("objects/pack/tmp_*", "objects/pack/.tmp-*")
HALF_WRITTEN = ("objects/tmp_*", "objects/??/tmp_*", *HALF_FETCHED)
SETTLED = 2.0
"""seconds after which a lock can't be one that libgit2 holds for the time of a write"""
MOST_LOOSE = 24
"""objects in one of git's 256 folders for loose ones: about 6,000 in all"""
MOST_PACKS = 40
KEEP_UNREACHABLE = "2.hours.ago"
LONGEST_MENDING = 120.0
LOCAL_FETCH = (
    *("-c", "protocol.file.allow=always", "fetch", "--quiet", "--no-tags"),
    *("--no-recurse-submodules", "--no-auto-gc", "--no-write-fetch-head", "--end-of-options"),
)


def open_sound(folder: Path) -> pygit2.Repository | None:
    """Open a repository, or None when it is missing or not sound. Misuse when it is another user's."""
    try:
        store = Store(pygit2.Repository(str(folder)))
    except pygit2.GitError as error:
        if "owned by" in str(error):
            raise Misuse.of("git/not-mine", Place(str(folder))) from None
        return None
    if store.repository.is_bare and all_inflate(folder / "objects") and _reads(store):
        return store.repository
    store.release()
    return None


def build(folder: Path) -> pygit2.Repository:
    """Put a new bare repository at a place, with all that was sound in the one that stood there.

    It is made beside and swapped in, so there is never half a repository at its place.
    """
    beside = folder.with_name(folder.name + ".new")
    aside = folder.with_name(folder.name + ".old")
    old = folder if folder.is_dir() else aside
    try:
        _discard(beside)
        folder.parent.mkdir(parents=True, exist_ok=True)
        pygit2.init_repository(str(beside), bare=True, flags=RepositoryInitFlag.MKPATH, mode=0o700)
        if old.is_dir():
            _rescue(old, beside)
        if old is folder:
            _discard(aside)
            folder.rename(aside)
        _discard(folder)
        beside.rename(folder)
        _discard(aside)
        return pygit2.Repository(str(folder))
    except (OSError, pygit2.GitError) as error:
        raise Failed.of("git/cant-make", Place(str(folder)), why=str(error)) from None


def sweep(folder: Path, patterns: tuple[str, ...], older_than: float = 0.0) -> bool:
    """Take away what a killed git left behind; False when something may still be in use: younger than `older_than`."""
    all_gone = True
    for path in _found(folder, patterns):
        try:
            if older_than and time.time() - path.lstat().st_mtime < older_than:
                all_gone = False
            elif path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:
            continue
        except OSError:
            all_gone = False
    return all_gone


def largest(folder: Path, patterns: tuple[str, ...]) -> int:
    """The size of the largest file that fits; 0 when there is none."""
    return max((path.lstat().st_size for path in _found(folder, patterns)), default=0)


def is_crowded(folder: Path) -> bool:
    """Tell whether a repository has so many small files that it should be repacked. Costs two listings."""
    loose = sum(1 for _ in _found(folder, ("objects/17/*",)))
    packs = sum(1 for _ in _found(folder, ("objects/pack/*.pack",)))
    return loose > MOST_LOOSE or packs > MOST_PACKS


def repack(folder: Path, limits: Limits) -> bool:
    """Bring everything a ref reaches into one pack; what nothing reaches goes when it is old enough."""
    steps = (
        ("repack", "-a", "-d", "-q", "--no-write-bitmap-index"),
        ("prune-packed", "-q"),
        ("prune", f"--expire={KEEP_UNREACHABLE}"),
        ("pack-refs", "--all", "--prune"),
    )
    return all(run_git(folder, step, limits=limits).is_good for step in steps)


def _reads(store: Store) -> bool:
    """Of each ref: its commit and the top of its tree can be read, or it names something else that is here."""
    try:
        for name in store.repository.references:
            target = str(store.repository.references[name].target)
            with contextlib.suppress(Misuse):
                store.folder(store.commit(target).tree)
    except (Failed, KeyError, ValueError, pygit2.GitError):
        return False
    return True


def _rescue(old: Path, new: Path) -> None:
    """Bring over each ref whose whole history can be read; what can't is fetched again, or written again."""
    listed = run_git(old, ("for-each-ref", "--format=%(refname)"))
    names = listed.stdout.decode("utf-8", "surrogateescape").splitlines() if listed.is_good else []
    deadline = time.monotonic() + LONGEST_MENDING
    for name in names:
        left = deadline - time.monotonic()
        if left > 0:
            run_git(new, (*LOCAL_FETCH, str(old), f"+{name}:{name}"), limits=Limits(seconds=left))


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _found(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from folder.glob(pattern)
