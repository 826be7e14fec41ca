"""Fetching over everything a store and a disk can do: only whole, sound files ever get their name."""

import errno
import hashlib
import os
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.artifacts.conftest import RAW, Host, artifact_of
from tiangong.artifacts.folder import FolderStore
from tiangong.artifacts.store import Access, Network, place_of
from tiangong.errors import Failed, Misuse, Refused, TiangongError
from tiangong.messages import explain, render
from tiangong.testing.certificates import make_certificates
from tiangong.testing.store import FileServer

WEB = artifact_of(RAW)


def code(host: Host, store: str, artifact: Any = WEB, **options: Any) -> str:
    with pytest.raises(TiangongError) as caught:
        host.fetch(artifact, store, **options)
    (found,) = caught.value.problems
    assert render(found)
    if not found.code.startswith("step/"):
        assert explain(found.code).fix
    return found.code


# ── the way it should be ─────────────────────────────────────────────────────────────────────────────────────────
def test_it_is_fetched_once(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    path = host.fetch(WEB, server.url)
    assert path.read_bytes() == RAW
    assert host.fetch(WEB, server.url) == path
    assert len(server.asked) == 1
    assert host.files == [place_of(WEB)]
    assert host.folder.stat().st_mode & 0o077 == 0
    assert host.larder.local(WEB) == path


def test_nothing_is_asked_of_the_net_by_looking(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    with pytest.raises(Failed) as caught:
        host.larder.local(WEB)
    assert caught.value.problems[0].code == "step/no-artifact"
    assert server.asked == []


def test_a_folder_is_a_store(host: Host, tmp_path: Path) -> None:
    store = tmp_path / "share of all"
    path = store / place_of(WEB)
    path.parent.mkdir(parents=True)
    path.write_bytes(RAW)
    assert host.fetch(WEB, store.as_uri()).read_bytes() == RAW


def test_an_empty_artifact(host: Host, server: FileServer) -> None:
    empty = artifact_of(b"")
    server.put(place_of(empty), b"")
    assert host.fetch(empty, server.url).read_bytes() == b""


# ── breaks ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_goes_on_where_it_broke_off(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    server.faults.breaks = [300_000, 500_000]
    assert host.fetch(WEB, server.url).read_bytes() == RAW
    ranges = [wanted for _, _, wanted in server.asked]
    assert ranges == ["", "bytes=300000-", "bytes=800000-"]
    assert "going on after" in host.log


def test_the_next_step_goes_on_too(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    server.faults.breaks = [1000, 1, 1, 1, 0, 0, 0, 0]
    assert code(host, server.url) in ("artifact/cut-off", "artifact/no-answer")
    assert host.files == [f"partial/{place_of(WEB).rpartition('/')[2]}"]
    server.faults.breaks = []
    assert host.fetch(WEB, server.url).read_bytes() == RAW
    assert server.asked[-1][2] == "bytes=1003-"
    assert host.files == [place_of(WEB)]


def test_a_server_without_ranges_begins_anew(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    server.faults.breaks, server.faults.no_range = [300_000], True
    assert host.fetch(WEB, server.url).read_bytes() == RAW
    assert len(server.asked) == 2


def test_rubbish_left_by_a_break_is_tried_once_from_the_beginning(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    partial = host.folder / "partial" / place_of(WEB).rpartition("/")[2]
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"x" * 5000)
    assert host.fetch(WEB, server.url).read_bytes() == RAW
    assert [wanted for _, _, wanted in server.asked] == ["bytes=5000-", ""]


def test_what_changed_on_the_host_is_fetched_again(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    path = host.fetch(WEB, server.url)
    path.write_bytes(b"y" + RAW[1:])
    assert host.fetch(WEB, server.url).read_bytes() == RAW
    assert "has changed on this host" in host.log


# ── what a store may not do ──────────────────────────────────────────────────────────────────────────────────────
def test_other_bytes_are_refused_and_gone(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), b"x" + RAW[1:])
    with pytest.raises(Refused):
        host.fetch(WEB, server.url)
    assert code(host, server.url) == "artifact/wrong-digest"
    assert host.files == []


def test_more_bytes_than_were_published_are_not_read(host: Host, server: FileServer) -> None:
    small = artifact_of(b"x" * 1000)
    server.put(place_of(small), b"x" * 50_000_000)
    assert code(host, server.url, small) == "artifact/too-long"
    assert host.files == []


def test_fewer_bytes_are_never_taken_for_all(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW[:-1])
    assert code(host, server.url) == "artifact/cut-off"
    assert all(name.startswith("partial/") for name in host.files)


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"status": 404}, "artifact/not-there"),
        ({"status": 500}, "artifact/status"),
        ({"status": 418}, "artifact/status"),
        ({"wants": "Bearer x"}, "artifact/denied"),
        ({"location": "http://127.0.0.1:1/"}, "artifact/redirect"),
    ],
)
def test_other_answers(host: Host, server: FileServer, faults: dict[str, Any], expected: str) -> None:
    server.put(place_of(WEB), RAW)
    for name, value in faults.items():
        setattr(server.faults, name, value)
    assert code(host, server.url) == expected
    assert host.files == []
    assert len(server.asked) == (4 if faults.get("status") == 500 else 1), "what may pass is tried again, nothing else"


