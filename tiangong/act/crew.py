"""Who acts: one worker thread per installation, at most so many at once, while the line goes on observing (D18)."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tiangong.act.capabilities import capabilities_of
from tiangong.act.recover import Recovery
from tiangong.act.run import Assignment, Brake, Hand, take
from tiangong.errors import Problem, TiangongError, problem
from tiangong.job import NOTHING, Site, stores_of
from tiangong.model.stages import Change, Desired, Outcome, Plan, Reason, Run, Verdict, first_records
from tiangong.planner.guard import guard
from tiangong.planner.resolve import resolve
from tiangong.ports import Clock, Executors, Journal, LogSink, Supplies

GENTLE = 0.5
"""share of the time to stop in which steps that can't be cut off cleanly may still end by themselves"""


@dataclass(slots=True)
class _Work:
    """A run under way."""

    run: Run
    brake: Brake = field(default_factory=Brake)
    over: threading.Event = field(default_factory=threading.Event)


class Crew:
    """Implements `cycle.Crew`. `ended` is called, from a worker's thread, whenever a run has ended.

    Workers are daemon threads: an executor that hangs keeps neither the line nor the process from going on or ending.
    """

    def __init__(  # noqa: PLR0913 -- the parts of a crew
        self,
        executors: Executors,
        journal: Journal,
        sink: LogSink,
        *,
        clock: Clock,
        state: Path,
        workers: int = 4,
        supplies: Supplies = NOTHING,
    ) -> None:
        """Start no thread yet."""
        self._executors, self._journal, self._sink = executors, journal, sink
        self._clock, self._state, self._workers, self._supplies = clock, state, workers, supplies
        self._capabilities = capabilities_of(executors)
        self._recovery = Recovery(journal, executors, clock=clock, state=state, supplies=supplies)
        self._lock = threading.Lock()
        self._work: dict[str, _Work] = {}
        self._faults: list[Problem] = []
        self._newest: Desired | None = None
        self._stopping = False
        self._told = {name: past.last.id for name, past in journal.history().installations.items() if past.last}
        self.ended: Callable[[], None] = lambda: None

    def recover(self, desired: Desired) -> tuple[Problem, ...]:
        """Settle runs that broke off and nobody works on; return what is in doubt, and faults since last asked.

        `desired` is from now on the newest state.
        """
        self._newest = desired
        with self._lock:
            faults, self._faults = self._faults, []
        return (*faults, *self._recovery.recover(desired, self.running()))

    def start(self, plan: Plan, desired: Desired) -> tuple[Problem, ...]:
        """Begin ready changes while there are workers. Returns at once, with what could not be begun.

        What finds no worker is ready again in the next cycle, which a run that ends brings on.
        """
        self._newest = desired
        problems: list[Problem] = []
        for verdict in plan.ready:
            busy = self.running()
            if self._stopping or len(busy) >= self._workers:
                break
            if verdict.change is not None and verdict.installation not in busy:
                try:
                    self._begin(verdict, verdict.change, plan, desired)
                except TiangongError as error:
                    problems.extend(error.problems)
        return tuple(problems)

    def running(self) -> frozenset[str]:
        """Installations being worked on."""
        with self._lock:
            return frozenset(name for name, work in self._work.items() if not work.over.is_set())

    def outcome(self) -> Outcome:
        """Runs that ended since last asked, whoever ended them, and runs that go on."""
        busy = self.running()
        history = self._journal.history().installations
        last = {name: past.last for name, past in history.items() if past.last is not None}
        ended = tuple(run for name, run in last.items() if self._told.get(name) != run.id)
        self._told = {name: run.id for name, run in last.items()}
        going = (history[name].current for name in sorted(busy) if name in history)
        return Outcome(ended, tuple(run for run in going if run is not None))

    def cancel(self, installation: str) -> None:
        """Cut off the run of an installation."""
        with self._lock:
            if work := self._work.get(installation):
                work.brake.cancel()

    def stop(self, within: float) -> None:
        """Begin nothing more; let steps that can't be cut off cleanly end by themselves for a while; cut all off."""
        self._stopping = True
        with self._lock:
            works = list(self._work.values())
        end = time.monotonic() + within
        for work in works:
            work.brake.halt()
        _wait(works, time.monotonic() + within * GENTLE)
        for work in works:
            work.brake.cancel()
        _wait(works, end)

    def _begin(self, verdict: Verdict, change: Change, plan: Plan, desired: Desired) -> None:
        run = _new_run(verdict, change, plan, self._clock())
        wish = resolve(desired)[verdict.installation]
        release = f"{run.product}@{run.version}"
        stores = stores_of(desired)
        site = Site(desired.tree, wish.name, release, wish.envelopes, self._state, self._supplies, stores)
        work = _Work(run)
        hand = Hand(self._executors, self._journal, self._clock, self._sink, self._guard, work.brake)
        self._journal.begin(run)
        with self._lock:
            self._work[verdict.installation] = work
        task = (work, Assignment(run, change, site), hand)
        thread = threading.Thread(target=self._take, args=task, name=f"act {wish.name}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the host has no thread left; `recover` ends the run that didn't begin
            self._broke_off(work, error)
            work.over.set()

    def _take(self, work: _Work, assignment: Assignment, hand: Hand) -> None:
        """Do a run. Whatever breaks it off, such as a journal that can't be written, is looked at by `recover`."""
        try:
            take(assignment, hand)
        except TiangongError as error:
            self._fault(*error.problems)
        except Exception as error:  # noqa: BLE001 -- a fault of ours must not end the agent
            self._broke_off(work, error)
        finally:
            work.over.set()
            self.ended()

    def _broke_off(self, work: _Work, error: Exception) -> None:
        facts = {"run": work.run.id, "installation": work.run.installation, "error": type(error).__name__}
        self._fault(problem("run/broke-off", **facts))

    def _fault(self, *problems: Problem) -> None:
        with self._lock:
            self._faults.extend(problems)

    def _guard(self, change: Change, installation: str) -> tuple[Reason, ...]:
        newest = self._newest
        return guard(newest, change, installation, self._capabilities, self._clock()) if newest else ()


def _wait(works: Iterable[_Work], until: float) -> None:
    for work in works:
        work.over.wait(max(0.0, until - time.monotonic()))


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
