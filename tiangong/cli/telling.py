"""What an agent does, line by line as it happens: for the terminal of `agent once` and for the log of `agent run`."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from tiangong.agent import Agent
from tiangong.daemon import Turn
from tiangong.errors import Problem
from tiangong.messages.catalogue import printable
from tiangong.messages.spoken import render, text
from tiangong.model.lifecycle import Event
from tiangong.model.stages import Health, Outcome, Report, Run, Seen, Verdict, VerdictWord
from tiangong.ports import StepEvent

STARTED = {Event.STARTED: "agent/step-started", Event.UNDO_STARTED: "agent/step-undo"}
ENDED = {
    Event.SUCCEEDED: "agent/step-done",
    Event.UNDO_SUCCEEDED: "agent/step-undone",
    Event.ERRORED: "agent/step-failed",
    Event.UNDO_ERRORED: "agent/step-failed",
}
SETTLED = (Event.PROBED_DONE, Event.PROBED_UNDONE, Event.RESOLVED_DONE, Event.RESOLVED_AGAIN)
NOTHING_SEEN = Seen(None, Health.UNKNOWN)


class Teller:
    """Says what is new, once. `verdicts`: also what holds each installation, whenever that changes."""

    def __init__(self, agent: Agent, write: Callable[[str], None], *, verdicts: bool = False) -> None:
        """Listen to the agent's steps from now on."""
        self._agent, self._write, self._verdicts = agent, write, verdicts
        self._begun: set[str] = set()
        self._lines: dict[str, str] = {}
        self._problems: dict[str, Problem] = {}
        self._lock = threading.Lock()
        agent.hear(self._step)

    def turn(self, turn: Turn) -> None:
        """Tell what a turn brought."""
        if turn.report is None:
            self._tell_problems(turn.error.problems if turn.error else ())
            return
        self._tell_outcome(turn.report.outcome)
        self._tell_problems(problems_of(turn.report))
        for name, line in verdict_lines(turn.report) if self._verdicts else ():
            if self._lines.get(name) != line:
                self._lines[name] = line
                self._write(line)

    # ── below ────────────────────────────────────────────────────────────────────────────────────────────────
    def _step(self, event: StepEvent) -> None:
        run = self._agent.run(event.run)
        if run is None:
            return
        self._begin(run)
        facts = {"installation": run.installation, "step": event.step}
        if event.event in STARTED:
            self._say(STARTED[event.event], **facts)
        elif event.event in ENDED:
            record = next((s for s in run.steps if (s.name, s.undo) == (event.step, event.undo)), None)
            took = took_of(record.started if record else None, event.at)
            self._say(ENDED[event.event], **facts, took=took, why=event.detail)
        elif event.event in SETTLED:
            self._say("agent/step-settled", **facts, state=str(event.event))

    def _begin(self, run: Run) -> None:
        with self._lock:
            if run.id in self._begun:
                return
            self._begun.add(run.id)
        self._say(
            "agent/run-started", installation=run.installation, kind=str(run.kind), version=run.version, run=run.id
        )

    def _tell_outcome(self, outcome: Outcome) -> None:
        for run in (*outcome.ended, *outcome.running):
            self._begin(run)
        for run in outcome.ended:
            self._say(
                "agent/run-ended",
                installation=run.installation,
                kind=str(run.kind),
                version=run.version,
                result=run.result or "",
                took=took_of(run.started, run.ended),
                run=run.id,
            )

    def _tell_problems(self, problems: Iterable[Problem]) -> None:
        """Each problem once, and when it is gone."""
        now = {f"{found.code} {found.place or ''}": found for found in problems}
        for key, found in now.items():
            if key not in self._problems:
                self._write(render(found))
        for key, found in self._problems.items():
            if key not in now:
                self._say("agent/over", what=text(found.code, **found.facts))
        self._problems = now

    def _say(self, code: str, **facts: str) -> None:
        self._write(printable(text(code, **facts)))


def problems_of(report: Report) -> tuple[Problem, ...]:
    """All that a person should look at: what went wrong on the way, what was refused, what holds everything."""
    refused = (refusal.problem for refusal in report.desired.refusals)
    return (*report.problems, *report.desired.holds, *refused)


def verdict_lines(report: Report) -> Iterable[tuple[str, str]]:
    """One line for each installation."""
    for verdict in report.plan.verdicts:
        seen = report.actual.installations.get(verdict.installation, NOTHING_SEEN)
        yield verdict.installation, printable(_line(verdict, seen))


def _line(verdict: Verdict, seen: Seen) -> str:
    installed = verdict.installed or text("agent/nothing-there")
    moves = verdict.target and verdict.target != verdict.installed
    what = text("agent/from-to", installed=installed, target=verdict.target) if moves else installed
    facts = {"name": verdict.installation, "what": what, "verdict": str(verdict.word)}
    if verdict.word is VerdictWord.HELD:
        return text("agent/line-why", **facts, why=_why(verdict))
    if verdict.word is VerdictWord.UP_TO_DATE and verdict.installed is None:
        return text("agent/absent", name=verdict.installation)
    if verdict.word is VerdictWord.UP_TO_DATE:
        return text("agent/line-health", **facts, health=str(seen.health))
    return text("agent/line", **facts)


def _why(verdict: Verdict) -> str:
    first, *more = [text(reason.problem.code, **reason.problem.facts) for reason in verdict.reasons] or [""]
    return text("agent/more-reasons", first=first, more=len(more)) if more else first


def took_of(started: datetime | None, ended: datetime | None) -> str:
    """How long something took."""
    if started is None or ended is None:
        return "?"
    seconds = max(0.0, (ended - started).total_seconds())
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60} min {int(seconds) % 60} s"
