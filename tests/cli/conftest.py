"""A repository that agents have reported to, and somebody who reads it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.person import Person, Ran
from tiangong.testing.voice import Forge

Reads = Callable[..., Ran]


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """Environment dev with an installation shop, release 1.0.0; the clock of the world is the real one."""
    return Forge.small(tmp_path / "control.git", datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def reader(tmp_path: Path) -> Person:
    """Somebody without a key."""
    return Person(tmp_path / "reader", "rita", key=False)


@pytest.fixture
def clone(forge: Forge, tmp_path: Path) -> Callable[[], Path]:
    """The reader's clone, made at the first call."""
    folder = tmp_path / "clone"
    return lambda: folder if folder.exists() else forge.clone(folder)


@pytest.fixture
def reads(reader: Person, clone: Callable[[], Path]) -> Reads:
    """Run `tiangong` in the reader's clone."""
    return lambda *words: reader.run(*words, cwd=clone())
