"""Verification depends on bytes, memory and time alone, and reads what one environment needs and nothing else."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trust.asking import ask, codes
from tiangong.errors import Refused
from tiangong.model.stages import Desired, Entry, Memory, Tree
from tiangong.testing.memory import MemoryTree
from tiangong.testing.simulator import World
from tiangong.trust import reading
from tiangong.trust.verify import Cache, verify


def said(desired: Desired) -> Desired:
    """Everything but the tree it was read from."""
    return replace(desired, tree=None)  # type: ignore[arg-type]


def busy(environments: int = 3, releases: int = 4) -> World:
    """A world with some history and some mistakes in it."""
    world = World.small()
    world.put(
        {
            "kind": "Profile",
            "metadata": {"name": "night"},
            "spec": {"install": [{"product": "auth", "channel": "release"}]},
        }
    )
    world.edit("environments/dev/environment.yaml", **{"spec.profiles": ["night", "gone"]})
    world.put({"kind": "Product", "metadata": {"name": "auth"}})
    for number in range(releases):
        world.release("shop", f"1.{number}.0")
        world.release("auth", f"2.{number}.0-rc.1")
        world.promote("shop", f"1.{number}.0", "canary")
    for number in range(environments):
        world.environment(f"site-{number}")
        world.installation(f"site-{number}", "shop")
    world.suppress("over", hours=-1)
    world.suppress("inc-1", environments=["dev"])
    world.raw("products/shop/releases/1.1.0/release.yaml", b"broken")
    world.raw("suppressions/Strange Name.yaml", b"broken")
    world.raw("channels/stable.yaml.alice.sig", None)
    return world


class Shuffled:
    """A tree that lists its folders in any order."""

    def __init__(self, tree: Tree, seed: int) -> None:
        self._tree, self._chance = tree, random.Random(seed)

    def folder(self, path: str) -> tuple[Entry, ...]:
        entries = list(self._tree.folder(path))
        self._chance.shuffle(entries)
        return tuple(entries)

    def entry(self, path: str) -> Entry | None:
        return self._tree.entry(path)

    def size(self, entry: Entry) -> int:
        return self._tree.size(entry)

    def read(self, entry: Entry) -> bytes:
        return self._tree.read(entry)


@given(st.integers(0, 2**32))
@settings(max_examples=15)
def test_the_order_of_files_is_nothing(seed: int) -> None:
    world = busy()
    chance = random.Random(seed)
    items = list(world.files.items())
    chance.shuffle(items)
    shuffled = World(world.repo, dict(items), policy=world.policy)
    snapshot = replace(shuffled.snapshot(), tree=Shuffled(shuffled.tree(), seed))
    assert said(verify(snapshot, world.pins(), None, world.now)) == said(ask(world))


def steps(world: World) -> Iterator[None]:
    """A life of a repository, good and bad."""
    yield
    world.release("shop", "1.9.0")
    yield
    world.suppress("inc-2")
    yield
    world.raw("suppressions/inc-2.yaml", None)
    yield
    kept = dict(world.files)
    world.raw("environments/dev/installations/shop.yaml", b"broken")
    yield
    world.set_policy(roles=[{"role": "owner", "who": ["bob"]}])
    yield
    world.files.update(kept)
    yield
    world.set_policy(roles=[{"role": role, "who": ["alice"]} for role in ("owner", "operator", "maintainer")])
    yield
    world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    yield
    world.environment("another")
    yield


def test_a_cache_changes_nothing() -> None:
    world, cache = busy(), Cache()
    memory: Memory | None = None
    hours = 0
    for _ in steps(world):
        for again in range(3):
            hours += again
            later = timedelta(hours=hours)
            desired = ask(world, memory, later=later, cache=cache)
            assert said(desired) == said(ask(world, memory, later=later))
            # the same again, with the memory it gave: nothing more comes of it
            settled = ask(world, desired.memory, later=later, cache=cache)
            assert said(settled) == said(ask(world, desired.memory, later=later))
            assert said(ask(world, settled.memory, later=later, cache=cache)) == said(settled)
            memory = desired.memory


def test_one_cache_serves_many_environments_and_memories() -> None:
    world, cache = busy(), Cache()
    old = ask(world).memory
    world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    for environment in ("dev", "site-1", "dev", "site-0", "site-1"):
        for memory in (None, old, None):
            found = ask(world, memory, environment=environment, cache=cache)
            assert said(found) == said(ask(world, memory, environment=environment))


def test_a_cache_doesnt_take_one_memory_for_another() -> None:
    world, cache = busy(), Cache()
    before = dict(world.files)
    world.edit("environments/dev/environment.yaml", **{"spec.drift": "repair"})
    newer = ask(world).memory
    world.files = before
    rollback = ("environments/dev/environment.yaml", "trust/rollback")
    for memory, refused in ((None, False), (newer, True), (None, False)):
        found = ask(world, memory, cache=cache)
        assert (rollback in codes(found).items()) is refused
        assert said(found) == said(ask(world, memory))


def test_a_cache_doesnt_take_one_host_for_another() -> None:
    world, cache = busy(), Cache()
    for _ in range(2):
        assert ask(world, cache=cache).installations
        for pins in (replace(world.pins(), root_digest="sha512:" + "0" * 128), replace(world.pins(), level="sealed")):
            with pytest.raises(Refused):
                ask(world, pins=pins, cache=cache)


def test_a_cache_forgets_before_it_grows_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    world, cache = busy(), Cache()
    monkeypatch.setattr(reading, "MOST_CACHED", 100)
    for number in range(8):
        world.release("shop", f"3.{number}.0")
        assert said(ask(world, cache=cache)) == said(ask(world))
        assert len(cache.found) + len(cache.documents) + len(cache.listings) < 250


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────
def reads(world: World, environment: str = "dev", memory: Memory | None = None) -> MemoryTree:
    snapshot = world.snapshot()
    assert isinstance(snapshot.tree, MemoryTree)
    verify(snapshot, world.pins(environment), memory, world.now)
    return snapshot.tree


def test_a_fleet_of_a_thousand_costs_one_environment_no_more() -> None:
    small = busy()
    large = small.copy()
    template = {path: raw for path, raw in small.files.items() if path.startswith("environments/site-0/")}
    for number in range(1000):
        for path, raw in template.items():
            large.files[path.replace("site-0", f"far-{number}")] = raw
        large.files[f"products/other-{number}/product.yaml"] = b"x"
        large.files[f"profiles/other-{number}.yaml"] = b"x"
    few, many = reads(small), reads(large)
    assert many.files_read == few.files_read
    assert many.folders_read == few.folders_read
    assert "environments" not in many.folders_read
    assert "products" not in many.folders_read
    assert not [folder for folder in many.folders_read if "site-" in folder or "far-" in folder]
    assert codes(ask(small)) == codes(ask(large))


def test_each_file_and_folder_is_read_once() -> None:
    tree = reads(busy())
    folders = [folder for folder in tree.folders_read if folder]
    assert len(folders) == len(set(folders))
    assert tree.folders_read.count("") == 2  # once to see whether anything differs from the last time
    documents = {path for path in busy().files if path.endswith((".yaml", ".sig"))}
    assert len(tree.files_read) <= len(documents)


def test_nothing_is_read_when_nothing_differs() -> None:
    world, cache = busy(), Cache()
    memory = ask(world, ask(world, cache=cache).memory, cache=cache).memory
    for other in (lambda: None, lambda: world.environment("elsewhere"), lambda: world.raw("README.md", b"x")):
        other()
        snapshot = world.snapshot()
        assert isinstance(snapshot.tree, MemoryTree)
        desired = verify(snapshot, world.pins(), memory, world.now, cache)
        assert snapshot.tree.files_read == []
        assert snapshot.tree.folders_read == [""]
        assert desired.tree is snapshot.tree
        assert desired.revision == snapshot.revision


def test_after_a_change_only_what_changed_is_read() -> None:
    world, cache = busy(), Cache()
    memory = ask(world, cache=cache).memory
    path = world.edit("environments/dev/installations/shop.yaml", **{"spec.channel": "stable"})
    snapshot = world.snapshot()
    assert isinstance(snapshot.tree, MemoryTree)
    desired = verify(snapshot, world.pins(), memory, world.now, cache)
    assert desired.installations["shop"].document.spec.channel == "stable"
    entries = [snapshot.tree.entry(path), snapshot.tree.entry(f"{path}.alice.sig")]
    assert snapshot.tree.files_read == [entry.id for entry in entries if entry]


def test_time_alone_changes_what_depends_on_time() -> None:
    world, cache = busy(), Cache()
    memory = ask(world, ask(world, cache=cache).memory, cache=cache).memory
    snapshot = world.snapshot()
    found = [
        verify(snapshot, world.pins(), memory, world.now + timedelta(hours=hours), cache) for hours in (0, 3, 5, 9999)
    ]
    assert [[s.document.metadata.name for s in one.suppressions] for one in found] == [["inc-1"], ["inc-1"], [], []]
    assert [len(one.holds) for one in found] == [0, 0, 0, 1]
