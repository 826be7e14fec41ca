"""A crew on a small world, with a real journal and the fake executor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tiangong.act.crew import Crew
from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.model.stages import Actual, Desired, Outcome, Past, Plan
from tiangong.planner.plan import make_plan
from tiangong.ports import Journal
from tiangong.testing.fakes import (
    BreakingJournal,
    FakeExecutor,
    FakeExecutors,
    FixedClock,
    RecordingSink,
    fake_capabilities,
)
from tiangong.testing.simulator import World
from tiangong.trust.verify import verify

PATIENCE = 20.0


@dataclass
class Stage:
    """Everything a crew needs; `go` is one turn of the line."""

    world: World
    disk: SqliteJournal
    state: Path
    clock: FixedClock = field(default_factory=FixedClock)
    executor: FakeExecutor = field(default_factory=FakeExecutor)
    sink: Any = field(default_factory=RecordingSink)
    workers: int = 4

    def __post_init__(self) -> None:
        self.executors = FakeExecutors({"fake": self.executor})
        self.journal: Journal = self.disk
        self._crew: Crew | None = None

    @property
    def crew(self) -> Crew:
        if self._crew is None:
            self._crew = Crew(
                self.executors, self.journal, self.sink, clock=self.clock, state=self.state, workers=self.workers
            )
        return self._crew

    def restart(self) -> None:
        """Another crew, as after a crash: nothing of the old one is known."""
        self._crew = None

    def broken(self, after: int) -> BreakingJournal:
        """From now on only so many writes succeed."""
        self.journal = found = BreakingJournal(self.disk, after)
        self.restart()
        return found

    def desired(self) -> Desired:
        return verify(self.world.snapshot(), self.world.pins(), None, self.clock())

    def plan(self) -> Plan:
        return make_plan(
            self.desired(), Actual({}), self.disk.history(), fake_capabilities(self.executors), self.clock()
        )

    def go(self) -> None:
        self.crew.start(self.plan(), self.desired())

    def rest(self) -> Outcome:
        """Wait until nobody works."""
        until(lambda: not self.crew.running())
        return self.crew.outcome()

    def past(self, name: str = "shop") -> Past:
        return self.disk.history().of(name)

    def release(self, version: str, *steps: str, **specs: dict[str, Any]) -> None:
        """A release of fake steps; the value of each is the version."""
        self.world.release(
            "shop",
            version,
            steps=[{"name": n, "executor": "fake", "with": {"value": version, **specs.get(n, {})}} for n in steps],
        )


def until(done: Callable[[], bool]) -> None:
    """Wait for something that threads bring about; never for a time."""
    import time

    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    disk, problems = open_journal(tmp_path / "journal.db", FixedClock().now)
    assert not problems
    found = Stage(World.small(), disk, tmp_path)
    yield found
    for name in ("a", "b", "c"):
        found.executor.on(name).released.set()
    disk.close()
