"""Assembles one agent: the only place that names concrete adapters, and the owner of the clock."""

import os
import random
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tiangong import __version__
from tiangong.act.capabilities import capabilities_of
from tiangong.act.crew import Crew
from tiangong.artifacts.larder import Larder
from tiangong.artifacts.store import Access, Network
from tiangong.cycle import Line, cycle, judge
from tiangong.errors import Failed, Place, Problem, Refused, problem
from tiangong.executors.registry import Registry
from tiangong.git.child import Limits
from tiangong.git.mirror import Mirror
from tiangong.git.remote import Remote, authorization, parse_remote
from tiangong.git.remote import secrets as secrets_of
from tiangong.journal.sqlite import SqliteJournal, open_journal
from tiangong.model.environment import Agent as AgentDocument
from tiangong.model.stages import Desired, Plan, Report, Run
from tiangong.model.status import LIVE_REF
from tiangong.planner.plan import make_plan
from tiangong.ports import StepEvent, Supplies
from tiangong.report.chain import Chain
from tiangong.report.live import Live, Pulse
from tiangong.report.logs import Logs
from tiangong.report.recall import Recalled
from tiangong.report.redact import Redactor
from tiangong.report.reporter import Reporter
from tiangong.report.rotation import Turning
from tiangong.report.signer import Identity
from tiangong.report.status import Voice
from tiangong.rest.marks import marks_of
from tiangong.rest.note import Rest, forget
from tiangong.rest.quiet import is_quiet, lasts
from tiangong.settings import AgentSettings, SourceSettings
from tiangong.sources.git import GitSource
from tiangong.survey import Surveyor
from tiangong.trust.verify import Cache, verify
from tiangong.vault import HostSecrets

JITTER = 0.1
LAST_BEAT_WITHIN = 5.0
LIVE_LIMITS = Limits(seconds=60.0)
OWN_FILES = (
    *("journal.db", "journal.db-wal", "instance", "secrets.key", "key", "signing", "signing.next"),
    *("mirror", "mirror/packed-refs", "mirror/objects/pack", "mirror/refs/tiangong", "mirror/refs/tiangong/status"),
    *("live", "live/packed-refs", "live/refs/tiangong", "live/refs/tiangong/live"),
)
"""of its state folder: whoever else changes one of them has done something it must look at"""


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- the agent owns the clock


@dataclass(frozen=True, slots=True)
class Parts:
    """What an agent is made of besides its line. `problems` of its beginning are told with its first report."""

    journal: SqliteJournal
    crew: Crew
    reporter: Reporter
    live: Live
    logs: Logs
    chain: Chain
    identity: Identity
    mirror: Mirror
    cancel: threading.Event
    problems: tuple[Problem, ...]


