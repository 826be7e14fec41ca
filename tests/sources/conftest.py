"""A real origin over TLS, a source on it, and somebody who pushes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest

from tiangong.git.mirror import Mirror
from tiangong.git.objects import write_commit
from tiangong.git.remote import parse_remote
from tiangong.sources.git import GitSource
from tiangong.testing.origin import Origin


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as running:
        yield running


@pytest.fixture
def mirror(origin: Origin, tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror", parse_remote(origin.url, ca=origin.ca))


@pytest.fixture
def source(mirror: Mirror) -> GitSource:
    return GitSource("control", mirror)


@pytest.fixture
def push(origin: Origin) -> Callable[..., str]:
    """Commit files on a branch of the origin, whatever it named before."""

    def push(files: Mapping[str, bytes], parent: str = "", branch: str = "main", hour: int = 12) -> str:
        bare = pygit2.Repository(str(origin.git_dir))
        tip = write_commit(
            bare,
            files,
            parents=[parent] if parent else [],
            base=parent,
            message="a push\n",
            when=datetime(2026, 11, 25, hour, tzinfo=UTC),
            author="alice <alice@example.org>",
        )
        bare.references.create(f"refs/heads/{branch}", tip, force=True)
        return tip

    return push
