"""The note of an agent at rest: what is written is read, and whatever is odd about it is no note."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tiangong.git.child import Limits
from tiangong.git.remote import Remote
from tiangong.rest.marks import Leaning
from tiangong.rest.note import LARGEST, NAME, Note, Rest, Spoken, forget, read_note, write_note

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
REMOTE = Remote("https://forge.example/a.git", Path("/ca.pem"), "http://me:pw@proxy:3128", Path("/token"), None)
REFS = {"refs/heads/main": "0" * 40, "refs/heads/from/alice": ""}
NOTE = Note(
    Rest(NOW, NOW + timedelta(minutes=5), REMOTE, Limits(seconds=7.5), REFS, {"/state/journal.db": "1 2"}),
    Leaning(Path("/etc/tiangong/agent.yaml"), "ab" * 64, {"/ca.pem": "3 4", "/token": ""}, {"python": "3"}),
    Spoken("text in en", ("shop: 1.0.0 up-to-date",)),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    for note in (NOTE, Note(NOTE.rest, NOTE.leaning, Spoken("data in zh", answer={"kind": "Turn", "exit": 0}))):
        write_note(tmp_path, note)
        assert read_note(tmp_path) == note
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    forget(tmp_path)
    forget(tmp_path)
    assert read_note(tmp_path) is None


def test_a_folder_that_wont_have_it_is_no_reason_to_fail(tmp_path: Path) -> None:
    write_note(tmp_path / "missing", NOTE)
    (tmp_path / NAME).mkdir()
    write_note(tmp_path, NOTE)
    assert read_note(tmp_path) is None
    forget(tmp_path)
    assert read_note(tmp_path) is None


def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    write_note(tmp_path, Note(NOTE.rest, NOTE.leaning, Spoken("text in en", ("x" * LARGEST,))))
    assert not (tmp_path / NAME).exists()


def written(folder: Path) -> tuple[Path, dict[str, Any]]:
    write_note(folder, NOTE)
    path = folder / NAME
    return path, json.loads(path.read_bytes())


def _deep(path: Path) -> None:
    path.write_bytes(b"[" * 100_000)


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "no json": lambda path: path.write_bytes(b"\xff\xfe{}"),
    "a list": lambda path: path.write_bytes(b"[]"),
    "nested without end": _deep,
    "endless": lambda path: path.write_bytes(path.read_bytes() + b" " * LARGEST),
    "for others to read": lambda path: path.chmod(0o640),
    "a pipe": _fifo,
    "a link": _link,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_isnt_in_order_is_no_note(damage: str, tmp_path: Path) -> None:
    path, _ = written(tmp_path)
    DAMAGES[damage](path)
    assert read_note(tmp_path) is None


WRONG = [
    ("format", 2),
    ("since", "2026-11-25T12:30:00"),
    ("until", 7),
    ("until", None),
    ("remote", {}),
    ("remote.url", "ext::sh -c touch% /tmp/x"),
    ("remote.url", "--upload-pack=/bin/sh"),
    ("remote.url", "/srv/control.git"),
    ("remote.url", None),
    ("remote.proxy", "file:///etc/passwd"),
    ("remote.ca", 7),
    ("limits", []),
    ("limits.memory", "1; rm -rf /"),
    ("limits.memory", 1.5),
    ("limits.seconds", -1.0),
    ("limits.output", True),
    ("limits.file", 1 << 60),
    ("refs", ["refs/heads/main"]),
    ("refs.refs/heads/main", None),
    ("files", None),
    ("leaning", None),
    ("leaning.settings", 1),
    ("leaning.around", [[]]),
    ("spoken", "shop: all is well"),
    ("spoken.lines", [1]),
    ("spoken.answer", "x"),
    ("spoken.manner", None),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_value_of_another_kind_is_no_note(field: str, value: object, tmp_path: Path) -> None:
    path, whole = written(tmp_path)
    *way, last = field.split(".", 1)
    (whole[way[0]] if way else whole)[last] = value
    path.write_text(json.dumps(whole))
    assert read_note(tmp_path) is None


@pytest.mark.parametrize("name", ["format", "since", "until", "remote", "limits", "refs", "files", "leaning", "spoken"])
def test_a_field_that_is_missing_is_no_note(name: str, tmp_path: Path) -> None:
    path, whole = written(tmp_path)
    del whole[name]
    path.write_text(json.dumps(whole))
    assert read_note(tmp_path) is None
