"""Fakes of every port in `ports.py`, for tests of ours and of third parties: programmable, counting, never flaky.

There is no fake journal: `open_journal` on a temporary folder is quick and real. `BreakingJournal` makes one fail.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from tiangong.act.capabilities import capabilities_of
from tiangong.errors import Away, Failed, Misuse
from tiangong.model.reference import Takes
from tiangong.model.stages import Finding, Found, Health, History, Memory, Run, Snapshot
from tiangong.planner.capabilities import Capabilities
from tiangong.ports import Effects, Executor, Executors, Job, Journal, StepEvent, Traits

Way = Literal["succeed", "fail", "crash", "wait", "stubborn"]
"""`wait` goes on when released and honours cancel and deadline; `stubborn` honours nothing but its release."""

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class FixedClock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = NOON) -> None:
        """Stand still at `now`."""
        self.now = now

    def __call__(self) -> datetime:
        """The time it was set to."""
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Move on, and return the new time."""
        self.now += by
        return self.now


class FakeConfig(BaseModel):
    """Nothing to configure."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FakeSpec(BaseModel):
    """What a step of the fake says of itself; `value` is what it leaves behind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Annotated[Any, Takes.SECRET, Takes.ARTIFACT] = None
    idempotent: bool = True
    reversible: bool = False
    interruptible: bool = False
    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an executor's method."""

    method: str
    installation: str
    step: str
    release: str


@dataclass(slots=True)
class Script:
    """How the steps of one name go. `probe`: None = what is really there."""

    apply: Way = "succeed"
    undo: Way = "succeed"
    probe: Finding | Way | None = None
    health: Health | Way = Health.HEALTHY
    entered: threading.Event = field(default_factory=threading.Event)
    """set whenever a step begins to be done"""
    released: threading.Event = field(default_factory=threading.Event)
    """lets waiting steps go on"""


class FakeExecutor:
    """Implements `ports.Executor`. `world` holds what was applied: (installation, step) → value."""

    name: ClassVar[str] = "fake"
    Config: ClassVar[type[BaseModel]] = FakeConfig
    Spec: ClassVar[type[BaseModel]] = FakeSpec

    def __init__(self, config: Any = None) -> None:
        """Succeed at everything until told otherwise."""
        self.config = config
        self.calls: list[Call] = []
        self.world: dict[tuple[str, str], Any] = {}
        self._scripts: dict[str, Script] = defaultdict(Script)
        self._lock = threading.Lock()

    def on(self, step: str) -> Script:
        """The script of the steps of a name, to be changed in place."""
        with self._lock:
            return self._scripts[step]

    def count(self, method: str, step: str = "") -> int:
        """How often a method was called, for one step or for all."""
        with self._lock:
            return sum(call.method == method and step in ("", call.step) for call in self.calls)

    def traits(self, spec: Any) -> Traits:
        """As the spec says."""
        return Traits(spec.idempotent, spec.reversible, spec.interruptible)

    def effects(self, spec: Any) -> Effects:
        """As the spec says."""
        return Effects(spec.paths, spec.hosts, spec.commands, spec.user)

    def probe(self, job: Job) -> Finding:
        """Look into `world`, unless the script says what is seen."""
        script = self._called("probe", job)
        if isinstance(script.probe, Finding):
            return script.probe
        if script.probe is not None:
            self._go(script.probe, script, job)
        here = job.installation, job.step
        if here not in self.world:
            return Finding(Found.MISSING)
        return Finding(Found.IN_PLACE if self.world[here] == job.spec.value else Found.DRIFTED)

    def preview(self, job: Job) -> str:
        """One line."""
        self._called("preview", job)
        return f"would set {job.step} to {job.spec.value!r}"

    def apply(self, job: Job) -> None:
        """Put the value into `world`, or fail as the script says."""
        script = self._called("apply", job)
        script.entered.set()
        job.log(f"{job.step} begins\n")
        self._go(script.apply, script, job)
        self.world[job.installation, job.step] = job.spec.value

    def health(self, job: Job) -> Health:
        """As the script says."""
        script = self._called("health", job)
        if isinstance(script.health, Health):
            return script.health
        self._go(script.health, script, job)
        return Health.HEALTHY

    def undo(self, job: Job) -> None:
        """Take the value out of `world`, or fail as the script says."""
        script = self._called("undo", job)
        script.entered.set()
        self._go(script.undo, script, job)
        self.world.pop((job.installation, job.step), None)

    def _called(self, method: str, job: Job) -> Script:
        with self._lock:
            self.calls.append(Call(method, job.installation, job.step, job.release))
            return self._scripts[job.step]

    def _go(self, way: Way, script: Script, job: Job) -> None:
        match way:
            case "succeed":
                return
            case "fail":
                raise Failed.of("step/deadline", seconds=0)
            case "crash":
                raise RuntimeError("a fault of the executor")
            case "stubborn":
                script.released.wait()
            case "wait":
                while not script.released.is_set():
                    if job.cancel.wait(0.005):
                        raise Failed.of("step/cancelled")


