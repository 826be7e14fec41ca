"""The digest part of a seal in real git: one file changed in a tree of 22,000 ÷ the whole tree listed anew."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.table import Row, turns
from tiangong.documents.listing import Line, read_listing
from tiangong.documents.merkle import Before, Listed, list_tree, listing_path
from tiangong.git.objects import GitTree, Store
from tiangong.testing.memory import open_bare
from tiangong.testing.simulator import NOW, World

PRODUCTS, RELEASES, FILES = 50, 44, 10


def rows(rounds: int) -> Iterator[Row]:
    """Only folders whose ids differ are listed, only files whose ids differ are read."""
    world = World()
    world.files = {
        f"products/p{product}/releases/1.{release}.0/f{file}.yaml": f"{product} {release} {file}\n".encode()
        for product in range(PRODUCTS)
        for release in range(RELEASES)
        for file in range(FILES)
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = world.commit_to(folder)
        world.files["products/p7/releases/1.7.0/f7.yaml"] = b"changed\n"
        second = world.commit_to(folder)
        repository = open_bare(folder)
        before = list_tree(GitTree(repository, first), NOW)

        def listing(path: str) -> Mapping[str, Line] | None:
            raw = before.files.get(listing_path(path))
            return read_listing(raw) if raw else None

        def one() -> Listed:
            store = Store(repository)
            old = Before(GitTree(repository, first, store), listing)
            made = list_tree(GitTree(repository, second, store), NOW + timedelta(hours=1), old)
            assert made.read == 1
            return made

        def whole() -> Listed:
            return list_tree(GitTree(repository, second, Store(repository)), NOW)

        some, every = turns(rounds, one, whole)
        count = len(world.files)
        yield Row(f"list {count:,} files for a seal, one changed", some, "all of them", every, aim=0.05)
