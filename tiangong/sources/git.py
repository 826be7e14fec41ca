"""Wishes from one branch of a Git remote: asked cheaply, fetched only when it moved."""

from tiangong.errors import Away, Refused
from tiangong.git.mirror import Mirror
from tiangong.model.stages import Snapshot


class GitSource:
    """Implements `ports.Source`. What was seen last is kept as `refs/tiangong/<source>/<branch>` of the mirror."""

    def __init__(self, name: str, mirror: Mirror, branch: str = "main") -> None:
        """Touch nothing yet."""
        self.name = name
        self._mirror = mirror
        self._there = f"refs/heads/{branch}"
        self._here = f"refs/tiangong/{name}/{branch}"

    def observe(self, known: str) -> Snapshot:
        """Return what the branch holds now; nothing is fetched while its tip is the one that is here.

        `rewritten`: the tip doesn't descend from `known`. Away when the remote, or the branch, is.
        """
        tip = self._mirror.listed([self._there]).get(self._there)
        if tip is None:
            raise Away.of("git/no-branch", url=self._mirror.remote.url, ref=self._there)
        if tip != self._mirror.tip(self._here) or not self._mirror.has(tip):
            self._mirror.fetch({self._there: self._here})
            tip = self._mirror.tip(self._here)
        if not tip:
            raise Refused.of("git/not-a-commit", object=self._there)
        return self._snapshot(tip, known)

    def last(self, known: str) -> Snapshot | None:
        """The newest snapshot already on this machine, without touching the network."""
        tip = self._mirror.tip(self._here)
        return self._snapshot(tip, known) if tip and self._mirror.has(tip) else None

    def _snapshot(self, commit: str, known: str) -> Snapshot:
        rewritten = known not in ("", commit) and not self._mirror.is_ancestor(known, commit)
        return Snapshot(self.name, commit, self._mirror.tree(commit), self._mirror.committed(commit), rewritten)
