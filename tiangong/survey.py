"""survey: what is installed, how it is, and what drifted. Read-only, in time, and it never raises.

Health is asked in every survey. Looking for drift may cost hashing every file, so it is done when something was done to
an installation, and otherwise only now and then. A probe that hangs is left alone: the line goes on without it.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tiangong.errors import Failed, TiangongError
from tiangong.job import NOTHING, Inquirer, Site, make_job, wait_for
from tiangong.messages import text
from tiangong.model.product import Release
from tiangong.model.stages import (
    Actual,
    Desired,
    Finding,
    Found,
    Health,
    History,
    Installed,
    Past,
    Seen,
    Signed,
    Step,
    Wish,
)
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import prepare
from tiangong.ports import Executor, Executors, Job, Supplies

WITHIN = 10.0
GRACE = 0.5
AT_ONCE = 4
EVERY = timedelta(minutes=5)
WORST_FIRST = (Health.DEGRADED, Health.MISSING, Health.SUSPENDED, Health.PROGRESSING, Health.UNKNOWN, Health.HEALTHY)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found about an installation, and when. `about`: what it rests on."""

    about: object
    at: datetime
    findings: Mapping[str, Finding]


@dataclass(frozen=True, slots=True)
class _Subject:
    """One installation to be looked at. `steps`: those that were really installed, whatever is wished by now."""

    site: Site
    past: Past
    installed: Installed
    steps: Mapping[str, Step]
    health: tuple[str, ...]
    drift: str

    @property
    def about(self) -> object:
        """What findings rest on: when this differs, they are looked for again."""
        last = self.past.last.id if self.past.last else ""
        return self.installed.release, last, self.drift, tuple(step.digest for step in self.steps.values())

    def seen(self, health: Health, findings: Mapping[str, Finding], detail: str = "") -> Seen:
        """How it is."""
        return Seen(self.installed.version, health, findings, detail)


@dataclass(frozen=True, slots=True)
class _Round:
    """One survey: so many at once, until then."""

    desired: Desired
    now: datetime
    end: float
    gate: threading.Semaphore

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.end - time.monotonic())


