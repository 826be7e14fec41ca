"""An agent's life in a process of its own that ends by SIGKILL at a given point. Reads orders, one JSON a line.

Points are counted over everything that may be cut off: every SQL statement of the journal, and before and after every
effect of a step. `python tests/act/mortal.py`: forks a process for each order, says what became of it.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from tiangong.act.capabilities import capabilities_of
from tiangong.act.crew import Crew
from tiangong.errors import Failed
from tiangong.journal.sqlite import open_journal
from tiangong.model.stages import Actual, Desired, Finding, Found, Health
from tiangong.planner.plan import make_plan
from tiangong.ports import Effects, Job, Traits
from tiangong.testing.fakes import FakeExecutors, RecordingSink
from tiangong.testing.simulator import World
from tiangong.trust.verify import verify

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DONE, DOUBT, WORKING = 0, 6, 9
STEPS: tuple[dict[str, Any], ...] = (
    {"name": "tells", "executor": "ledger", "with": {"tells": True, "again": False}},
    {"name": "again", "executor": "ledger", "with": {"tells": False, "again": True}},
    {"name": "silent", "executor": "ledger", "with": {"tells": False, "again": False}},
    {"name": "fails", "executor": "ledger", "with": {"tells": True, "again": True, "fail": "1.1.0"}},
    {"name": "last", "executor": "ledger", "with": {"tells": True, "again": False}},
)


class Spec(BaseModel):
    """`tells`: the probe knows; `again`: may be repeated; `fail`: the release in which it fails."""

    model_config = ConfigDict(extra="forbid")
    tells: bool
    again: bool
    fail: str = ""
    undo: bool = False


class Ledger:
    """Steps whose effect is a line in a file, written with one system call."""

    name: ClassVar[str] = "ledger"
    Config: ClassVar[type[BaseModel]] = BaseModel
    Spec: ClassVar[type[BaseModel]] = Spec

    def __init__(self, book: Path, point: Callable[[], None]) -> None:
        self.book, self.point = book, point

    def traits(self, spec: Spec) -> Traits:
        return Traits(idempotent=spec.again, reversible=spec.undo)

    def effects(self, _spec: Spec) -> Effects:
        return Effects()

    def probe(self, job: Job) -> Finding:
        if not job.spec.tells:
            return Finding(Found.UNKNOWN)
        lines = [line for line in self._lines() if line.split()[1:] == [job.step, job.release]]
        return Finding(Found.IN_PLACE if lines and lines[-1].startswith("do ") else Found.MISSING)

    def preview(self, _job: Job) -> str:
        return ""

    def apply(self, job: Job) -> None:
        self.point()
        if job.spec.fail and job.release.endswith(job.spec.fail):
            raise Failed.of("step/deadline", seconds=0)
        self._write("do", job)
        self.point()

    def health(self, _job: Job) -> Health:
        return Health.HEALTHY

    def undo(self, job: Job) -> None:
        self.point()
        self._write("undo", job)
        self.point()

    def _write(self, word: str, job: Job) -> None:
        with self.book.open("ab", buffering=0) as file:
            file.write(f"{word} {job.step} {job.release}\n".encode())

    def _lines(self) -> list[str]:
        return self.book.read_text().splitlines() if self.book.exists() else []


class Fate:
    """Counts points, and kills at the one that was ordered."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.points = kill_at, 0
        self.lock = threading.Lock()

    def __call__(self, *_: object) -> None:
        with self.lock:
            self.points += 1
            if self.points == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


@cache
def wishes(version: str) -> Desired:
    """Releases up to a version; the later one has a step that can be undone, and fails. Made before forking."""
    found = World.small()
    found.release("shop", "1.0.0", steps=STEPS)
    if version == "1.1.0":
        extra = {"name": "pay", "executor": "ledger", "with": {"tells": True, "again": False, "undo": True}}
        found.release("shop", "1.1.0", steps=[extra, *STEPS[1:2], {**STEPS[3], "name": "breaks"}])
    return verify(found.snapshot(), found.pins(), None, START)


def live(folder: Path, version: str, kill_at: int, now: datetime) -> tuple[int, int]:
    """Go down the line until nothing is left to do; return how it ended, and how many points were passed."""
    fate = Fate(kill_at)
    journal, problems = open_journal(folder / "journal.db", now)
    assert not problems, problems
    journal._connection.set_trace_callback(fate)
    executors = FakeExecutors({"ledger": Ledger(folder / "book", fate)})
    desired = wishes(version)
    crew = Crew(executors, journal, RecordingSink(), clock=lambda: now, state=folder)
    bell = threading.Semaphore(0)
    crew.ended = bell.release
    for _ in range(10):
        doubts = crew.recover(desired)
        if any(problem.code == "run/in-doubt" for problem in doubts):
            return DOUBT, fate.points
        plan = make_plan(desired, Actual({}), journal.history(), capabilities_of(executors), now)
        if not plan.ready:
            return DONE, fate.points
        crew.start(plan, desired)
        while crew.running():
            bell.acquire(timeout=1)
    return WORKING, fate.points


def obey(order: dict[str, Any]) -> dict[str, int]:
    """One life in a child process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            now = START + timedelta(hours=order["hour"])
            ended, points = live(Path(order["folder"]), order["version"], order["kill_at"], now)
            os.write(writing, json.dumps([ended, points]).encode())
            os._exit(0)
        os._exit(1)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    ended, points = json.loads(said) if said else (-1, -1)
    return {"ended": ended, "points": points}


if __name__ == "__main__":
    for known in ("1.0.0", "1.1.0"):
        wishes(known)
    for line in sys.stdin:
        began = time.monotonic()
        answer = obey(json.loads(line))
        print(json.dumps({**answer, "took": time.monotonic() - began}), flush=True)
