"""A real agent with a real store: fetched as part of the step, unpacked, and never asked for again."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.conftest import Host
from tiangong.testing.store import FileServer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileServer]:
    with FileServer(tmp_path / "store") as server:
        yield server


def archive(word: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        info = tarfile.TarInfo("web/index.html")
        info.size = len(word)
        tar.addfile(info, io.BytesIO(word.encode()))
    return raw.getvalue()


def release(host: Host, store: FileServer, version: str, raw: bytes, there: bytes | None = None) -> None:
    digest = hashlib.sha256(raw).hexdigest()
    store.put(f"sha256/{digest[:2]}/{digest}", raw if there is None else there)
    to = str(host.folder / "releases" / version)
    host.publish(
        version,
        {"name": "unpack", "executor": "file", "with": {"unpack": "${artifact.web}", "to": to}},
        {"name": "whole", "executor": "file", "with": {"place": "${artifact.web}", "to": f"{host.folder}/web.tar.gz"}},
        host.note("after"),
        artifacts=[{"name": "web", "digest": f"sha256:{digest}", "size": len(raw)}],
    )


def test_it_is_fetched_unpacked_and_left_alone(host: Host, store: FileServer) -> None:
    host.world.edit("tiangong.yaml", spec__artifactStores={"default": {"url": store.url}})
    store.faults.breaks = [20]
    raw = archive("hello")
    release(host, store, "1.0.0", raw)
    ran = host.once()
    assert ran.code == 0, ran.said
    assert (host.folder / "releases/1.0.0/web/index.html").read_text() == "hello"
    assert (host.folder / "web.tar.gz").read_bytes() == raw
    asked = len(store.asked)
    assert store.asked[-1][2] == "bytes=20-"
    assert asked == 2, "two steps fetch it once"
    assert host.once().code == 0
    assert len(store.asked) == asked, "nothing to do asks nobody"


def test_other_bytes_are_refused_and_what_runs_stays(host: Host, store: FileServer) -> None:
    host.world.edit("tiangong.yaml", spec__artifactStores={"default": {"url": store.url}})
    release(host, store, "1.0.0", archive("hello"))
    assert host.once().code == 0
    raw = archive("world")
    release(host, store, "1.1.0", raw, there=raw[:-1] + bytes([raw[-1] ^ 1]))
    ran = host.once()
    assert ran.code == 1
    assert "artifact/wrong-digest" in ran.said
    assert not (host.folder / "releases/1.1.0").exists()
    assert (host.folder / "releases/1.0.0/web/index.html").read_text() == "hello"
    assert list((host.state / "artifacts" / "partial").iterdir()) == []


def test_no_store_holds(host: Host, store: FileServer) -> None:
    release(host, store, "1.0.0", archive("hello"))
    ran = host.once()
    assert ran.code == 0
    assert "lies in the store default, which the fleet doesn't have" in ran.said
    assert store.asked == []
