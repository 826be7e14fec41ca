"""Wishes from one branch of a Git remote, with the seals of it: asked cheaply, fetched only when something moved."""

from tiangong.errors import Away, Failed, Misuse, Refused
from tiangong.git.mirror import Mirror
from tiangong.model.seal import SEALS, SEALS_REF
from tiangong.model.stages import Seals, Snapshot
from tiangong.trust.seal import named_head


class GitSource:
    """Implements `ports.Source`. What was seen last is kept as `refs/tiangong/<source>/<branch>` of the mirror."""

    def __init__(self, name: str, mirror: Mirror, branch: str = "main") -> None:
        """Touch nothing yet."""
        self.name = name
        self._mirror = mirror
        self._there = f"refs/heads/{branch}"
        self._here = f"refs/tiangong/{name}/{branch}"
        self._seals_here = f"refs/tiangong/{name}/{SEALS}"

    def observe(self, known: str) -> Snapshot:
        """Return what the branch and its seals hold now; nothing is fetched while their tips are those that are here.

        `rewritten`: the tip doesn't descend from `known`. Away when the remote, or the branch, is.
        """
        tips = self._mirror.listed([self._there, SEALS_REF])
        if self._there not in tips:
            raise Away.of("git/no-branch", url=self._mirror.remote.url, ref=self._there)
        here = {self._there: self._here, SEALS_REF: self._seals_here}
        if any(tip != self._mirror.tip(here[ref]) or not self._mirror.has(tip) for ref, tip in tips.items()):
            self._mirror.fetch({ref: here[ref] for ref in tips})
        tip = self._mirror.tip(self._here)
        if not tip:
            raise Refused.of("git/not-a-commit", object=self._there)
        return self._snapshot(tip, known)

    def last(self, known: str) -> Snapshot | None:
        """The newest snapshot already on this machine, without touching the network."""
        tip = self._mirror.tip(self._here)
        return self._snapshot(tip, known) if tip and self._mirror.has(tip) else None

    def sealed(self, snapshot: Snapshot, commit: str) -> Snapshot | None:
        """A snapshot as it stood under an earlier commit of `seals`; None when that isn't on this machine any more."""
        seals = self._seals(commit)
        if seals is None or seals.sealed is None:
            return None
        rest = (snapshot.committed, snapshot.rewritten, seals)
        return Snapshot(snapshot.source, snapshot.revision, snapshot.tree, *rest)

    def _snapshot(self, commit: str, known: str) -> Snapshot:
        rewritten = known not in ("", commit) and not self._mirror.is_ancestor(known, commit)
        tree, committed = self._mirror.tree(commit), self._mirror.committed(commit)
        return Snapshot(self.name, commit, tree, committed, rewritten, self._seals(self._mirror.tip(self._seals_here)))

    def _seals(self, commit: str) -> Seals | None:
        """What a commit of `seals` holds, with the head it names; whether any of it counts is seen later."""
        if not commit or not self._mirror.has(commit):
            return None
        tree = self._mirror.tree(commit)
        head = named_head(tree)
        try:
            sealed = self._mirror.tree(head) if head and self._mirror.has(head) else None
        except (Misuse, Failed):
            sealed = None
        return Seals(commit, tree, sealed)