class Agent:
    """One agent, ready to go down the line. Built by `assemble`."""

    def __init__(self, settings: AgentSettings, line: Line, parts: Parts) -> None:
        """Start no thread yet."""
        self._settings, self._line, self._parts = settings, line, parts
        self._problems = parts.problems
        self._remembers = False

    @property
    def environment(self) -> str:
        """The environment it acts for."""
        return self._settings.environment

    @property
    def state(self) -> Path:
        """The folder of what it must not lose."""
        return self._settings.state

    @property
    def every(self) -> float:
        """Seconds until the next turn; a fleet doesn't ask all at once."""
        seconds = self._settings.wells[0].every.total_seconds()
        return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 -- no secret

    def hear(self, listener: Callable[[StepEvent], None]) -> None:
        """Have somebody told of what happens to steps, in the thread in which it does."""
        self._parts.journal.heard = listener

    def run(self, id_: str) -> Run | None:
        """A run by its id."""
        return self._parts.journal.run(id_)

    def start(self, ring: Callable[[], None]) -> None:
        """Be ready; `ring` is called whenever a run has ended. What was noted at rest is over."""
        forget(self._settings.state)

        def ended() -> None:
            self._parts.live.look()
            ring()

        self._parts.crew.ended = ended

    def cycle(self) -> Report:
        """Go down the line once; what keeps the whole environment from being looked at is put into the status too."""
        reporter = self._parts.reporter
        if reporter.displaced and not reporter.retry():
            raise Refused(*reporter.displaced)
        try:
            self._remember()
            report = cycle(self._line)
        except Refused as error:
            reporter.trouble(error.problems)
            self._parts.live.start()
            raise
        self._parts.live.start()
        if report.outcome.running:
            self._parts.live.look()
        problems, self._problems = self._problems, ()
        return replace(report, problems=(*problems, *report.problems))

    def stop(self, within: float) -> None:
        """Tell what runs to stop, say what came of it, and end; a remote that doesn't answer holds nothing up."""
        parts = self._parts
        parts.crew.stop(within)
        patience = threading.Timer(within, parts.cancel.set)
        patience.daemon = True
        patience.start()
        parts.reporter.finish(parts.crew.outcome(), parts.journal.history())
        parts.logs.close()
        parts.live.stop(LAST_BEAT_WITHIN)
        parts.cancel.set()
        patience.cancel()

    @property
    def leans_on(self) -> tuple[Path, ...]:
        """Files of this host that it reads and others write: what it reaches the remote with, and secrets."""
        remote, stores = self._parts.mirror.remote, self._settings.artifacts.stores.values()
        ways = (remote.ca, remote.credentials, remote.known_hosts, self._settings.network.ca, self._settings.key)
        shown = (*self._settings.secrets.values(), *(store.credentials for store in stores))
        return (*(path for path in ways if path), *(secret.file for secret in shown))

    def rest(self, report: Report) -> Rest | None:
        """What it knows when nothing is left to do, for the next `agent once`; asked last, after `stop`."""
        parts, now = self._parts, self._line.clock()
        beat = parts.live.until
        if not is_quiet(report) or beat is None:
            return None
        until = lasts(report, lambda moment: self._think(report, moment), now)
        if until is None:
            return None
        look = self._line.surveyor.until(now, self._settings.wells[0].every)
        refs = {**parts.mirror.known, **parts.chain.refs}
        refs.pop(LIVE_REF.format(environment=self.environment), None)
        parts.journal.close()
        files = marks_of(self._settings.state / name for name in OWN_FILES)
        return Rest(now, min(until, look, beat), parts.mirror.remote, parts.mirror.limits, refs, files)

    def _think(self, report: Report, now: datetime) -> tuple[Desired, Plan] | None:
        """Verify and plan once more, touching nothing; None when there is something else to do."""
        line, parts = self._line, self._parts
        snapshot = line.sources[0].last(report.desired.revision)
        if snapshot is None:
            return None
        desired = replace(judge(line, snapshot, now), vault=line.vault())
        if parts.identity.signer.would_turn(desired.agent.document if desired.agent else None, now):
            return None
        return desired, make_plan(desired, report.actual, parts.journal.history(), line.capabilities, now)

    def _remember(self) -> None:
        """An agent that remembers nothing asks for what it said in an earlier life, before it does anything."""
        line, journal = self._line, self._parts.journal
        if not self._remembers and journal.memory(line.pins.repo) is None:
            recalled = self._parts.reporter.begin(line.pins, self._listed())
            if recalled is not None:
                journal.adopt(recalled.memory, recalled.history)
                self._problems = (*self._problems, _recalled(recalled))
        self._remembers = True

    def _listed(self) -> AgentDocument | None:
        """What the repository says of this agent, if it can be trusted at all."""
        snapshot = self._line.sources[0].observe("")
        try:
            found = verify(snapshot, self._line.pins, None, self._line.clock(), self._line.cache).agent
        except Refused:
            return None
        return found.document if found else None


