"""A bare mirror on this host: never a work tree, moved by the git binary, read by object id.

The folder is a cache of the remote plus refs of its own; one process uses it at a time (the agent's state lock), many
threads may. What a killed git left behind is taken away when it is opened; one that isn't sound is built anew beside
it and swapped in, so there is never a half mirror at its place.
"""

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pygit2

from tiangong.errors import Failed, Misuse, Place
from tiangong.git.child import Ended, Limits, check_git, run_git
from tiangong.git.failure import failure, is_damage, last_words
from tiangong.git.objects import COMMIT_ID, GitTree, Store
from tiangong.git.remote import Remote
from tiangong.git.upkeep import (
    HALF_FETCHED,
    HALF_WRITTEN,
    LOCKS,
    SETTLED,
    build,
    is_crowded,
    largest,
    open_sound,
    repack,
    sweep,
)
from tiangong.ports import CancelToken

REF = re.compile(r"refs/[A-Za-z0-9][A-Za-z0-9._/-]{0,250}\Z")
FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-auto-gc",
    "--no-write-fetch-head",
    "--atomic",
)
MEND_EVERY = 3600.0
PAGE = 1 << 16
PUSH = ("push", "--porcelain", "--no-verify")


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
        self._repacks = True
        self._mend_from = 0.0
        self.known: dict[str, str] = {}
        """what the remote's refs named when they were last asked or moved from here; "" where there was none"""

    def close(self) -> None:
        """Let go of every file; it may be used again afterwards."""
        with self._opening:
            if self._store is not None:
                self._store.release()
            self._store = None

    # ── what is here ─────────────────────────────────────────────────────────────────────────────────────────
    @property
    def repository(self) -> pygit2.Repository:
        """The repository, made when missing, mended when broken; ask each time instead of keeping it."""
        return self._opened().repository

    def tree(self, commit: str) -> GitTree:
        """The files of a commit that is here; all trees of a mirror share what they have read."""
        store = self._opened()
        self._check_here(commit, store)
        return GitTree(store.repository, commit, store)

    def tip(self, ref: str) -> str:
        """The commit a local ref names, or ""."""
        store, name = self._opened(), _checked(ref)
        try:
            named = store.repository.references.get(name)
            target = str(named.target) if named is not None else ""
            if target:
                store.commit(target)
        except (ValueError, pygit2.GitError):
            self._mark_damaged()
            return ""
        except (Failed, Misuse):
            return ""
        return target

    def has(self, commit: str) -> bool:
        """Tell whether a commit and the top of its tree are here and can be read."""
        store = self._opened()
        try:
            if not store.exists(commit):
                return False
            store.folder(store.commit(commit).tree)
        except (Failed, Misuse):
            return False
        return True

    def committed(self, commit: str) -> datetime:
        """When a commit says it was made."""
        return self._opened().commit(commit).committed

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
        found = {ref: commit for commit, _, ref in lines if ref in refs and COMMIT_ID.match(commit)}
        self.known.update({ref: found.get(ref, "") for ref in refs})
        return found

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Bring remote refs here as local refs, whatever these named before; all of them or none."""
        specs = [f"+{_checked(there)}:{_checked(here)}" for there, here in refs.items()]
        words = [*FETCH, "--end-of-options", self.remote.url, *specs]
        with self._fetching:
            ended = self._fetch(words)
            if not ended.is_good:
                raise failure(ended, self.remote, self.limits, ", ".join(refs))
            self._tidy()

    def push(self, commit: str, ref: str, expected: str | None) -> None:
        """Make a remote ref name a commit. `expected`: what it must name now, "" = it must not exist, None = whatever.

        Failed `git/raced` when it names another; Failed `git/rejected` when the remote won't have it.
        """
        there = _checked(ref)
        self._check_here(commit, self._opened())
        lease = "--force" if expected is None else f"--force-with-lease={there}:{expected}"
        words = [*PUSH, lease, "--end-of-options", self.remote.url, f"{commit}:{there}"]
        ended = self._run(words)
        if ended.is_good:
            self.known[there] = commit
            return
        verdict = next((line for line in ended.stdout.decode("utf-8", "replace").splitlines() if line[:1] == "!"), "")
        if ended.cut or not verdict:
            raise failure(ended, self.remote, self.limits, ref)
        now = self.listed([ref]).get(ref, "")
        if expected is not None and now != expected:
            raise Failed.of(
                "git/raced", url=self.remote.url, ref=ref, expected=expected or "nothing", found=now or "nothing"
            )
        why = _reason(verdict, ended)
        raise Failed.of("git/rejected", url=self.remote.url, ref=ref, why=why)

    def _check_here(self, commit: str, store: Store) -> None:
        """A commit that was never here is no damage."""
        if not store.exists(commit):
            raise Failed.of("git/missing-object", Place(str(self.folder)), object=commit)

    def _run(self, words: Sequence[str]) -> Ended:
        """Run git; when it stumbles over the mirror, mend that and try again, but not at a remote's every word."""
        self._opened()
        ended = run_git(self.folder, words, self.remote, self.limits, self._cancel)
        if is_damage(ended) and time.monotonic() >= self._mend_from:
            self._mend_from = time.monotonic() + MEND_EVERY
            self._mark_damaged()
            self._opened()
            ended = run_git(self.folder, words, self.remote, self.limits, self._cancel)
        return ended

    def _fetch(self, words: Sequence[str]) -> Ended:
        if self._untidy:
            self._untidy = not sweep(self.folder, LOCKS, SETTLED)
        ended = self._run(words)
        if not ended.is_good:
            too_large = largest(self.folder, HALF_FETCHED) >= self.limits.file - PAGE
            ended = replace(ended, cut="size") if too_large and not ended.cut else ended
            sweep(self.folder, HALF_FETCHED)
            self._untidy = True
        return ended

    # ── keeping it sound ─────────────────────────────────────────────────────────────────────────────────────
    def _opened(self) -> Store:
        with self._opening:
            if self._store is None:
                check_git()
                sweep(self.folder, (*LOCKS, *HALF_WRITTEN))
                self._store = self._store_of(open_sound(self.folder) or build(self.folder))
            elif self._damaged:
                self._damaged = False
                self._store.release()
                self._store = self._store_of(build(self.folder))
            return self._store

    def _store_of(self, repository: pygit2.Repository) -> Store:
        return Store(repository, self._mark_damaged)

    def _mark_damaged(self) -> None:
        self._damaged = True

    def _tidy(self) -> None:
        """Repack when there is much to gain; when that fails, don't try again before this process ends."""
        if self._repacks and is_crowded(self.folder):
            self._repacks = repack(self.folder, self.limits)


def _checked(ref: str) -> str:
    if not REF.match(ref) or ".." in ref or "//" in ref or ref.endswith(("/", ".", ".lock")) or "/." in ref:
        raise Misuse.of("git/bad-ref", ref=ref)
    return ref


def _reason(verdict: str, ended: Ended) -> str:
    said = last_words(ended)
    return f"{verdict.rpartition(chr(9))[2]}: {said}" if said else verdict
