"""The secrets of a host: read from files, told as keyed digests, refused with a reason, hidden before anybody has them."""

import os
import stat
from pathlib import Path

import pytest

from tiangong.errors import Failed
from tiangong.messages import explain, render
from tiangong.vault import KEY, LARGEST, HostSecrets

NAME = "shop-db/password"


class Host:
    def __init__(self, folder: Path) -> None:
        self.folder, self.hidden = folder, list[str]()
        self.file, self.state = folder / "db", folder / "state"
        self.file.write_text("hunter22\n")

    def open(self, **options: bool) -> HostSecrets:
        return HostSecrets({NAME: self.file}, self.state, self.hidden.extend, **options)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"hunter22\n", "hunter22"),
        (b"hunter22\r\n", "hunter22"),
        (b" hunter22 ", " hunter22 "),
        (b"two\nlines\n\n", "two\nlines\n"),
        ("pä$$".encode(), "pä$$"),
    ],
)
def test_a_line_end_at_the_end_doesnt_count(host: Host, raw: bytes, value: str) -> None:
    host.file.write_bytes(raw)
    assert host.open().value(NAME) == value
    assert host.hidden == [value]


def test_a_digest_tells_change_and_nothing_else(host: Host) -> None:
    first = host.open().vault()
    assert first.whole
    assert first == host.open().vault(), "the next process has the same key"
    assert "hunter22" not in str(first)
    host.file.write_text("hunter23\n")
    assert host.open().vault().digests[NAME] != first.digests[NAME]
    host.file.write_text("hunter22")
    assert host.open().vault() == first


def test_two_secrets_of_one_value_and_two_hosts_cant_be_compared(host: Host, tmp_path: Path) -> None:
    both = HostSecrets({NAME: host.file, "other/name": host.file}, host.state, host.hidden.extend).vault()
    elsewhere = HostSecrets({NAME: host.file}, tmp_path / "other", host.hidden.extend).vault()
    assert len({*both.digests.values(), *elsewhere.digests.values()}) == 3


def test_the_key_is_the_agents_alone(host: Host) -> None:
    host.open().vault()
    assert stat.S_IMODE((host.state / KEY).stat().st_mode) == 0o600
    assert [path.name for path in host.state.iterdir()] == [KEY]


def test_a_look_leaves_no_key(host: Host) -> None:
    assert NAME in host.open(keep_key=False).vault().digests
    assert not host.state.exists()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "vault/unreadable"),
        (b"", "vault/too-short"),
        (b"abc\n", "vault/too-short"),
        (b"   \n", "vault/too-short"),
        (b"x" * (LARGEST + 1), "vault/too-large"),
        (b"\xff\xfe12", "vault/not-text"),
        (b"ab\0cd", "vault/not-text"),
    ],
)
def test_what_cant_be_used_is_a_flaw_with_a_fix(host: Host, raw: bytes | None, code: str) -> None:
    if raw is None:
        host.file.unlink()
    else:
        host.file.write_bytes(raw)
    vault = host.open().vault()
    assert vault.digests == {}
    found = vault.flaws[NAME]
    assert found.code == code
    assert explain(code).fix
    assert str(host.file) in render(found)
    with pytest.raises(Failed):
        host.open().value(NAME)
    assert host.hidden == []


def test_a_folder_or_a_pipe_stops_nobody(host: Host) -> None:
    host.file.unlink()
    host.file.mkdir()
    assert host.open().vault().flaws[NAME].code == "vault/unreadable"
    host.file.rmdir()
    os.mkfifo(host.file)
    assert NAME in host.open().vault().flaws


def test_a_key_that_cant_be_kept_is_said(host: Host) -> None:
    host.state.write_text("no folder")
    assert host.open().vault().flaws[NAME].code == "vault/no-key"


def test_a_name_nobody_gave_a_file(host: Host) -> None:
    with pytest.raises(Failed) as caught:
        host.open().value("other/name")
    assert caught.value.problems[0].code == "step/no-secret"
