"""The same over ssh, against a real sshd on loopback with host keys of its own."""

import fcntl
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tiangong.errors import Away, Misuse, TiangongError
from tiangong.git.child import Limits
from tiangong.git.mirror import Mirror
from tiangong.git.remote import parse_remote
from tiangong.messages import render
from tiangong.testing.origin import make_bare

MAIN = "refs/heads/main"
HERE = "refs/tiangong/control/main"
WHERE = "/usr/sbin:/usr/local/sbin:/usr/bin:/sbin"
HELP = "sshd is missing, so nothing over ssh is tested: install openssh-server (Debian: apt install openssh-server)"


def _sshd() -> str:
    """The path of sshd; installed when this is a CI run by root, else the test is skipped, loudly."""
    if found := shutil.which("sshd", path=WHERE):
        return found
    in_ci = os.environ.get("CI") == "true"
    if in_ci and os.geteuid() == 0 and shutil.which("apt-get"):
        with open("/tmp/tiangong-apt.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "openssh-server"]):
                if not shutil.which("sshd", path=WHERE):
                    subprocess.run(["apt-get", *words], env=env, check=False, capture_output=True, timeout=100)
        if found := shutil.which("sshd", path=WHERE):
            return found
    if in_ci:
        pytest.fail(HELP)
    pytest.skip(HELP)


def _key(path: Path, passphrase: str = "") -> Path:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(words, check=True, capture_output=True)
    return path


@dataclass(frozen=True)
class Server:
    """A running sshd, and what a client needs for it."""

    port: int
    bare: Path
    key: Path
    known_hosts: Path
    host_key: Path

    def mirror(self, folder: Path, limits: Limits | None = None, **other: object) -> Mirror:
        url = f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{other.pop('path', self.bare)}"
        given = {"credentials": self.key, "known_hosts": self.known_hosts, **other}
        return Mirror(folder, parse_remote(url, **given), limits)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    sshd = _sshd()
    folder = tmp_path_factory.mktemp("ssh dir")  # with a space: paths are quoted
    host_key, key = _key(folder / "host"), _key(folder / "client")
    (folder / "authorized").write_text((folder / "client.pub").read_text())
    bare = make_bare(tmp_path_factory.mktemp("bare") / "control.git")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    for _ in range(5):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        config = {
            "Port": port,
            "ListenAddress": "127.0.0.1",
            "HostKey": f'"{host_key}"',
            "AuthorizedKeysFile": f'"{folder}/authorized"',
            "PidFile": "none",
            "UsePAM": "no",
            "StrictModes": "no",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "PrintMotd": "no",
            "MaxStartups": "100",
        }
        (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in config.items()))
        with (folder / "log").open("wb") as log:
            child = subprocess.Popen([sshd, "-D", "-e", "-f", folder / "config"], stderr=log, stdin=subprocess.DEVNULL)
        if _listens(child, folder / "log"):
            break
    else:
        pytest.fail((folder / "log").read_text())
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    yield Server(port, bare, key, known, host_key)
    child.terminate()
    child.wait()


def _listens(child: "subprocess.Popen[bytes]", log: Path) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and child.poll() is None:
        if b"Server listening" in log.read_bytes():
            return True
        time.sleep(0.02)
    child.kill()
    child.wait()
    return False


def _code(call: Callable[[], object], error: type[TiangongError] = Away) -> str:
    with pytest.raises(TiangongError) as caught:
        call()
    assert type(caught.value) is error, caught.value
    assert "Traceback" not in render(caught.value.problems[0])
    return caught.value.problems[0].code


def test_push_list_and_fetch(server: Server, commit: Callable[..., str], tmp_path: Path) -> None:
    mirror = server.mirror(tmp_path / "m")
    tip = commit(mirror.repository, {"a/b": b"over ssh", "big": os.urandom(1 << 20)})
    mirror.push(tip, MAIN, None)
    assert mirror.listed([MAIN, "refs/heads/none"]) == {MAIN: tip}
    other = server.mirror(tmp_path / "other")
    other.fetch({MAIN: HERE})
    entry = other.tree(other.tip(HERE)).entry("a/b")
    assert entry is not None
    assert other.tree(tip).read(entry) == b"over ssh"