def assemble(settings: AgentSettings) -> Agent:
    """Build an agent from its file; Misuse or Failed when something on this host isn't in order. No network yet."""
    (well,) = settings.wells
    state = settings.state
    remote = remote_of(settings, well)
    identity = _identity(settings, well)
    redactor = Redactor(secrets_of(remote, authorization(remote)))
    journal, problems = open_journal(state / "journal.db", clock())
    executors = Registry(settings.plugins)
    supplies = supplies_of(settings, redactor)
    cancel = threading.Event()
    mirror = Mirror(state / "mirror", remote, limits_of(settings), cancel)
    logs = Logs(state / "runs", redactor)
    chain = Chain(mirror, identity)
    reporter = Reporter(chain, Voice(identity, redactor), journal, logs, clock)
    pulse = Pulse(lambda: reporter.speaks, lambda: reporter.counter, lambda: reporter.revision, journal.history)
    live = Live(Mirror(state / "live", remote, LIVE_LIMITS, cancel), identity, pulse, logs, clock)
    crew = Crew(executors, journal, logs, clock=clock, state=state, workers=settings.workers, supplies=supplies)
    line = Line(
        pins=settings.pins(well),
        sources=(GitSource(well.name, mirror, well.branch),),
        journal=journal,
        surveyor=Surveyor(executors, state, supplies=supplies),
        capabilities=capabilities_of(executors),
        crew=crew,
        reporter=reporter,
        clock=clock,
        cache=Cache(),
        vault=supplies.secrets.vault,
    )
    return Agent(settings, line, Parts(journal, crew, reporter, live, logs, chain, identity, mirror, cancel, problems))


def supplies_of(settings: AgentSettings, redactor: Redactor, *, keep: bool = True) -> Supplies:
    """What this host supplies steps with. Without `keep` nothing of it leaves a trace."""
    files = {name: secret.file for name, secret in settings.secrets.items()}
    network = Network(settings.network.proxy, settings.network.ca)
    shown = {name: store.credentials.file for name, store in settings.artifacts.stores.items()}
    larder = Larder(settings.state / "artifacts", settings.artifacts.cache, Access(network, shown, redactor.add))
    return Supplies(HostSecrets(files, settings.state, redactor.add, keep_key=keep), larder)


def _recalled(found: Recalled) -> Problem:
    known = found.history.installations.items()
    names = ", ".join(f"{name} {past.installed.version}" for name, past in known if past.installed)
    at = found.memory.clock_floor
    return problem("agent/recalled", at=at.isoformat() if at else "", installations=names or "-")


def remote_of(settings: AgentSettings, well: SourceSettings) -> Remote:
    """How this host reaches a source; Misuse when the address isn't one that is used."""
    credentials = well.credentials
    return parse_remote(
        well.git,
        ca=settings.network.ca,
        proxy=settings.network.proxy,
        credentials=credentials.file if credentials else None,
        known_hosts=credentials.known_hosts if credentials else None,
        place=Place("agent.yaml", field="source.git"),
    )


def limits_of(settings: AgentSettings) -> Limits:
    """What one git child of this agent may use (D6)."""
    git = settings.git
    seconds = git.timeout.total_seconds()
    return Limits(seconds=seconds, file=git.largest_file, memory=git.memory, processor=max(1, int(seconds)))


def _identity(settings: AgentSettings, well: SourceSettings) -> Identity:
    signer = Turning(settings.state, settings.environment, well.repo, settings.rotate_key)
    instance = _instance(settings.state / "instance")
    return Identity(settings.environment, well.repo, well.level, instance, __version__, signer)


def _instance(path: Path) -> str:
    """What tells this agent from every other, made once per state folder (D25)."""
    try:
        found = path.read_text().strip() if path.exists() else ""
        if found:
            return found[:64]
        made = secrets.token_hex(8)
        new = path.with_name(f"{path.name}.new")
        with new.open("w") as file:
            file.write(f"{made}\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Failed.of("agent/cant-write", Place(str(path)), why=getattr(error, "strerror", "") or "") from None
    return made
