"""Which files travel with a release: those its steps name by path, and those its `payload:` list adds. Nothing else.

A step names payload in the fields of `FIELDS`, whatever its executor: a file, or a folder with all that is in it.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiangong.author.shortform import ShortForm
from tiangong.documents.listing import LISTED
from tiangong.documents.paths import signed_by
from tiangong.documents.strict import Location
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.trust.audit import LARGEST_PAYLOAD

FIELDS = ("place", "template", "unpack", "files")
"""of `with:` of a step; a text or a list of texts"""
COMPILED = "__pycache__"
"""what Python leaves in folders, other bytes on each machine; never shipped"""
OTHERS = ("${artifact.", "${secret.")
"""values that are no payload"""
RESERVED = ("release.yaml", "attestations")
"""names beside `release.yaml` in the control repository that mean something else"""
MOST_FILES = 5_000
LARGEST_TOTAL = 256 << 20
DEEPEST = 8
LONGEST = 160


def gather(form: ShortForm, folder: Path, shown: str) -> dict[str, bytes]:
    """Path below the folder → bytes, of all files that travel; Misuse with everything that can't.

    `shown`: the folder as people typed it, for messages.
    """
    found = _Gathering(folder, shown)
    for path, place in _named(form):
        found.take(path, place)
    for index, glob in enumerate(form.globs):
        found.take_glob(glob, form.parsed.place(("spec", "payload", index)))
    found.check_case()
    Misuse.when_any(found.problems)
    return dict(sorted(found.files.items()))


def _named(form: ShortForm) -> Iterator[tuple[str, Place]]:
    """Every path a step names, and where it does."""
    spec = form.parsed.data.get("spec")
    steps = spec.get("steps") if isinstance(spec, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        values = step.get("with") if isinstance(step, dict) else None
        if isinstance(values, dict):
            for name in FIELDS:
                for location, path in _texts(values.get(name), ("spec", "steps", index, "with", name)):
                    yield path, form.parsed.place(location)


def _texts(value: Any, location: Location) -> Iterator[tuple[Location, str]]:
    """A text, or the texts of a list, each with where it stands."""
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, list):
        yield from (((*location, index), one) for index, one in enumerate(value) if isinstance(one, str))


@dataclass(slots=True)
class _Gathering:
    """What was found so far; every problem is kept, so that all are said at once."""

    folder: Path
    shown: str
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    total: int = 0

    def take(self, path: str, place: Place) -> None:
        """Take a file or a folder that something names."""
        if path.startswith(OTHERS):
            return
        if "${" in path:
            self.problems.append(problem("release/payload-name", place, path=path))
        elif why := _flaw(path):
            self.problems.append(problem("release/payload-path", place, path=path, why=why))
        elif link := self._link(path):
            self.problems.append(problem("release/payload-link", Place(self._shown(link))))
        elif not os.path.lexists(self.folder / path):
            self.problems.append(problem("release/payload-missing", place, path=self._shown(path)))
        else:
            before = len(self.files), len(self.problems)
            self._take_all(path.rstrip("/"))
            known = any(one == path or one.startswith(path.rstrip("/") + "/") for one in self.files)
            if before == (len(self.files), len(self.problems)) and not known:
                self.problems.append(problem("release/payload-empty", place))

    def take_glob(self, glob: str, place: Place) -> None:
        """Take what a glob of the `payload:` list finds; it has to find something."""
        if why := _flaw(glob.replace("*", "x").replace("?", "x")):
            self.problems.append(problem("release/payload-path", place, path=glob, why=why))
            return
        try:
            hits = sorted(hit.relative_to(self.folder).as_posix() for hit in self.folder.glob(glob))
        except (ValueError, OSError) as error:
            self.problems.append(problem("release/payload-path", place, path=glob, why=str(error)))
            return
        if not hits:
            self.problems.append(problem("release/payload-missing", place, path=glob))
        for hit in hits:
            self.take(hit, place)

    def check_case(self) -> None:
        """No two paths may be equal when case is ignored."""
        seen: dict[str, str] = {}
        for path in sorted(self.files):
            other = seen.setdefault(path.casefold(), path)
            if other != path:
                self.problems.append(problem("release/payload-case", Place(self._shown(path)), other=other))

    def _take_all(self, path: str) -> None:
        """One file, or every file of a folder; links and what is no file are problems."""
        full = self.folder / path
        if stat.S_ISDIR(os.lstat(full).st_mode):
            try:
                names = sorted(entry.name for entry in full.iterdir() if entry.name != COMPILED)
            except OSError as error:
                self.problems.append(problem("author/cant-read", Place(self._shown(path)), why=error.strerror or ""))
                return
            for name in names:
                self._take_below(f"{path}/{name}")
        else:
            self._take_file(path)

    def _take_below(self, path: str) -> None:
        if why := _flaw(path):
            self.problems.append(problem("release/payload-path", Place(self._shown(path)), path=path, why=why))
        elif self._link(path):
            self.problems.append(problem("release/payload-link", Place(self._shown(path))))
        elif len(self.problems) < 20:
            self._take_all(path)

    def _take_file(self, path: str) -> None:
        if path in self.files:
            return
        if len(self.files) >= MOST_FILES or self.total > LARGEST_TOTAL:
            limits = {"files": MOST_FILES, "bytes": LARGEST_TOTAL}
            raise Misuse(problem("release/payload-much", Place(self.shown), **limits))
        try:
            handle = os.open(self.folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    self.problems.append(problem("release/payload-link", Place(self._shown(path))))
                    return
                raw = file.read(LARGEST_PAYLOAD + 1)
        except OSError as error:
            self.problems.append(problem("author/cant-read", Place(self._shown(path)), why=error.strerror or ""))
            return
        if len(raw) > LARGEST_PAYLOAD:
            size = (self.folder / path).stat().st_size
            facts = {"size": size, "limit": LARGEST_PAYLOAD}
            self.problems.append(problem("trust/payload-too-large", Place(self._shown(path)), **facts))
            return
        self.total += len(raw)
        self.files[path] = raw

    def _link(self, path: str) -> str:
        """The first part of a path that is a symbolic link, or nothing."""
        parts = path.rstrip("/").split("/")
        parents = ("/".join(parts[: count + 1]) for count in range(len(parts)))
        return next((parent for parent in parents if (self.folder / parent).is_symlink()), "")

    def _shown(self, path: str) -> str:
        return f"{self.shown}/{path}" if self.shown not in ("", ".") else path


def _flaw(path: str) -> str:
    """Why a path can't be one of a payload file, or nothing."""
    parts = path.removesuffix("/").split("/")
    if path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in parts):
        return "it has to be a plain path below the folder, without . and .."
    if parts[0] in RESERVED or signed_by(path):
        return "this name means something else in the control repository"
    bad = next((part for part in parts if not LISTED.match(part)), None)
    if bad is not None:
        return f"{bad!r} holds more than letters, digits, . _ - @ +, or starts with one of . - @ +"
    if len(parts) > DEEPEST or len(path) > LONGEST:
        return f"it is longer than {LONGEST} characters or deeper than {DEEPEST} folders"
    return ""
