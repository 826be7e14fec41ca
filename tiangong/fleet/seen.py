"""What this clone has seen of every agent: a remote that shows an older word of one is found out (R12, R21).

A signature proves who said it, not that it is the newest. Kept in `.git/tiangong`, which never travels.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiangong.errors import Place, Problem, problem
from tiangong.fleet.clone import Clone
from tiangong.model.environment import Agent
from tiangong.model.status import Status

FILE = "seen.json"
LARGEST = 8 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest status seen of one environment, and the keys its agent had then."""

    counter: int
    digest: str
    keys: tuple[str, ...]


@dataclass(slots=True)
class Seen:
    """Marks by environment. Whoever can't read or write them does without."""

    path: Path
    marks: dict[str, Mark] = field(default_factory=dict)
    news: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, clone: Clone) -> "Seen":
        """The marks of a clone."""
        path = clone.private / FILE
        return cls(path, _read(path))

    def judge(self, status: Status, digest: str, agent: Agent) -> Problem | None:
        """Why a status that is rightly signed is not the newest; None, and remembered, when it may be."""
        name, spec = status.metadata.name, status.spec
        keys = tuple(key.key for key in agent.spec.keys)
        before = self.marks.get(name)
        if before is None or not set(before.keys) & set(keys):
            self._note(name, Mark(spec.counter, digest, keys))
            return None
        if spec.counter < before.counter:
            place = Place(f"status/{name}")
            return problem("fleet/older-status", place, environment=name, counter=spec.counter, seen=before.counter)
        if spec.counter == before.counter and digest != before.digest:
            return problem("fleet/two-statuses", Place(f"status/{name}"), environment=name, counter=spec.counter)
        if spec.counter > before.counter or keys != before.keys:
            self._note(name, Mark(spec.counter, digest, keys))
        return None

    def save(self) -> None:
        """Write what is new, beside what others wrote meanwhile."""
        if not self.news:
            return
        marks = _read(self.path)
        for name in self.news:
            marks[name] = self.marks[name]
        data = {name: {"counter": m.counter, "digest": m.digest, "keys": m.keys} for name, m in sorted(marks.items())}
        beside = self.path.with_name(f".{FILE}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
            beside.replace(self.path)
        except OSError:
            return
        self.news.clear()

    def _note(self, name: str, mark: Mark) -> None:
        self.marks[name] = mark
        self.news.add(name)


def _read(path: Path) -> dict[str, Mark]:
    """Marks of a file; what is no mark is left out."""
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    found = {str(name): _mark(value) for name, value in data.items()} if isinstance(data, dict) else {}
    return {name: mark for name, mark in found.items() if mark}


def _mark(value: Any) -> Mark | None:
    match value:
        case {"counter": int(counter), "digest": str(digest), "keys": list(keys)}:
            return Mark(counter, digest, tuple(str(key) for key in keys))
        case _:
            return None