class Surveyor:
    """Looks at the installations of one agent, and remembers what it found. `every`: how often to look for drift."""

    def __init__(
        self,
        executors: Executors,
        state: Path,
        *,
        every: timedelta = EVERY,
        within: float = WITHIN,
        supplies: Supplies = NOTHING,
    ) -> None:
        """Look at nothing yet. `within`: seconds a survey may take."""
        self._executors, self._state, self._every, self._within = executors, state, every, within
        self._supplies = supplies
        self._inquirer = Inquirer()
        self._known: dict[str, _Known] = {}
        self._steps: dict[str, Mapping[str, Step]] = {}
        self._asked: set[str] = set()
        """installations that were asked for their health"""

    def survey(self, desired: Desired, history: History, busy: frozenset[str], now: datetime) -> Actual:
        """Return how every wished installation is. Those being worked on aren't probed: they are progressing."""
        round_ = _Round(desired, now, time.monotonic() + self._within, threading.Semaphore(AT_ONCE))
        begun = {
            name: self._begin(wish, history.of(name), round_, busy=name in busy)
            for name, wish in resolve(desired).items()
        }
        return Actual({name: answer() for name, answer in begun.items()})

    def until(self, now: datetime, pace: timedelta) -> datetime:
        """When some installation is to be looked at again: for drift, or for health, which is asked every `pace`."""
        drift = min((known.at + self._every for known in self._known.values()), default=now + self._every)
        return min(drift, now + pace) if self._asked else drift

    def _begin(self, wish: Wish, past: Past, round_: _Round, *, busy: bool) -> Callable[[], Seen]:
        """Start looking at one installation; what is returned waits for what was seen."""
        installed = past.installed
        version = installed.version if installed else None
        if installed is None or busy:
            health = Health.PROGRESSING if busy else Health.MISSING
            return lambda: Seen(version, health)
        release = _release(round_.desired, wish.product, installed.release)
        if release is None:
            return lambda: Seen(version, Health.UNKNOWN, detail=text("survey/no-release", version=installed.version))
        subject = self._subject(wish, past, installed, release, round_)
        known = self._fresh(subject, round_.now)
        if subject.health:
            self._asked.add(wish.name)
        if known and not subject.health:
            return lambda: subject.seen(Health.HEALTHY, known.findings)
        answer = self._inquirer.begin(wish.name, lambda: self._see(subject, known, round_))
        return lambda: _answered(answer, subject, known, round_)

    def _subject(
        self, wish: Wish, past: Past, installed: Installed, release: Signed[Release], round_: _Round
    ) -> _Subject:
        wished = {step.name: step for step in prepare(wish, release).steps}
        known = {**self._steps.get(wish.name, {}), **_as_installed(wished, installed)}
        steps = _as_installed({name: known[name] for name in wished if name in known}, installed)
        self._steps[wish.name] = steps
        name = release.document.metadata.name
        site = Site(round_.desired.tree, wish.name, name, wish.envelopes, self._state, self._supplies)
        return _Subject(site, past, installed, steps, release.document.spec.health, wish.drift)

    def _fresh(self, subject: _Subject, now: datetime) -> _Known | None:
        known = self._known.get(subject.site.installation)
        if known is None or known.about != subject.about or not known.at <= now < known.at + self._every:
            return None
        return known

    def _see(self, subject: _Subject, known: _Known | None, round_: _Round) -> Seen:
        """Ask the executors; in a thread of its own."""
        if not round_.gate.acquire(timeout=round_.left):
            raise Failed.of("step/deadline", seconds=round(self._within))
        try:
            probes = {name: _Probe(subject.site, step, self._executors, round_) for name, step in subject.steps.items()}
            if known is None:
                wanted = () if subject.drift == "ignore" else [p for p in probes.values() if not p.step.once]
                known = _Known(subject.about, round_.now, {probe.step.name: probe.finding() for probe in wanted})
                self._known[subject.site.installation] = known
            healths = [probes[name].health() if name in probes else Health.UNKNOWN for name in subject.health]
            return subject.seen(_worst(healths), known.findings)
        finally:
            round_.gate.release()


def _answered(answer: "Future[Seen] | None", subject: _Subject, known: _Known | None, round_: _Round) -> Seen:
    """What was seen, or that nobody answered in time."""
    try:
        return wait_for(answer, round_.left + GRACE if answer else 0.0)
    except TiangongError:
        return subject.seen(Health.UNKNOWN, known.findings if known else {}, text("survey/no-answer"))


def _as_installed(steps: Mapping[str, Step], installed: Installed) -> dict[str, Step]:
    return {name: step for name, step in steps.items() if installed.steps.get(name) == step.digest}


def _release(desired: Desired, product: str, digest: str) -> Signed[Release] | None:
    return next((r for r in desired.releases.get(product, {}).values() if r.digest == digest), None)


def _worst(healths: Sequence[Health]) -> Health:
    """The worst of several; healthy when nobody has anything to say."""
    return min(healths, key=WORST_FIRST.index, default=Health.HEALTHY)


@dataclass(frozen=True, slots=True)
class _Probe:
    """Asks one executor about one step; whatever goes wrong is Unknown."""

    site: Site
    step: Step
    executors: Executors
    round: _Round

    def finding(self) -> Finding:
        try:
            executor, job = self._job()
            return executor.probe(job)
        except TiangongError as error:
            return Finding(Found.UNKNOWN, error.problems[0].code)
        except Exception as error:  # noqa: BLE001 -- a probe's bug must not stop the line
            return Finding(Found.UNKNOWN, type(error).__name__)

    def health(self) -> Health:
        try:
            executor, job = self._job()
            return executor.health(job)
        except Exception:  # noqa: BLE001 -- as above
            return Health.UNKNOWN

    def _job(self) -> tuple[Executor, Job]:
        executor = self.executors.get(self.step.executor)
        cancel, within = threading.Event(), self.round.left
        return executor, make_job(self.site, self.step, executor, cancel=cancel, log=lambda _: None, within=within)
