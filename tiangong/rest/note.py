"""What an agent at rest noted: what it saw, until when that holds, and what it said. A file of the state folder.

It is believed as the journal is: who can write it has the agent's key. Whatever is odd about it means there is none.
"""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tiangong.errors import Misuse
from tiangong.git.child import Limits
from tiangong.git.remote import Remote, parse_remote
from tiangong.rest.marks import Leaning

NAME = "rest.json"
FORMAT = 1
LARGEST = 1 << 20
NUMBERS: Mapping[str, type[int | float]] = {name: type(value) for name, value in asdict(Limits()).items()}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said: lines of text, or an answer for programs. `manner`: the form, and the language."""

    manner: str
    lines: tuple[str, ...] = ()
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """What an agent knows when nothing is left to do. `refs` of the remote, "" where there is none; `files` it made.

    `since` and `until`: while nothing it leans on changes, the next cycle would find and say the same.
    """

    since: datetime
    until: datetime
    remote: Remote
    limits: Limits
    refs: Mapping[str, str]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """A rest, with what it leans on, and what was said then."""

    rest: Rest
    leaning: Leaning
    spoken: Spoken


def write_note(state: Path, note: Note) -> None:
    """Keep it, if the disk will have it; nothing depends on it."""
    raw = json.dumps(_told(note)).encode()
    new = state / f"{NAME}.new"
    with suppress(OSError):
        new.unlink(missing_ok=True)
        if len(raw) <= LARGEST:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(raw)
            new.replace(state / NAME)


def forget(state: Path) -> None:
    """What was noted holds no longer: an agent is at work. Where nothing can be removed, nothing is written either."""
    with suppress(OSError):
        (state / NAME).unlink()


def read_note(state: Path) -> Note | None:
    """The note, if there is one that is in order and nobody else's."""
    try:
        handle = os.open(state / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(file.fileno())
            mine = found.st_uid == os.geteuid() and not found.st_mode & 0o077
            raw = file.read(LARGEST + 1) if mine and stat.S_ISREG(found.st_mode) else b""
        return _read(json.loads(raw)) if 0 < len(raw) <= LARGEST else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, Misuse):
        return None


# ── as it stands in the file ─────────────────────────────────────────────────────────────────────────────────────
def _told(note: Note) -> dict[str, Any]:
    rest = note.rest
    remote = {name: None if value is None else str(value) for name, value in asdict(rest.remote).items()}
    return {
        "format": FORMAT,
        "since": rest.since.isoformat(),
        "until": rest.until.isoformat(),
        "remote": remote,
        "limits": asdict(rest.limits),
        "refs": dict(rest.refs),
        "files": dict(rest.files),
        "leaning": {**asdict(note.leaning), "path": str(note.leaning.path)},
        "spoken": asdict(note.spoken),
    }


def _read(value: Any) -> Note:
    """Strictly: every field of its type, and an address that may be used; whatever else raises."""
    if value["format"] != FORMAT:
        raise ValueError(value["format"])
    limits, leaning = value["limits"], value["leaning"]
    rest = Rest(
        since=_time(value["since"]),
        until=_time(value["until"]),
        remote=_remote(value["remote"]),
        limits=Limits(**{name: _number(limits[name], kind) for name, kind in NUMBERS.items()}),
        refs=_words(value["refs"]),
        files=_words(value["files"]),
    )
    path, settings = Path(_word(leaning["path"])), _word(leaning["settings"])
    leans = Leaning(path, settings, _words(leaning["files"]), _words(leaning["around"]))
    return Note(rest, leans, _spoken(value["spoken"]))


def _remote(value: Any) -> Remote:
    proxy = _word(value["proxy"]) if value["proxy"] else None
    ca, credentials, known_hosts = (
        Path(_word(value[name])) if value[name] else None for name in ("ca", "credentials", "known_hosts")
    )
    return parse_remote(_word(value["url"]), proxy=proxy, ca=ca, credentials=credentials, known_hosts=known_hosts)


def _spoken(value: Any) -> Spoken:
    answer = value["answer"]
    if answer is not None and not isinstance(answer, dict):
        raise TypeError("answer")
    lines = tuple(_word(line) for line in value["lines"])
    return Spoken(_word(value["manner"]), lines, answer)


def _time(value: Any) -> datetime:
    found = datetime.fromisoformat(_word(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _words(value: Any) -> dict[str, str]:
    return {_word(key): _word(word) for key, word in value.items()}


def _number(value: Any, kind: type[int | float]) -> Any:
    if type(value) is not kind or not 0 < value < 1 << 50:
        raise TypeError(type(value).__name__)
    return value