def test_nobody_there(host: Host, tmp_path: Path, server: FileServer) -> None:
    assert code(host, (tmp_path / "not mounted").as_uri()) == "artifact/no-folder"
    assert code(host, server.folder.as_uri()) == "artifact/not-there"
    assert code(host, "http://127.0.0.1:1") == "artifact/no-answer"
    assert code(host, "") == "artifact/no-store"


def test_a_pipe_in_the_share_stops_nobody(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "share" / place_of(WEB)
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert code(host, (tmp_path / "share").as_uri()).startswith("artifact/")


# ── stopping ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_server_that_hangs_ends_with_the_deadline(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    server.faults.hangs = 200_000
    started = time.monotonic()
    assert code(host, server.url, within=0.5) == "step/deadline"
    assert time.monotonic() - started < 3
    server.faults.hangs = None
    assert host.fetch(WEB, server.url).read_bytes() == RAW
    assert server.asked[-1][2].startswith("bytes=")


def test_cancel_ends_it(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    server.faults.hangs = 0
    threading.Timer(0.2, host.cancel.set).start()
    started = time.monotonic()
    assert code(host, server.url) == "step/cancelled"
    assert time.monotonic() - started < 3


def test_two_steps_fetch_it_once(host: Host, server: FileServer) -> None:
    server.put(place_of(WEB), RAW)
    threads = [threading.Thread(target=host.fetch, args=(WEB, server.url)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1
    assert host.files == [place_of(WEB)]


# ── this host ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_disk_that_is_full_is_said_before(host: Host, server: FileServer) -> None:
    huge = artifact_of(b"").model_copy(update={"size": 1 << 39})
    assert code(host, server.url, huge) == "artifact/no-space"
    assert server.asked == []


def test_a_disk_that_fills_up_keeps_what_was_there(
    host: Host, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = artifact_of(b"other" * 100, "other")
    server.put(place_of(other), b"other" * 100)
    server.put(place_of(WEB), RAW)
    host.fetch(other, server.url)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tiangong.artifacts.larder.os.fsync", full)
    assert code(host, server.url) == "artifact/no-space"
    assert host.files == [place_of(other)]


def test_what_was_used_longest_ago_goes(tmp_path: Path, server: FileServer) -> None:
    host = Host(tmp_path / "host", keep=2500)
    raws = [bytes([number]) * 1000 for number in range(4)]
    for number, raw in enumerate(raws):
        one = artifact_of(raw, f"a{number}")
        server.put(place_of(one), raw)
        path = host.fetch(one, server.url)
        os.utime(path, (1000 + number, 1000 + number))
    assert host.files == sorted(place_of(artifact_of(raw)) for raw in raws[2:])


def test_halves_nobody_goes_on_with_go_too(host: Host, server: FileServer) -> None:
    partial = host.folder / "partial"
    partial.mkdir(parents=True)
    for name, age in (("old", 30), ("new", 1)):
        (partial / name).write_bytes(b"half")
        os.utime(partial / name, (time.time() - age * 86400,) * 2)
    server.put(place_of(WEB), RAW)
    host.fetch(WEB, server.url)
    assert host.files == ["partial/new", place_of(WEB)]


def test_a_small_larder_keeps_what_is_in_use(tmp_path: Path, server: FileServer) -> None:
    host = Host(tmp_path / "host", keep=0)
    server.put(place_of(WEB), RAW)
    assert host.fetch(WEB, server.url).is_file()


@dataclass(frozen=True)
class Authority:
    ca: Path
    server: ssl.SSLContext


# ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────────────
class TestSecured:
    hidden: ClassVar[list[str]] = []

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        made = make_certificates(tmp_path / "tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.server)
        return Authority(made.ca, context)

    def access(self, tmp_path: Path, words: str, ca: Path | None, mode: int = 0o600) -> Access:
        self.hidden.clear()
        file = tmp_path / "credentials"
        file.write_text(words)
        file.chmod(mode)
        return Access(Network(ca=ca), {"default": file}, self.hidden.extend)

    @pytest.mark.parametrize(
        ("words", "header"), [("joe:hunter22\n", "Basic am9lOmh1bnRlcjIy"), ("t0ken-of-42", "Bearer t0ken-of-42")]
    )
    def test_credentials_are_shown_over_tls(
        self, tmp_path: Path, authority: Authority, words: str, header: str
    ) -> None:
        with FileServer(tmp_path / "store", authority.server) as server:
            server.put(place_of(WEB), RAW)
            server.faults.wants = header
            host = Host(tmp_path / "host", self.access(tmp_path, words, authority.ca))
            assert host.fetch(WEB, server.url).read_bytes() == RAW
            assert words.strip() in self.hidden
            assert words.strip() not in host.log

    def test_a_server_nobody_vouches_for(self, tmp_path: Path, authority: Authority, host: Host) -> None:
        with FileServer(tmp_path / "store", authority.server) as server:
            server.put(place_of(WEB), RAW)
            assert code(host, server.url) == "artifact/no-answer"
            assert server.asked == []

    def test_credentials_never_go_over_plain_http(self, tmp_path: Path, server: FileServer) -> None:
        assert code(Host(tmp_path / "host", self.access(tmp_path, "joe:hunter22", None)), server.url) == (
            "artifact/plain-credentials"
        )
        assert server.asked == []

    @pytest.mark.parametrize(
        ("words", "mode", "expected"),
        [
            ("joe:hunter22", 0o644, "artifact/open-credentials"),
            ("", 0o600, "artifact/bad-credentials"),
            ("two words", 0o600, "artifact/bad-credentials"),
            ("ü:x", 0o600, "artifact/bad-credentials"),
        ],
    )
    def test_a_file_that_isnt_in_order(self, tmp_path: Path, words: str, mode: int, expected: str) -> None:
        assert (
            code(Host(tmp_path / "host", self.access(tmp_path, words, None, mode)), "https://127.0.0.1:1") == expected
        )

    @pytest.mark.parametrize("proxy", ["nonsense", "socks5h://127.0.0.1:1", "ftp://joe:hunter22@127.0.0.1:1"])
    def test_a_proxy_that_isnt_one(self, tmp_path: Path, server: FileServer, proxy: str) -> None:
        host = Host(tmp_path / "host", Access(Network(proxy=proxy)))
        with pytest.raises(Misuse) as caught:
            host.fetch(WEB, server.url)
        assert caught.value.problems[0].code == "artifact/bad-proxy"
        assert "hunter22" not in str(caught.value)


# ── putting there ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_folder_keeps_whole_files_only(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "share")
    (tmp_path / "share").mkdir()
    assert not store.has(WEB)
    moved: list[int] = []
    source = tmp_path / "web.tar.gz"
    source.write_bytes(RAW)
    with source.open("rb") as file:
        store.write(WEB, file, moved.append)
    assert store.has(WEB)
    assert sum(moved) == len(RAW)
    assert hashlib.sha256((tmp_path / "share" / place_of(WEB)).read_bytes()).hexdigest() in WEB.digest
    assert not store.has(WEB.model_copy(update={"size": 1}))
