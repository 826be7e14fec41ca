"""Verification of a closure of 1,000 documents in real git: what a running agent pays each cycle ÷ what a fresh one paid."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.table import Row, turns
from tiangong.git.objects import GitTree, Store
from tiangong.model.stages import Desired, Memory, Snapshot
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import NOW, World
from tiangong.trust.verify import Cache, verify

RELEASES = 495
WORDS = ("report", "repair")


def rows(rounds: int) -> Iterator[Row]:
    """Nothing changed since the cycle before, and one document changed."""
    world = World.small()
    for number in range(RELEASES):
        world.release("shop", f"1.{number}.0")
        world.promote("shop", f"1.{number}.0", "stable")
    count = sum(path.endswith(".yaml") for path in world.files)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commits = [_changed(world, folder, word) for word in WORDS]
        repository = open_bare(folder)
        store, cache = Store(repository), Cache()

        def look(commit: str, memory: Memory | None, kept: Cache, objects: Store) -> Desired:
            snapshot = Snapshot("bench", commit, GitTree(repository, commit, objects), NOW)
            desired = verify(snapshot, world.pins(), memory, NOW, kept)
            assert not desired.refusals
            return desired

        memory = look(commits[1], None, cache, store).memory

        def unchanged() -> None:
            look(commits[1], memory, cache, store)

        flips = iter(commits * (rounds + 1))

        def changed() -> None:
            look(next(flips), None, cache, store)

        def cold() -> None:
            look(commits[1], None, Cache(), Store(repository))

        same, fresh = turns(rounds, unchanged, cold)
        yield Row(f"verify {count:,} documents, nothing changed", same, "the same by a fresh agent", fresh)
        other, fresh = turns(rounds, changed, cold)
        yield Row(f"verify {count:,} documents, one changed", other, "the same by a fresh agent", fresh)


def _changed(world: World, folder: Path, word: str) -> str:
    world.edit("environments/dev/environment.yaml", **{"spec.drift": word})
    return world.commit_to(folder)
