"""The whole line from fakes around the real core: real verification, planner, journal, crew, surveyor."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tiangong.act.crew import Crew
from tiangong.cycle import Line, cycle
from tiangong.errors import Problem
from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.model.stages import Findings, Report, Verdict
from tiangong.ports import Journal
from tiangong.survey import Surveyor
from tiangong.testing.fakes import (
    BreakingJournal,
    FakeExecutor,
    FakeExecutors,
    FakeSource,
    FixedClock,
    RecordingSink,
    fake_capabilities,
)
from tiangong.testing.simulator import World
from tiangong.trust.verify import Cache


class RecordingReporter:
    """Implements `cycle.Reporter`."""

    def __init__(self) -> None:
        self.told: list[Findings] = []
        self.pushed = True
        self.problems: tuple[Problem, ...] = ()

    def report(self, findings: Findings) -> bool:
        self.told.append(findings)
        return self.pushed


class Agent:
    """One agent of the environment dev."""

    def __init__(self, state: Path) -> None:
        self.world = World.small()
        self.state = state
        self.clock = FixedClock()
        self.executor = FakeExecutor()
        self.executors = FakeExecutors({"fake": self.executor})
        self.source = FakeSource()
        self.reporter = RecordingReporter()
        self.disk = self.open()
        self.start()

    def open(self) -> SqliteJournal:
        found, problems = open_journal(self.state / "journal.db", self.clock())
        assert not problems
        return found

    def start(self, journal: Journal | None = None) -> None:
        """A new process: nothing is known but what is on disk."""
        journal = journal or self.disk
        self.crew = Crew(self.executors, journal, RecordingSink(), clock=self.clock, state=self.state)
        self.line = Line(
            pins=self.world.pins(),
            sources=(self.source,),
            journal=journal,
            surveyor=Surveyor(self.executors, self.state),
            capabilities=fake_capabilities(self.executors),
            crew=self.crew,
            reporter=self.reporter,
            clock=self.clock,
            cache=Cache(),
        )

    def breaking(self, after: int) -> BreakingJournal:
        found = BreakingJournal(self.disk, after)
        self.start(found)
        return found

    def turn(self, *, rewritten: bool = False) -> Report:
        """One cycle on the world as it is now."""
        if not self.source.away:
            self.source.show([self.world.snapshot(rewritten=rewritten)])
        return cycle(self.line)

    def turns(self) -> Report:
        """Cycles until nothing runs and nothing has just ended."""
        while True:
            report = self.turn()
            if not (report.outcome.running or report.outcome.ended):
                return report
            until(lambda: not self.crew.running())

    def release(self, version: str, *steps: str, **specs: dict[str, Any]) -> None:
        self.world.release(
            "shop",
            version,
            steps=[{"name": n, "executor": "fake", "with": {"value": version, **specs.get(n, {})}} for n in steps],
        )


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


def verdict(report: Report, name: str = "shop") -> Verdict:
    return next(v for v in report.plan.verdicts if v.installation == name)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    found = Agent(tmp_path)
    yield found
    for name in ("a", "b", "c"):
        found.executor.on(name).released.set()
    until(lambda: not found.crew.running())
    found.disk.close()
