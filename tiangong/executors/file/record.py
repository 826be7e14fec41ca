"""What a step remembers of each path it put something at: what that was, and what stood there before."""

import hashlib
import json
import os
from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tiangong.executors.file.parts import Kind, Part

LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Before:
    """What stood at a path before the step changed it.

    `backup`: name of the file in the installation's own folder that holds its bytes. `inode`: of a folder, by which
    it is known again.
    """

    kind: str
    """nothing, file, link, folder"""
    mode: int = 0
    uid: int = 0
    gid: int = 0
    target: str = ""
    backup: str = ""
    inode: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One path. `number` grows with every use; `before` None: it was in place already, nothing was changed.

    `inputs`: digest of what the parts were made from, so that nobody has to render or unpack again to compare.
    `made`: folders above that had to be made. `inode`: of the folder that was put in place; as long as another one
    stands there, what this step put into it is `former`.
    """

    path: str
    number: int
    inputs: str
    parts: tuple[Part, ...]
    before: Before | None
    made: tuple[str, ...] = ()
    inode: int = 0
    former: tuple[Part, ...] = ()
    private: bool = False
    """what was put there holds a secret: its backup is nobody else's to read"""
    first: Before | None = None
    """what stood there before the step changed it for the first time; None while it never did"""

    def standing(self, inode: int) -> tuple[Part, ...]:
        """What this step put into the folder that stands there now."""
        if inode == self.inode:
            return self.parts
        return tuple({part.path: part for part in (*self.former, *self.parts)}.values())

    @property
    def is_folder(self) -> bool:
        """Whether what was put in place is a folder with parts."""
        return self.inode != 0


class Records:
    """The records of one step of one installation, each a file in the installation's own folder, written as a whole."""

    def __init__(self, state: Path, step: str) -> None:
        """Touch nothing yet."""
        self._folder, self._step = state / "file", step

    def of(self, path: str) -> Record | None:
        """What is remembered of a path; nothing when it can't be read."""
        return _read(self._file(path))

    def all(self) -> Iterator[Record]:
        """Everything this step remembers."""
        for file in sorted(self._folder.glob(f"{self._step}@*.json")):
            if record := _read(file):
                yield record

    def next_number(self) -> int:
        """A number higher than all so far."""
        return 1 + max((record.number for record in self.all()), default=0)

    def write(self, record: Record) -> None:
        """Remember, synced, also what stood there first; backups the record doesn't name are gone then."""
        if record.first is None and record.before is not None:
            earlier = self.of(record.path)
            record = replace(record, first=(earlier.first if earlier else None) or record.before)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._file(record.path)
        new = file.with_suffix(".new")
        with new.open("w") as out:
            json.dump(asdict(record), out)
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._drop_backups(file, {kept.backup for kept in (record.before, record.first) if kept})

    def forget(self, path: str) -> None:
        """Forget a path, and the backup of what stood there."""
        file = self._file(path)
        file.unlink(missing_ok=True)
        self._drop_backups(file, frozenset())

    def new_backup(self, path: str, number: int) -> Path:
        """Where to keep the bytes of a file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._file(path).with_suffix(f".{number}.old")

    def backup(self, before: Before) -> Path:
        """Where the bytes of a file are kept."""
        return self._folder / before.backup

    def _drop_backups(self, file: Path, but: Set[str]) -> None:
        for old in self._folder.glob(f"{file.stem}.*.old"):
            if old.name not in but:
                old.unlink(missing_ok=True)

    def _file(self, path: str) -> Path:
        return self._folder / f"{self._step}@{hashlib.sha256(os.fsencode(path)).hexdigest()[:24]}.json"


def _read(file: Path) -> Record | None:
    try:
        if file.stat().st_size > LARGEST:
            return None
        raw: dict[str, Any] = json.loads(file.read_bytes())
        before, first = (Before(**found) if (found := raw.pop(name, None)) else None for name in ("before", "first"))
        raw |= {"parts": _parts(raw["parts"]), "former": _parts(raw["former"]), "made": tuple(raw["made"])}
        return Record(**raw, before=before, first=first)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _parts(raw: list[dict[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(**{**part, "kind": Kind(part["kind"])}) for part in raw)
