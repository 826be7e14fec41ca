"""The tutorial runs once; pages begin where it is before its last section."""

from collections.abc import Iterator

import pytest

from tests.docs.world import World


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = World(tmp_path_factory.mktemp("docs"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def world(built: World) -> World:
    built.put_back()
    return built