class FakeExecutors:
    """Implements `ports.Executors`: the named ones, by default one `fake`."""

    def __init__(self, executors: Mapping[str, Executor] | None = None) -> None:
        """Take the executors by type."""
        self.enabled: dict[str, Executor] = dict(executors) if executors is not None else {"fake": FakeExecutor()}

    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.enabled)

    def get(self, type_: str) -> Executor:
        """The executor of a type; Misuse when it isn't there."""
        if type_ not in self.enabled:
            raise Misuse.of("executor/not-enabled", type=type_)
        return self.enabled[type_]


def fake_capabilities(executors: Executors | None = None) -> Capabilities:
    """What the planner may ask, of the given executors or of one `fake`."""
    return capabilities_of(executors or FakeExecutors())


class RecordingSink:
    """Implements `ports.LogSink`: keeps every line."""

    def __init__(self) -> None:
        """Empty."""
        self.lines: list[tuple[str, str, str]] = []

    def line(self, run: str, step: str, text: str) -> None:
        """Keep it."""
        self.lines.append((run, step, text))

    def text(self, step: str = "") -> str:
        """All that was said, by one step or by all."""
        return "".join(text for _, name, text in self.lines if step in ("", name))


class FakeSource:
    """Implements `ports.Source`: the snapshots given, the last one for ever; away when told."""

    def __init__(self, *snapshots: Snapshot, name: str = "control") -> None:
        """Show the snapshots one after the other."""
        self.name = name
        self.coming: list[Snapshot] = list(snapshots)
        self.away = False
        self.known: list[str] = []
        self.shown: list[Snapshot] = []
        self._last: Snapshot | None = None

    def show(self, snapshots: Iterable[Snapshot]) -> None:
        """Show these next."""
        self.coming.extend(snapshots)

    def observe(self, known: str) -> Snapshot:
        """The next snapshot, or the last one again; Away when away."""
        self.known.append(known)
        if self.away:
            raise Away.of("git/away", url=self.name, why="told to be away")
        if self.coming:
            self._last = self.coming.pop(0)
            self.shown.append(self._last)
        if self._last is None:
            raise Away.of("git/away", url=self.name, why="nothing to show")
        return self._last

    def last(self, known: str) -> Snapshot | None:  # noqa: ARG002 -- the port's signature
        """The snapshot shown last."""
        return self._last

    def sealed(self, snapshot: Snapshot, commit: str) -> Snapshot | None:  # noqa: ARG002 -- the port's signature
        """Some snapshot that was shown, with that commit of `seals`."""
        return next((one for one in self.shown if one.seals and one.seals.commit == commit), None)


class BreakingJournal:
    """Implements `ports.Journal` over a real one; every write fails from the moment `broken` is set, reads go on.

    `after`: how many writes still succeed; None = all.
    """

    def __init__(self, journal: Journal, after: int | None = None) -> None:
        """Break after so many writes."""
        self.journal = journal
        self.after = after
        self.writes = 0

    def begin(self, run: Run) -> None:
        """Write, unless broken."""
        self._write()
        self.journal.begin(run)

    def record(self, event: StepEvent) -> None:
        """Write, unless broken."""
        self._write()
        self.journal.record(event)

    def end(self, run: str, result: str, at: datetime) -> None:
        """Write, unless broken."""
        self._write()
        self.journal.end(run, result, at)

    def history(self) -> History:
        """Read."""
        return self.journal.history()

    def run(self, id_: str) -> Run | None:
        """Read."""
        return self.journal.run(id_)

    def memory(self, repo: str) -> Memory | None:
        """Read."""
        return self.journal.memory(repo)

    def remember(self, memory: Memory) -> None:
        """Write, unless broken."""
        self._write()
        self.journal.remember(memory)

    def counter(self, name: str) -> int:
        """Write, unless broken."""
        self._write()
        return self.journal.counter(name)

    def _write(self) -> None:
        if self.after is not None and self.writes >= self.after:
            raise Failed.of("journal/cant-write", why="no space left on device")
        self.writes += 1