def test_races_are_told_over_ssh(server: Server, commit: Callable[..., str], tmp_path: Path) -> None:
    mirror = server.mirror(tmp_path / "m")
    tip = commit(mirror.repository, {"a": b"1"})
    mirror.push(tip, "refs/heads/race", "")
    with pytest.raises(Exception, match="git/raced"):
        mirror.push(commit(mirror.repository, {"a": b"2"}), "refs/heads/race", "")


def test_an_unknown_host_key(server: Server, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    mirror = server.mirror(tmp_path / "m", known_hosts=tmp_path / "empty")
    assert _code(lambda: mirror.listed([MAIN])) == "git/host-key-unknown"
    assert (tmp_path / "empty").read_text() == ""


def test_a_changed_host_key(server: Server, tmp_path: Path) -> None:
    _key(tmp_path / "other")
    known = tmp_path / "known"
    known.write_text(f"[127.0.0.1]:{server.port} {(tmp_path / 'other.pub').read_text()}")
    mirror = server.mirror(tmp_path / "m", known_hosts=known)
    assert _code(lambda: mirror.listed([MAIN])) == "git/host-key-changed"


def test_a_key_nobody_registered(server: Server, tmp_path: Path) -> None:
    mirror = server.mirror(tmp_path / "m", credentials=_key(tmp_path / "stranger"))
    assert _code(lambda: mirror.listed([MAIN])) == "git/denied"


def test_keys_that_cannot_be_used(server: Server, tmp_path: Path) -> None:
    locked = server.mirror(tmp_path / "m", credentials=_key(tmp_path / "locked", "passphrase"))
    assert _code(lambda: locked.listed([MAIN]), Misuse) == "git/bad-key"
    (tmp_path / "garbage").write_text("garbage")
    (tmp_path / "garbage").chmod(0o600)
    garbage = server.mirror(tmp_path / "g", credentials=tmp_path / "garbage")
    assert _code(lambda: garbage.listed([MAIN]), Misuse) == "git/bad-key"
    shown = _key(tmp_path / "shown")
    shown.chmod(0o644)
    assert (
        _code(lambda: server.mirror(tmp_path / "s", credentials=shown).listed([MAIN]), Misuse) == "git/open-credentials"
    )
    missing = server.mirror(tmp_path / "x", credentials=tmp_path / "missing")
    assert _code(lambda: missing.listed([MAIN]), Misuse) == "git/unreadable-file"


def test_no_repository_and_no_branch(server: Server, tmp_path: Path) -> None:
    nowhere = server.mirror(tmp_path / "m", path="/nowhere/at/all.git")
    assert _code(lambda: nowhere.listed([MAIN])) == "git/no-repository"
    empty = server.mirror(tmp_path / "e")
    assert empty.listed(["refs/heads/none"]) == {}
    assert _code(lambda: empty.fetch({"refs/heads/none": HERE})) == "git/no-branch"


def test_a_port_nobody_listens_on(server: Server, tmp_path: Path) -> None:
    url = f"ssh://nobody@127.0.0.1:1{server.bare}"
    remote = parse_remote(url, credentials=server.key, known_hosts=server.known_hosts)
    assert _code(lambda: Mirror(tmp_path / "m", remote).listed([MAIN])) == "git/away"


def test_a_server_that_never_speaks(server: Server, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ssh://nobody@127.0.0.1:{silent.getsockname()[1]}{server.bare}"
        remote = parse_remote(url, credentials=server.key, known_hosts=server.known_hosts)
        assert _code(lambda: Mirror(tmp_path / "m", remote, Limits(seconds=1)).listed([MAIN])) == "git/timeout"
        assert _code(lambda: Mirror(tmp_path / "n", remote, Limits(slow_seconds=1)).listed([MAIN])) == "git/away"


def test_the_agents_of_this_host_and_its_configuration_do_not_count(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / ".ssh"
    home.mkdir(parents=True)
    (home / "config").write_text("Host *\n  ProxyCommand touch /tmp/never\n  StrictHostKeyChecking no\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    monkeypatch.setenv("GIT_SSH_COMMAND", "/bin/false")
    assert isinstance(server.mirror(tmp_path / "m").listed([MAIN]), dict)
