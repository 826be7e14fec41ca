"""A real origin over TLS, and mirrors of it."""

import contextlib
import socket
import threading
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


@pytest.fixture
def connect_proxy() -> list[str]:
    """First lines of what the proxy was asked."""
    return []


@pytest.fixture
def proxy_port(connect_proxy: list[str]) -> Iterator[int]:
    """A real proxy that knows CONNECT, on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))

    def relay(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(1 << 16):
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        with client:
            asked = b""
            while not asked.endswith(b"\r\n\r\n"):
                asked += client.recv(1)
            connect_proxy.append(asked.partition(b"\r\n")[0].decode())
            host, _, port = asked.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as there:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=relay, args=(there, client))
                back.start()
                relay(client, there)
                back.join()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threads.append(threading.Thread(target=serve, args=(listener.accept()[0],)))
                threads[-1].start()

    threads = [threading.Thread(target=accept)]
    threads[0].start()
    yield listener.getsockname()[1]
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join()
