"""The origin that ships for tests and the demo is itself a good Git server."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pygit2
import pytest

from tiangong.git.mirror import Mirror
from tiangong.testing.origin import Faults, Origin, make_bare

MAIN = "refs/heads/main"


def _git(origin: Origin, folder: Path, *words: str) -> str:
    """Plain git, as a person would use it."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_SSL_CAINFO": str(origin.ca),
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True).stdout


def test_clone_commit_push_and_pull_with_plain_git(origin: Origin, tmp_path: Path) -> None:
    _git(origin, tmp_path, "clone", "-q", origin.url, "one")
    one = tmp_path / "one"
    assert _git(origin, one, "symbolic-ref", "HEAD").strip() == MAIN
    (one / "big").write_bytes(os.urandom(3 << 20))
    for i in range(60):
        (one / f"f{i}").write_text(str(i))
        _git(origin, one, "add", ".")
        _git(origin, one, "commit", "-q", "-m", str(i))
    _git(origin, one, "-c", "http.postBuffer=65536", "push", "-q", "-u", "origin", "main")  # sent in chunks
    _git(origin, tmp_path, "clone", "-q", origin.url, "two")
    for i in range(3):
        (one / "f0").write_text(f"again {i}")
        _git(origin, one, "commit", "-q", "-a", "-m", "again")
    _git(origin, one, "push", "-q")
    _git(origin, tmp_path / "two", "pull", "-q")  # names what it has: sent gzipped
    assert (tmp_path / "two" / "big").read_bytes() == (one / "big").read_bytes()
    assert (tmp_path / "two" / "f0").read_text() == "again 2"
    _git(origin, one, "push", "-q", "origin", "main:other")
    _git(origin, one, "push", "-q", "origin", ":other")
    assert list(pygit2.Repository(str(origin.git_dir)).branches.local) == ["main"]


def test_other_repositories_of_the_folder_and_nothing_else(origin: Origin, mirror_of: Callable[..., Mirror]) -> None:
    make_bare(origin.folder / "other.git")
    mirror = mirror_of(origin)
    for path, code in (("other.git", 200), ("tls/ca.pem", 404), ("../etc/passwd", 404), ("none.git", 404), ("", 404)):
        assert _status(origin, f"/{path}/info/refs?service=git-upload-pack") == code
    assert mirror.listed([MAIN]) == {}


def _status(origin: Origin, target: str) -> int:
    context = ssl.create_default_context(cafile=origin.ca)
    with (
        socket.create_connection(("127.0.0.1", origin.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as link,
    ):
        link.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := link.recv(1 << 16):
            answer += chunk
    return int(answer.split()[1])


def test_many_agents_at_once(origin: Origin, mirror_of: Callable[..., Mirror], commit: Callable[..., str]) -> None:
    def agent(i: int) -> bool:
        mirror = mirror_of(origin, f"agent{i}")
        tip = commit(mirror.repository, {"status.yaml": b"%d" % i})
        mirror.push(tip, f"refs/heads/status/e{i}", "")
        mirror.fetch({f"refs/heads/status/e{i}": "refs/tiangong/there"})
        return mirror.tip("refs/tiangong/there") == tip

    with ThreadPoolExecutor(24) as pool:
        assert all(pool.map(agent, range(24)))
    assert len(list(pygit2.Repository(str(origin.git_dir)).branches.local)) == 24


def test_it_stops_at_once_whatever_its_clients_do(origin: Origin) -> None:
    idle = socket.create_connection(("127.0.0.1", origin.port))
    context = ssl.create_default_context(cafile=origin.ca)
    waiting = context.wrap_socket(socket.create_connection(("127.0.0.1", origin.port)), server_hostname="localhost")
    origin.faults = Faults(delay=60)
    waiting.sendall(b"GET /control.git/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\n\r\n")
    while not origin.requests:
        time.sleep(0.01)
    before = time.monotonic()
    origin.stop()
    origin.stop()
    assert time.monotonic() - before < 5
    idle.close()
    waiting.close()


def test_it_keeps_its_port_and_its_ca(origin: Origin, mirror: Mirror, push_main: Callable[..., str]) -> None:
    tip, url = push_main({"a": b"1"}), origin.url
    ca = origin.ca.read_bytes()
    origin.stop()
    with Origin(origin.folder, origin.port) as again:
        assert again.url == url
        assert again.ca.read_bytes() == ca
        assert mirror.listed([MAIN]) == {MAIN: tip}


def test_the_private_key_is_private(origin: Origin) -> None:
    assert origin.certificates.server.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in origin.ca.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process(tmp_path: Path, number: signal.Signals, commit: Callable[..., str]) -> None:
    words = [sys.executable, "-m", "tiangong.testing.origin", str(tmp_path / "o"), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        from tiangong.git.remote import parse_remote

        mirror = Mirror(tmp_path / "m", parse_remote(url, ca=tmp_path / "o" / "tls" / "ca.pem"))
        mirror.push(commit(mirror.repository, {"a": b"1"}), MAIN, "")
        child.send_signal(number)
        rest, said = child.communicate(timeout=20)
        assert (child.returncode, rest, said) == (0, "", "")


def test_a_port_that_is_taken_is_said(tmp_path: Path, origin: Origin) -> None:
    words = [sys.executable, "-m", "tiangong.testing.origin", str(tmp_path / "o"), "--port", str(origin.port)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "can't be started" in done.stderr
    assert "Traceback" not in done.stderr
