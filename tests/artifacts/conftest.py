"""A web store, an artifact in it, and larders on hosts of their own."""

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiangong.artifacts.larder import Larder
from tiangong.artifacts.store import Access
from tiangong.model.product import Artifact
from tiangong.ports import Pull
from tiangong.testing.store import FileServer

RAW = bytes(range(256)) * 4096


def artifact_of(raw: bytes, name: str = "web", **other: object) -> Artifact:
    facts = {"name": name, "digest": "sha256:" + hashlib.sha256(raw).hexdigest(), "size": len(raw)}
    return Artifact.model_validate(facts | other)


class Host:
    """One host's larder, and what it logged."""

    def __init__(self, folder: Path, access: Access | None = None, keep: int = 1 << 40) -> None:
        self.folder, self.logged = folder, list[str]()
        self.larder = Larder(folder, keep, access or Access())
        self.cancel = threading.Event()

    def fetch(self, artifact: Artifact, store: str, within: float = 20.0) -> Path:
        pull = Pull(artifact, store, time.monotonic() + within, self.cancel, self.logged.append)
        return self.larder.fetch(pull)

    @property
    def log(self) -> str:
        return "".join(self.logged)

    @property
    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    with FileServer(tmp_path / "store") as server:
        yield server


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr("tiangong.artifacts.larder.PAUSES", (0.0, 0.0, 0.0))
    return Host(tmp_path / "host")


__all__ = ["RAW", "Host", "artifact_of"]
