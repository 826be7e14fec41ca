"""A bare mirror on this host: never a work tree, moved by the git binary, read by object id.

The folder is a cache of the remote plus refs of its own; one process uses it at a time (the agent's state lock), many
threads may. What a killed git left behind is taken away when it is opened; one that isn't sound is built anew beside
it and swapped in, so there is never a half mirror at its place.
"""

import re
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pygit2
from pygit2.enums import RepositoryInitFlag

from tiangong.errors import Failed, Misuse, Place
from tiangong.git.child import Ended, Limits, run_git
from tiangong.git.failure import failure, last_words
from tiangong.git.objects import COMMIT_ID, GitTree, Store
from tiangong.git.remote import Remote
from tiangong.ports import CancelToken

REF = re.compile(r"refs/[A-Za-z0-9][A-Za-z0-9._/-]{0,250}\Z")
LEFT_BEHIND = ("*.lock", "objects/pack/tmp_*", "objects/??/tmp_obj_*", "objects/tmp_objdir-*", "objects/pack/.tmp-*")
FETCH = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-gc", "--no-write-fetch-head")


class Mirror:
    """One remote repository, as far as it is needed here."""

    def __init__(
        self, folder: Path, remote: Remote, limits: Limits | None = None, cancel: CancelToken | None = None
    ) -> None:
        """Touch nothing yet. `cancel` ends the git child that runs, and every later one."""
        self.folder = folder
        self.remote = remote
        self.limits = limits or Limits()
        self._cancel = cancel
        self._opening = threading.RLock()
        self._fetching = threading.Lock()
        self._store: Store | None = None
        self._damaged = False
        self._untidy = False

    # ── what is here ─────────────────────────────────────────────────────────────────────────────────────────
    @property
    def repository(self) -> pygit2.Repository:
        """The repository, made when missing, mended when broken; ask each time instead of keeping it."""
        return self._opened().repository

    def tree(self, commit: str) -> GitTree:
        """The files of a commit that is here; all trees of a mirror share what they have read."""
        store = self._opened()
        return GitTree(store.repository, commit, store)

    def tip(self, ref: str) -> str:
        """The commit a local ref names, or ""."""
        try:
            return str(self.repository.references[_checked(ref)].peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError):
            return ""

    def has(self, commit: str) -> bool:
        """Tell whether a commit and the top of its tree are here and can be read."""
        try:
            self.tree(commit).folder("")
        except (Failed, Misuse):
            return False
        return True

    def committed(self, commit: str) -> datetime:
        """When a commit says it was made."""
        return self._opened().committed(commit)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether `new` descends from `old` (or is it); False when either isn't here."""
        if old == new:
            return True
        try:
            return bool(self.repository.descendant_of(new, old))
        except (KeyError, ValueError, pygit2.GitError):
            return False

    # ── what is there ────────────────────────────────────────────────────────────────────────────────────────
    def listed(self, refs: Sequence[str]) -> dict[str, str]:
        """Ask which commits the remote's refs name; what it hasn't is left out. Away when it can't be asked."""
        words = ["ls-remote", "--quiet", "--refs", "--end-of-options", self.remote.url, *map(_checked, refs)]
        ended = self._run(words)
        if not ended.is_good:
            raise failure(ended, self.remote, self.limits)
        lines = (line.partition("\t") for line in ended.stdout.decode("utf-8", "replace").splitlines())
        return {ref: commit for commit, _, ref in lines if ref in refs and COMMIT_ID.match(commit)}

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Bring remote refs here as local refs, whatever these named before; all of them or none."""
        specs = [f"+{_checked(there)}:{_checked(here)}" for there, here in refs.items()]
        with self._fetching:
            if self._untidy:
                self._sweep()
            self.repository  # noqa: B018 -- made when missing
            words = [*FETCH, "--atomic", "--end-of-options", self.remote.url, *specs]
            ended = self._run(words)
            if not ended.is_good:
                self._untidy = True
                self._sweep()
                raise failure(ended, self.remote, self.limits, ", ".join(refs))

    def push(self, commit: str, ref: str, expected: str | None) -> None:
        """Make a remote ref name a commit. `expected`: what it must name now, "" = it must not exist, None = whatever.

        Failed `git/raced` when it names another; Failed `git/rejected` when the remote won't have it.
        """
        if not COMMIT_ID.match(commit):
            raise Misuse.of("git/not-an-id", object=commit)
        lease = "--force" if expected is None else f"--force-with-lease={_checked(ref)}:{expected}"
        words = [
            "push",
            "--porcelain",
            "--no-verify",
            lease,
            "--end-of-options",
            self.remote.url,
            f"{commit}:{_checked(ref)}",
        ]
        ended = self._run(words)
        if ended.is_good:
            return
        verdict = next((line for line in ended.stdout.decode("utf-8", "replace").splitlines() if line[:1] == "!"), "")
        if ended.cut or not verdict:
            raise failure(ended, self.remote, self.limits, ref)
        now = self.listed([ref]).get(ref, "")
        if now == commit:
            return
        if expected is not None and now != expected:
            raise Failed.of(
                "git/raced", url=self.remote.url, ref=ref, expected=expected or "nothing", found=now or "nothing"
            )
        why = _reason(verdict, ended)
        raise Failed.of("git/rejected", url=self.remote.url, ref=ref, why=why)

    def _run(self, words: Sequence[str]) -> Ended:
        return run_git(self.folder, words, self.remote, self.limits, self._cancel)

    # ── keeping it sound ─────────────────────────────────────────────────────────────────────────────────────
    def _opened(self) -> Store:
        with self._opening:
            if self._store is None or self._damaged:
                self._store = Store(self._open(), self._mark_damaged)
                self._damaged = False
            return self._store

    def _mark_damaged(self) -> None:
        self._damaged = True

    def _open(self) -> pygit2.Repository:
        pygit2.settings.enable_fsync_gitdir()
        self._sweep()
        if self.folder.exists() and not self._damaged:
            try:
                found = pygit2.Repository(str(self.folder))
                if _is_sound(found):
                    return found
            except (KeyError, ValueError, pygit2.GitError) as error:
                if "owner" in str(error):
                    raise Misuse.of("git/not-mine", Place(str(self.folder))) from None
        return self._rebuild()

    def _rebuild(self) -> pygit2.Repository:
        """Begin an empty mirror beside the place, then swap; the next fetch fills it."""
        beside = self.folder.with_name(self.folder.name + ".new")
        aside = self.folder.with_name(self.folder.name + ".old")
        try:
            for folder in (beside, aside):
                shutil.rmtree(folder, ignore_errors=True)
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            pygit2.init_repository(str(beside), bare=True, flags=RepositoryInitFlag.MKPATH, mode=0o700)
            if self.folder.exists():
                self.folder.rename(aside)
            beside.rename(self.folder)
            shutil.rmtree(aside, ignore_errors=True)
            return pygit2.Repository(str(self.folder))
        except (OSError, pygit2.GitError) as error:
            raise Failed.of("git/cant-make", Place(str(self.folder)), why=str(error)) from None

    def _sweep(self) -> None:
        for path in _left_behind(self.folder):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _left_behind(folder: Path) -> Iterator[Path]:
    for pattern in LEFT_BEHIND:
        yield from folder.glob(pattern)
    yield from (folder / "refs").rglob("*.lock")


def _is_sound(repository: pygit2.Repository) -> bool:
    if not repository.is_bare:
        return False
    for name in repository.references:
        commit = repository.references[name].peel(pygit2.Commit)
        repository[commit.tree_id]
    return True


def _checked(ref: str) -> str:
    if not REF.match(ref) or ".." in ref or "//" in ref or ref.endswith(("/", ".", ".lock")) or "/." in ref:
        raise Misuse.of("git/bad-ref", ref=ref)
    return ref


def _reason(verdict: str, ended: Ended) -> str:
    said = last_words(ended)
    return f"{verdict.rpartition(chr(9))[2]}: {said}" if said else verdict
