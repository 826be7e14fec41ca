"""Seals a world in memory as a sealer would, seal after seal, or as an attacker might."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tiangong.documents.digest import sha512
from tiangong.documents.dump import dump
from tiangong.documents.listing import Line, read_listing
from tiangong.documents.merkle import Before, list_tree, listing_path
from tiangong.model.document import API_VERSION
from tiangong.model.observed import Seals, Snapshot
from tiangong.model.seal import NAMESPACE, SEAL_FILE, Seal
from tiangong.testing.memory import MemoryTree
from tiangong.testing.simulator import World, keyholder
from tiangong.trust.quarantine import SealedHead, accepted_under, quarantine
from tiangong.trust.seal import Sealing, read_sealing

SEALER = "sealer"


def sealed_policy(level: str = "sealed", *sealers: str) -> dict[str, Any]:
    """Changes to the small policy: a level above `signatures`, and people who seal."""
    from tiangong.testing.simulator import small_policy

    policy = small_policy()
    names = sealers or (SEALER,)
    people = {name: {"keys": [keyholder(name).line], "machine": True} for name in names}
    roles = [*policy["roles"], {"role": "sealer", "who": [*names]}]
    return {"securityLevel": level, "people": {**policy["people"], **people}, "roles": roles}


@dataclass(slots=True)
class Sealer:
    """The branch `seals` of a world. `files`: what its tip holds; `head`: the files that were sealed last."""

    world: World
    files: dict[str, bytes] = field(default_factory=dict)
    head: MemoryTree | None = None
    tip: MemoryTree | None = None
    count: int = 0
    stored: dict[str, bytes] = field(default_factory=dict)
    """every blob that ever was, as the history of a branch keeps it"""

    def seal(self, *signers: str, after: timedelta = timedelta(), **spec: Any) -> Seal:
        """Seal the world as it is, honestly but for what `spec` says. `after`: how long after the world's now."""
        issued = self.world.now + after
        tree = self.tree()
        listed = list_tree(tree, issued, Before(self.head, self._listing) if self.head else None)
        before = self.sealing if self.head else None
        whole: dict[str, Any] = {
            "branch": "main",
            "head": revision_of(tree),
            "tree": listed.root,
            "sequence": before.seal.spec.sequence + 1 if before else 1,
            "issued": issued.isoformat(),
            **({"previous": before.found.digest} if before else {}),
        }
        known = accepted_under(SealedHead(before, self.head), self.world.pins()) if before and self.head else None
        ward = quarantine(tree, self.world.pins(), known, issued)
        whole["quarantine"] = [one.model_dump(by_alias=True, exclude_none=True) for one in ward.quarantine]
        whole |= spec
        self.count += 1
        metadata = {"name": str(whole["sequence"]), "repo": self.world.repo}
        raw = dump({"apiVersion": API_VERSION, "kind": "Seal", "metadata": metadata, "spec": whole})
        for path, content in listed.files.items():
            gone = [one for one in self.files if one == path or one.startswith(f"{path}/")] if content is None else []
            self.files |= {path: content} if content is not None else {}
            for one in gone:
                del self.files[one]
        self.write(raw, *(signers or (SEALER,)))
        self.head, self.tip = tree, MemoryTree(self.files)
        return self.sealing.seal

    def write(self, raw: bytes, *signers: str, namespace: str = NAMESPACE) -> None:
        """Put exact bytes in the place of the seal, signed by these people alone."""
        for path in [path for path in self.files if path.startswith(SEAL_FILE)]:
            del self.files[path]
        self.files[SEAL_FILE] = raw
        for name in signers:
            self.files[f"{SEAL_FILE}.{name}.sig"] = keyholder(name).sign(raw, namespace)
        self.tip = MemoryTree(self.files)

    @property
    def sealing(self) -> Sealing:
        """The newest seal, as it would be read."""
        return read_sealing(MemoryTree(self.files), self.commit)

    @property
    def commit(self) -> str:
        """An id of the tip of `seals`."""
        return revision_of(MemoryTree(self.files))

    def tree(self) -> MemoryTree:
        """The world's files, over all that history still has."""
        self.stored |= {sha512(raw): raw for raw in self.world.files.values()}
        return MemoryTree(self.world.files, self.world.modes, tuple(self.stored.values()))

    def snapshot(self) -> Snapshot:
        """What a source would hand over now: the world as it is, with the newest seal."""
        seals = Seals(self.commit, MemoryTree(self.files), self.head) if self.files else None
        return Snapshot("world", revision_of(self.tree()), self.tree(), self.world.now, seals=seals)

    def _listing(self, folder: str) -> Mapping[str, Line] | None:
        raw = self.files.get(listing_path(folder))
        return read_listing(raw) if raw else None


def revision_of(tree: MemoryTree) -> str:
    """An id of a tree, in the form of a commit's."""
    import hashlib

    told = repr([(entry.name, entry.mode, entry.id) for entry in tree.folder("")]).encode()
    return hashlib.sha1(told, usedforsecurity=False).hexdigest()
