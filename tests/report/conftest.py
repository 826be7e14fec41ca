"""An agent's desk: journal, logs, chain and reporter on a real folder, before a real remote."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tiangong.git.mirror import Mirror
from tiangong.git.objects import GitTree
from tiangong.git.remote import parse_remote
from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.model.lifecycle import Event
from tiangong.model.stages import (
    Actual,
    ChangeKind,
    Desired,
    Findings,
    Health,
    Outcome,
    Run,
    Seen,
    first_records,
)
from tiangong.planner.plan import make_plan
from tiangong.ports import StepEvent
from tiangong.report.chain import Chain
from tiangong.report.logs import Logs
from tiangong.report.redact import Redactor
from tiangong.report.reporter import Reporter
from tiangong.report.signer import Identity, Signer, signer_of
from tiangong.report.status import Voice
from tiangong.report.told import Keys, Told, keys_of, read_status
from tiangong.testing.fakes import FixedClock, fake_capabilities
from tiangong.testing.memory import open_bare
from tiangong.testing.origin import Origin
from tiangong.testing.simulator import NOW, World
from tiangong.trust.verify import verify

STEPS = ({"name": "one", "executor": "fake", "with": {"value": 1}}, {"name": "two", "executor": "fake", "with": {}})
DIGEST = f"sha512:{'a' * 128}"
STATUS = "refs/heads/status/dev"
LIVE = "refs/heads/live/dev"


def small_world() -> World:
    world = World.small()
    world.release("shop", "1.0.0", steps=STEPS, payload={})
    return world


@dataclass
class Desk:
    """One agent at work, without executors: runs are written into the journal by hand."""

    folder: Path
    origin: Origin
    world: World
    key: str = "agent-of-dev"
    instance: str = "first"
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    secrets: tuple[str, ...] = ()
    journal: SqliteJournal = field(init=False)
    logs: Logs | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.signer: Signer = signer_of(self.world.person(self.key).private)
        self.start()

    def start(self) -> None:
        """As a process does when it starts; the one before, if there was one, was killed."""
        if self.logs is not None:
            self.logs.close()
            self.journal.close()
        remote = parse_remote(self.origin.url, ca=self.origin.ca)
        self.mirror = Mirror(self.folder / "mirror", remote)
        self.identity = Identity("dev", self.world.repo, "signatures", self.instance, "0.1.0", self.signer)
        self.journal, _ = open_journal(self.folder / "journal.db", self.clock())
        redactor = Redactor(self.secrets)
        self.logs = Logs(self.folder / "runs", redactor)
        self.voice = Voice(self.identity, redactor)
        self.chain = Chain(self.mirror, self.identity)
        self.reporter = Reporter(self.chain, self.voice, self.journal, self.logs, self.clock)

    def desired(self) -> Desired:
        return verify(self.world.snapshot(), self.world.pins(), None, self.clock())

    def findings(self, outcome: Outcome | None = None, health: Health = Health.HEALTHY) -> Findings:
        desired, history = self.desired(), self.journal.history()
        installed = history.of("shop").installed
        actual = Actual({"shop": Seen(installed.version if installed else None, health)})
        plan = make_plan(desired, actual, history, fake_capabilities(), self.clock())
        return Findings(self.world.snapshot(), desired, actual, plan, outcome or Outcome(), history)

    def report(self, outcome: Outcome | None = None, health: Health = Health.HEALTHY) -> bool:
        return self.reporter.report(self.findings(outcome, health))

    def begin(self, id_: str = "20261125t120000-000001", release: str = DIGEST, **change: Any) -> Run:
        digests = [("one", DIGEST, "fake", False), ("two", DIGEST, "fake", False)]
        run = Run(
            **{
                "id": id_,
                "installation": "shop",
                "product": "shop",
                "version": "1.0.0",
                "release": release,
                "plan": DIGEST,
                "kind": ChangeKind.INSTALL,
                "started": self.clock(),
                "ended": None,
                "result": None,
                "steps": first_records(digests),
                **change,
            }
        )
        self.journal.begin(run)
        return run

    def event(self, run: Run, step: str, *events: Event, detail: str = "") -> None:
        for event in events:
            self.journal.record(StepEvent(run.id, step, DIGEST, event, self.clock(), detail))

    def do(self, run: Run, *steps: str) -> None:
        for step in steps:
            self.event(run, step, Event.STARTED)
            self.logs.line(run.id, step, f"{step} of {run.id} says hello\n")
            self.event(run, step, Event.SUCCEEDED)

    def ran(self, id_: str = "20261125t120000-000001", result: str = "succeeded") -> Outcome:
        run = self.begin(id_)
        self.do(run, "one", "two")
        self.journal.end(run.id, result, self.clock() + timedelta(seconds=9))
        return Outcome(ended=(self.journal.run(run.id),))

    @property
    def keys(self) -> Keys:
        return keys_of(self.signer.public.blob, self.desired().agent.document, self.clock())

    # ── what others see ──────────────────────────────────────────────────────────────────────────────────────
    def tip(self, ref: str = STATUS) -> str:
        references = open_bare(self.origin.git_dir).references
        return str(references[ref].target) if ref in references else ""

    def tree(self, ref: str = STATUS) -> GitTree:
        return GitTree(open_bare(self.origin.git_dir), self.tip(ref))

    def told(self) -> Told:
        return read_status(self.tree(), self.tip(), "dev", self.keys)

    def words(self, path: str, ref: str = STATUS) -> bytes | None:
        tree = self.tree(ref)
        entry = tree.entry(path)
        return tree.read(entry) if entry else None

    def counters(self) -> list[int]:
        """Counters of all commits on the remote's status, oldest first; checks the row of `previous`."""
        repository = open_bare(self.origin.git_dir)
        commits, here = [], self.tip()
        while here:
            commits.append(here)
            parents = repository[here].parent_ids
            here = str(parents[0]) if parents else ""
        said = [read_status(GitTree(repository, commit), commit, "dev", self.keys) for commit in reversed(commits)]
        assert [one.spec.previous for one in said] == [None, *(one.digest for one in said[:-1])]
        return [one.spec.counter for one in said]


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with Origin(tmp_path / "origin") as origin:
        yield origin


@pytest.fixture
def desks(tmp_path: Path, origin: Origin, world: World) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(folder: str = "state", **settings: Any) -> Desk:
        made.append(Desk(tmp_path / folder, origin, world, **settings))
        return made[-1]

    yield make
    for desk in made:
        desk.logs.close()
        desk.journal.close()


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    return desks()


def later(desk: Desk, **by: float) -> datetime:
    return desk.clock.advance(timedelta(**by))
