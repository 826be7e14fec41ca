"""What verification costs for a closure of 1,000 documents in real git: `python tests/benchmarks/verify.py`.

Cold is a fresh agent; warm is the next cycle of a running one, with nothing changed, or one document.
"""

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tiangong.git.objects import GitTree, Store
from tiangong.model.stages import Memory, Snapshot
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import NOW, World
from tiangong.trust.verify import Cache, verify

RELEASES = 495
TIMES = 5


@dataclass
class Bench:
    """One mirror, one cache."""

    world: World
    folder: Path
    cache: Cache = field(default_factory=Cache)

    def __post_init__(self) -> None:
        self.commit = self.world.commit_to(self.folder)
        self.repository = open_bare(self.folder)
        self.store = Store(self.repository)

    def ask(self, what: str, memory: Memory | None) -> Memory:
        """Verify the newest commit, and say how long it took."""
        start = time.perf_counter()
        snapshot = Snapshot("bench", self.commit, GitTree(self.repository, self.commit, self.store), NOW)
        desired = verify(snapshot, self.world.pins(), memory, NOW, self.cache)
        print(f"{(time.perf_counter() - start) * 1000:10.2f} ms  {what}")
        assert not desired.refusals
        return desired.memory


def main() -> None:
    """Measure, in order of a life."""
    world = World.small()
    for number in range(RELEASES):
        world.release("shop", f"1.{number}.0")
        world.promote("shop", f"1.{number}.0", "stable")
    documents = sum(path.endswith(".yaml") for path in world.files)
    print(f"{documents} documents")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(world, Path(name) / "bare.git")
        for _ in range(TIMES):
            bench.cache, bench.store = Cache(), Store(bench.repository)
            memory = bench.ask("cold", None)
        memory = bench.ask("the first time with a memory", memory)
        for _ in range(TIMES):
            memory = bench.ask("nothing changed", memory)
        for word in ("report", "repair", "ignore"):
            world.edit("environments/dev/environment.yaml", **{"spec.drift": word})
            bench.commit = world.commit_to(bench.folder)
            memory = bench.ask("one document changed", memory)
            memory = bench.ask("the same again, its mark is new", memory)


if __name__ == "__main__":
    main()
