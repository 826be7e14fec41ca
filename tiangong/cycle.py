"""The straight line: observe → verify → survey → plan → act → report. Start reading here.

`act` only starts work: each installation has a worker of its own, and the line is run again while they work (D18),
so that a recall or a suppression is seen in the middle of a long step and checked before the next one (R23).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tiangong.errors import Away, Failed, Problem, Refused
from tiangong.model.seal import SEALS
from tiangong.model.stages import Desired, Findings, Outcome, Pins, Plan, Refusal, Report, Snapshot, Vault
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.plan import make_plan
from tiangong.ports import Clock, Journal, Source
from tiangong.survey import Surveyor
from tiangong.trust.verify import Cache, verify


class Crew(Protocol):
    """Who does the steps, in threads of their own."""

    def recover(self, desired: Desired) -> tuple[Problem, ...]:
        """Settle runs that broke off and nobody works on; return what stays in doubt."""
        ...

    def start(self, plan: Plan, desired: Desired) -> tuple[Problem, ...]:
        """Begin what is ready, guarded by the newest `desired`; returns at once, with what could not be begun."""
        ...

    def outcome(self) -> Outcome:
        """Runs that ended since last asked, and runs that go on."""
        ...

    def running(self) -> frozenset[str]:
        """Installations being worked on."""
        ...


class Reporter(Protocol):
    """Who tells the world. `problems`: what kept the last report from reaching it."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why something is spooled, or what else is wrong with the own refs; empty when all is well."""
        ...

    def report(self, findings: Findings) -> bool:
        """Push the signed status when it changed; False when something is spooled. Never raises for the remote."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """Everything one cycle needs. `agent.assemble` builds it; tests build it from fakes."""

    pins: Pins
    sources: Sequence[Source]
    journal: Journal
    surveyor: Surveyor
    capabilities: Capabilities
    crew: Crew
    reporter: Reporter
    clock: Clock
    cache: Cache
    vault: Callable[[], Vault] = Vault
    """which secrets this host has now, without their values"""


def cycle(line: Line) -> Report:
    """Go down the line once. Raises Refused when nothing at all can be trusted, Away when nothing was ever seen."""
    now = line.clock()
    snapshot, away = observe(line)

    desired = judge(line, snapshot, now)
    line.journal.remember(desired.memory)
    desired = replace(desired, vault=line.vault())

    doubts = line.crew.recover(desired)
    busy = line.crew.running()
    history = line.journal.history()
    actual = line.surveyor.survey(desired, history, busy, now)

    plan = make_plan(desired, actual, history, line.capabilities, now)

    faults = line.crew.start(plan, desired)
    outcome = line.crew.outcome()

    problems = (*away, *doubts, *faults)
    findings = Findings(snapshot, desired, actual, plan, outcome, line.journal.history(), problems)
    pushed = line.reporter.report(findings)
    return Report(desired, actual, plan, outcome, pushed, (*problems, *line.reporter.problems), away=bool(away))


def judge(line: Line, snapshot: Snapshot, now: datetime) -> Desired:
    """Verify; under a seal that doesn't count, go on with the one that was accepted last, and say why (R19, R24)."""
    memory = line.journal.memory(line.pins.repo)
    try:
        return verify(snapshot, line.pins, memory, now, line.cache)
    except Refused as error:
        (source,) = line.sources
        before = source.sealed(snapshot, memory.seal.commit) if memory and memory.seal else None
        if before is None or before.seals == snapshot.seals:
            raise
        desired = verify(before, line.pins, memory, now, line.cache)
        why = tuple(Refusal(SEALS, "", found) for found in error.problems)
        return replace(desired, refusals=(*desired.refusals, *why))


def observe(line: Line) -> tuple[Snapshot, tuple[Problem, ...]]:
    """Ask the source; when it is away or what it has can't be taken, say why, go on with the newest snapshot here."""
    (source,) = line.sources
    memory = line.journal.memory(line.pins.repo)
    known = memory.revision if memory else ""
    try:
        return source.observe(known), ()
    except (Away, Failed, Refused) as error:
        last = source.last(known)
        if last is None:
            raise
        return last, error.problems
