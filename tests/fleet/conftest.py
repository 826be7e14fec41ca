"""A repository that people and agents have pushed to, and clones of it; git sees nothing of this machine's settings."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tiangong.fleet.clone import find_clone
from tiangong.fleet.statuses import Fleet
from tiangong.testing.voice import Forge

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "SSH_", "TIANGONG_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Forge:
    """Made once, copied by every test."""
    return Forge.small(tmp_path_factory.mktemp("forge") / "control.git", NOW)


@pytest.fixture
def forge(template: Forge, tmp_path: Path) -> Forge:
    """Environment dev with an installation shop, a release 1.0.0; nobody has said anything yet."""
    bare = tmp_path / "control.git"
    shutil.copytree(template.bare, bare)
    return replace(template, bare=bare, world=template.world.copy())


@pytest.fixture
def cloned(forge: Forge, tmp_path: Path) -> Callable[[], Fleet]:
    """Clones the repository as it is now, anew each time."""
    count = 0

    def clone() -> Fleet:
        nonlocal count
        count += 1
        return Fleet(find_clone(forge.clone(tmp_path / f"clone{count}"), {}))

    return clone
