"""A real origin over TLS, and mirrors of it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest
from hypothesis import settings

from tiangong.git.child import Limits
from tiangong.git.mirror import Mirror
from tiangong.git.objects import write_commit
from tiangong.git.remote import parse_remote
from tiangong.testing.origin import Origin

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as running:
        yield running


@pytest.fixture
def mirror_of(tmp_path: Path) -> Callable[..., Mirror]:
    """Return a mirror of an origin in a folder of its own name."""

    def make(origin: Origin, name: str = "mirror", limits: Limits | None = None, **more: object) -> Mirror:
        remote = parse_remote(origin.url, **{"ca": origin.ca, **more})
        return Mirror(tmp_path / name, remote, limits)

    return make


@pytest.fixture
def mirror(origin: Origin, mirror_of: Callable[..., Mirror]) -> Mirror:
    return mirror_of(origin)


@pytest.fixture
def commit() -> Callable[..., str]:
    """Write a commit and, when a ref is named, move it there."""

    def write(
        repository: pygit2.Repository, files: Mapping[str, bytes], parent: str = "", ref: str = "", base: str = ""
    ) -> str:
        id_ = write_commit(
            repository,
            files,
            parents=[parent] if parent else [],
            base=base or parent,
            message="a commit\n",
            when=NOW,
            author="test <test@example.org>",
        )
        if ref:
            repository.references.create(ref, id_, force=True)
        return id_

    return write


@pytest.fixture
def push_main(origin: Origin, commit: Callable[..., str]) -> Callable[..., str]:
    """Commit files on the origin's main, as somebody who pushed."""

    def push(files: Mapping[str, bytes], parent: str = "", branch: str = "main") -> str:
        return commit(pygit2.Repository(str(origin.git_dir)), files, parent, f"refs/heads/{branch}")

    return push
