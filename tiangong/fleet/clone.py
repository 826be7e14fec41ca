"""Finds a person's own clone (or a read-only mirror) of the control repository, and reads commits from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pygit2

from tiangong.errors import Misuse, Place
from tiangong.git.objects import GitTree
from tiangong.model.seal import SEALS, SEALS_REF
from tiangong.model.stages import Seals, Snapshot, Tree
from tiangong.trust.seal import named_head

MAIN = "main"
FLEET_FILE = "tiangong.yaml"
LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class Clone:
    """A repository on this machine. `remote` is None when it has none: then what is here is all there is."""

    repository: pygit2.Repository
    remote: str | None

    @property
    def folder(self) -> Path:
        """Where git commands are to be run."""
        return Path(self.repository.workdir or self.repository.path)

    @property
    def private(self) -> Path:
        """`.git/tiangong`: what belongs to this clone and never travels; one for all of its work trees."""
        folder = Path(self.repository.path)
        common = folder / "commondir"
        return (folder / common.read_text().strip() if common.is_file() else folder) / "tiangong"

    @property
    def prefix(self) -> str:
        """Where the remote's branches stand here: a bare mirror keeps their names, a clone has them under remotes."""
        if self.remote is None or self.repository.is_bare:
            return "refs/heads/"
        return f"refs/remotes/{self.remote}/"

    def tip(self, branch: str) -> str:
        """The commit the remote's branch stood at when it was last fetched; empty when there is none."""
        return self._commit(self.prefix + branch)

    def branches(self, folder: str) -> Iterator[str]:
        """Names below a folder of branches, such as the environments below `status/`."""
        start = f"{self.prefix}{folder}/"
        for name in self.repository.references:
            if name.startswith(start) and len(name) - len(start) <= LONGEST_NAME:
                yield name.removeprefix(start)

    def main(self) -> str:
        """The commit agents would act on: the remote's main as last fetched, else the main of this repository."""
        found = self.tip(MAIN) or self._commit(f"refs/heads/{MAIN}") or self._commit("HEAD")
        if not found:
            raise Misuse.of("fleet/no-main", Place(str(self.folder)))
        return found

    def branch(self, name: str) -> str:
        """The commit of a branch, a tag or an abbreviated id in this repository; Misuse when there is none."""
        for ref in (f"refs/heads/{name}", self.prefix + name):
            if found := self._commit(ref):
                return found
        try:
            found_object, _ = self.repository.resolve_refish(name)
        except (KeyError, ValueError, pygit2.GitError):
            raise Misuse.of("fleet/no-branch", Place(str(self.folder)), branch=name) from None
        return str(found_object.id)

    def unpushed(self) -> int:
        """How many commits the own main has that the remote's main, as last fetched, has not."""
        own, theirs = self._commit(f"refs/heads/{MAIN}"), self.tip(MAIN)
        if not own or not theirs:
            return 0
        ahead, _ = self.repository.ahead_behind(own, theirs)
        return int(ahead)

    def has(self, commit: str) -> bool:
        """Tell whether a commit is here."""
        return bool(commit) and self._commit(commit) == commit

    def tree(self, commit: str) -> Tree:
        """The files of a commit."""
        return GitTree(self.repository, commit)

    def ancestors(self, commit: str, most: int) -> Iterator[str]:
        """The commits before a commit, by first parents, newest first."""
        here = self.repository[commit].peel(pygit2.Commit)
        for _ in range(most):
            if not here.parents:
                return
            here = here.parents[0]
            yield str(here.id)

    def snapshot(self, commit: str) -> Snapshot:
        """A commit as the line takes it: main with its seals as they were last fetched, any other as a draft."""
        found = self.repository[commit].peel(pygit2.Commit)
        at = datetime.fromtimestamp(found.commit_time, UTC)
        if commit != self.main():
            return Snapshot("clone", commit, self.tree(commit), at, draft=True)
        return Snapshot("clone", commit, self.tree(commit), at, seals=self._seals())

    def _seals(self) -> Seals | None:
        tip = self.tip(SEALS) or self._commit(SEALS_REF)
        if not tip:
            return None
        tree = self.tree(tip)
        head = self._commit(named_head(tree))
        return Seals(tip, tree, self.tree(head) if head else None)

    def _commit(self, ref: str) -> str:
        try:
            return str(self.repository.revparse_single(ref).peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError):
            return ""


def find_clone(start: Path, environ: Mapping[str, str]) -> Clone:
    """Look upwards from a folder as git does, then at TIANGONG_REPO; Misuse when there is no control repository."""
    tried = [start, *([Path(named)] if (named := environ.get("TIANGONG_REPO")) else [])]
    found = [repository for folder in tried if (repository := _open(folder))]
    for repository in found:
        clone = Clone(repository, _remote(repository))
        if _is_control(clone):
            return clone
    code = "fleet/not-control" if found else "fleet/no-repository"
    raise Misuse.of(code, Place(str(start)))


def _open(folder: Path) -> pygit2.Repository | None:
    try:
        path = pygit2.discover_repository(str(folder))
        return pygit2.Repository(path) if path else None
    except (KeyError, pygit2.GitError) as error:
        if "not owned" in str(error):
            raise Misuse.of("fleet/not-mine", Place(str(folder)), folder=str(folder)) from None
        return None


def _remote(repository: pygit2.Repository) -> str | None:
    names = [name for name in repository.remotes.names() if name]
    return "origin" if "origin" in names else next(iter(names), None)


def _is_control(clone: Clone) -> bool:
    try:
        return clone.tree(clone.main()).entry(FLEET_FILE) is not None
    except Misuse:
        return False
