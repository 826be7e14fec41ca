"""Who acts: one worker thread per installation, at most so many at once, while the line goes on observing (D18)."""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tiangong.act.run import Assignment, Hand, take
from tiangong.errors import TiangongError
from tiangong.job import Site
from tiangong.model.stages import Change, Desired, Outcome, Plan, Reason, Run, Verdict, first_records
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.guard import guard
from tiangong.planner.resolve import resolve
from tiangong.ports import Clock, Executors, Journal, LogSink


@dataclass(slots=True)
class _Work:
    """A run under way."""

    assignment: Assignment
    future: "Future[str]"
    cancel: threading.Event


class Crew:
    """Implements `cycle.Crew`. `ended` is called, from a worker's thread, whenever a run has ended."""

    def __init__(
        self,
        executors: Executors,
        journal: Journal,
        sink: LogSink,
        capabilities: Capabilities,
        *,
        clock: Clock,
        state: Path,
        workers: int = 4,
    ) -> None:
        """Start no thread yet."""
        self._executors, self._journal, self._sink, self._capabilities = executors, journal, sink, capabilities
        self._clock, self._state = clock, state
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="act")
        self._work: dict[str, _Work] = {}
        self._lock = threading.Lock()
        self._newest: Desired | None = None
        self._stopping = False
        self.ended: Callable[[], None] = lambda: None

    def start(self, plan: Plan, desired: Desired) -> None:
        """Begin every ready change of an installation nobody works on; `desired` is from now on the newest state."""
        self._newest = desired
        for verdict in plan.ready:
            if verdict.change is not None and verdict.installation not in self.running() and not self._stopping:
                self._begin(verdict, verdict.change, plan, desired)

    def running(self) -> frozenset[str]:
        """Installations being worked on."""
        with self._lock:
            return frozenset(name for name, work in self._work.items() if not work.future.done())

    def outcome(self) -> Outcome:
        """Runs that ended since last asked, and runs that go on."""
        with self._lock:
            finished = [name for name, work in self._work.items() if work.future.done()]
            done = [self._work.pop(name) for name in finished]
            going = list(self._work.values())
        return Outcome(self._runs(done), self._runs(going))

    def cancel(self, installation: str) -> None:
        """Tell the run of an installation to stop."""
        with self._lock:
            if work := self._work.get(installation):
                work.cancel.set()

    def stop(self, within: float) -> None:
        """Tell all runs to stop and wait for them, at most so many seconds."""
        self._stopping = True
        with self._lock:
            works = list(self._work.values())
        for work in works:
            work.cancel.set()
        wait_for([work.future for work in works], timeout=within)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, verdict: Verdict, change: Change, plan: Plan, desired: Desired) -> None:
        now = self._clock()
        run = _new_run(verdict, change, plan, now)
        wish = resolve(desired)[verdict.installation]
        cancel = threading.Event()
        site = Site(desired.tree, wish.name, f"{run.product}@{run.version}", wish.envelopes, self._state)
        assignment = Assignment(run, change, site)
        hand = Hand(self._executors, self._journal, self._clock, self._sink, self._guard, cancel)
        self._journal.begin(run)
        future = self._pool.submit(self._take, assignment, hand)
        with self._lock:
            self._work[verdict.installation] = _Work(assignment, future, cancel)
        future.add_done_callback(lambda _: self.ended())

    def _take(self, assignment: Assignment, hand: Hand) -> str:
        try:
            return take(assignment, hand)
        except TiangongError as error:
            # The journal can't be written: the run stays open and is looked at by `recover` at the next start.
            hand.sink.line(assignment.run.id, "journal", f"{error}\n")
            return "cancelled"

    def _guard(self, change: Change, installation: str) -> tuple[Reason, ...]:
        newest = self._newest
        return guard(newest, change, installation, self._capabilities, self._clock()) if newest else ()

    def _runs(self, works: list[_Work]) -> tuple[Run, ...]:
        found = (self._journal.run(work.assignment.run.id) for work in works)
        return tuple(run for run in found if run is not None)


def _new_run(verdict: Verdict, change: Change, plan: Plan, now: datetime) -> Run:
    steps = [(s.name, s.digest, s.executor, True) for s in change.undo]
    steps += [(s.name, s.digest, s.executor, False) for s in change.steps]
    return Run(
        id=f"{now:%Y%m%dt%H%M%S}-{secrets.token_hex(3)}",
        installation=verdict.installation,
        product=verdict.product,
        version=change.version,
        release=change.release,
        plan=plan.digest,
        kind=change.kind,
        started=now,
        ended=None,
        result=None,
        steps=first_records(steps),
    )
