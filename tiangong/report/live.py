"""What is alive: `live/<env>` is one commit without a past, replaced by force (D24), pushed from a thread of its own.

A heartbeat every 15 minutes, at a phase of the environment's own so that a fleet doesn't beat at once; while steps run
the ends of their logs, every 2 s and less often the longer a run takes. Nothing waits for it; its failures harm nobody.
"""

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tiangong.documents.dump import dump
from tiangong.errors import Problem, TiangongError, problem
from tiangong.git.mirror import Mirror
from tiangong.git.objects import write_commit
from tiangong.messages import text
from tiangong.model.document import API_VERSION
from tiangong.model.lifecycle import State
from tiangong.model.stages import History
from tiangong.model.status import BEAT, HEARTBEAT_FILE, LIVE_REF, Heartbeat, HeartbeatSpec, RunningStep, StatusMetadata
from tiangong.ports import Clock
from tiangong.report.logs import Logs
from tiangong.report.signer import Identity

FASTEST, SLOWEST, BACKING_OFF = 2.0, 10.0, 1.1
FIRST_LOOK = 0.5
"""seconds after something began: what is over by then is told by the status alone"""
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 120.0
MOST_COMMITS = 200
"""pushes after which the folder of objects, all of them outdated, is begun anew"""
OBJECTS_EACH = 6
UNDER_WAY = (State.RUNNING, State.UNDOING)
BEATEN = "refs/tiangong/live"


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the heartbeat tells of the rest of the agent. `speaks`: whether it may beat at all (D25)."""

    speaks: Callable[[], bool]
    counter: Callable[[], int]
    revision: Callable[[], str]
    history: Callable[[], History]


class Live:
    """Beats by itself once started. `mirror` has a folder of its own, thrown away now and then."""

    def __init__(self, mirror: Mirror, identity: Identity, pulse: Pulse, logs: Logs, clock: Clock) -> None:
        """Start no thread yet."""
        self._mirror, self._identity, self._pulse, self._logs, self._clock = mirror, identity, pulse, logs, clock
        self._ref = LIVE_REF.format(environment=identity.environment)
        self._wake, self._stopping = threading.Event(), False
        self._thread: threading.Thread | None = None
        self._shown: tuple[RunningStep, ...] = ()
        self._pace, self._pause, self._not_before = FASTEST, FIRST_PAUSE, 0.0
        self._commits: int | None = None
        self._last: datetime | None = None
        self.problems: tuple[Problem, ...] = ()

    def start(self) -> None:
        """Begin to beat."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._go, name="live", daemon=True)
            self._thread.start()

    @property
    def until(self) -> datetime | None:
        """When the heart is to beat next; None while it beats, or when it couldn't."""
        asleep = self._thread is not None and not self._thread.is_alive()
        if not asleep or self.problems or self._last is None or self._last > self._clock():
            return None
        return next_beat(self._identity.environment, self._last)

    def look(self) -> None:
        """Something began or ended."""
        self._wake.set()

    def stop(self, within: float) -> None:
        """Beat once more if it is time to, and stop; waits at most so many seconds."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(within)

    def turn(self) -> float:
        """Push if there is something new to see, or it is time; return after how many seconds to look again."""
        if not self._pulse.speaks() or time.monotonic() < self._not_before:
            return SLOWEST
        tails = self._tails()
        running = tuple(tails)
        if running == self._shown and not self._is_due():
            return self._pace if running else self._until_due()
        try:
            self._push(running, {f"logs/{step.run}/{step.step}.log": tail for step, tail in tails.items()})
        except TiangongError as error:
            self.problems = error.problems
            self._not_before, self._pause = time.monotonic() + self._pause, min(self._pause * 2, LONGEST_PAUSE)
            return self._pause
        self.problems, self._pause = (), FIRST_PAUSE
        fresh = {step.run for step in running} - {step.run for step in self._shown}
        self._pace = FASTEST if fresh else min(self._pace * BACKING_OFF, SLOWEST)
        self._shown = running
        return self._pace if running else self._until_due()

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _go(self) -> None:
        wait = 0.0
        while not self._stopping:
            if self._wake.wait(wait):
                self._wake.clear()
                if not self._stopping:
                    time.sleep(FIRST_LOOK)
            try:
                wait = self.turn()
            except Exception as error:  # noqa: BLE001 -- a fault here must never harm the line
                self.problems = (problem("report/no-beat", error=type(error).__name__),)
                wait = LONGEST_PAUSE

    def _tails(self) -> dict[RunningStep, bytes]:
        """Steps under way, each with the end of its log."""
        found = {}
        for name, past in self._pulse.history().installations.items():
            run = past.current
            for step in run.steps if run else ():
                if run and step.state in UNDER_WAY:
                    offset, tail = self._logs.tail(run.id, step.name)
                    said = RunningStep.model_construct(
                        run=run.id,
                        installation=name,
                        version=run.version,
                        step=step.name,
                        offset=offset,
                        size=offset + len(tail),
                    )
                    found[said] = tail
        return found

    def _push(self, running: tuple[RunningStep, ...], tails: Mapping[str, bytes]) -> None:
        now = self._clock()
        self._push_commit(self._heartbeat(running, now), tails, now)
        self._last = now

    def _push_commit(self, heartbeat: bytes, tails: Mapping[str, bytes], now: datetime) -> None:
        if self._commits is None:
            self._commits = sum(1 for _ in (self._mirror.folder / "objects").glob("??/*")) // OBJECTS_EACH
        if self._commits >= MOST_COMMITS:
            self._begin_anew()
        me = self._identity
        commit = write_commit(
            self._mirror.repository,
            {**me.signer.sealed(HEARTBEAT_FILE, heartbeat), **tails},
            message=text("report/live-commit", environment=me.environment) + "\n",
            when=now,
            author=f"agent of {me.environment}",
        )
        self._commits = (self._commits or 0) + 1
        self._mirror.push(commit, self._ref, None)
        self._mirror.repository.references.create(BEATEN, commit, force=True)

    def _heartbeat(self, running: tuple[RunningStep, ...], now: datetime) -> bytes:
        me = self._identity
        spec = HeartbeatSpec.model_construct(
            counter=self._pulse.counter(),
            instance=me.instance,
            at=now,
            agent=me.version,
            revision=self._pulse.revision(),
            next_due=next_beat(me.environment, now),
            running=running,
        )
        metadata = StatusMetadata.model_construct(name=me.environment)
        return dump(Heartbeat.model_construct(api_version=API_VERSION, kind="Heartbeat", metadata=metadata, spec=spec))

    def _begin_anew(self) -> None:
        """Throw the outdated objects away."""
        folder: Path = self._mirror.folder
        shutil.rmtree(folder, ignore_errors=True)
        self._mirror = Mirror(folder, self._mirror.remote, self._mirror.limits)
        self._commits = 0

    def _is_due(self) -> bool:
        if self._last is None:
            self._last = self._beaten()
        now = self._clock()
        return self._last is None or self._last > now or next_beat(self._identity.environment, self._last) <= now

    def _until_due(self) -> float:
        now = self._clock()
        return max(1.0, (next_beat(self._identity.environment, now) - now).total_seconds())

    def _beaten(self) -> datetime | None:
        """When this agent's heart was heard last, in this process or one before."""
        tip = self._mirror.tip(BEATEN)
        return self._mirror.committed(tip) if tip else None


def next_beat(environment: str, after: datetime) -> datetime:
    """The next time an environment's heart beats."""
    phase = int.from_bytes(hashlib.sha256(environment.encode()).digest()[:4]) % int(BEAT.total_seconds())
    every = int(BEAT.total_seconds())
    beats = (int(after.timestamp()) - phase) // every + 1
    return datetime.fromtimestamp(beats * every + phase, UTC)


__all__ = ["Live", "Pulse", "next_beat"]
