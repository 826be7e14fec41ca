"""`tiangong agent once` and `run`: an agent on this host, and what its turns come to as an exit code."""

import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from tiangong import daemon
from tiangong.agent import Agent, assemble, clock
from tiangong.cli.output import Format, as_data
from tiangong.cli.resting import BY_SIGNAL, manner, say_again
from tiangong.cli.telling import Teller, verdict_lines
from tiangong.daemon import Bell, Turn
from tiangong.errors import Away, Failed, InDoubt, Refused, TiangongError
from tiangong.messages.spoken import text
from tiangong.model.stages import Reason, Report, Run
from tiangong.rest.lock import sole
from tiangong.rest.marks import Leaning, digest_of, lean_on
from tiangong.rest.note import Note, Spoken, write_note
from tiangong.settings import AgentSettings, read_settings

if TYPE_CHECKING:
    from tiangong.model.answer import Turn as TurnAnswer


def once(path: Path, form: Format) -> int:
    """Go down the line until there is nothing more to do now; return the exit code."""
    bell = Bell()
    runs: dict[str, Run] = {}
    digest = digest_of(path)
    settings = read_settings(path)
    with sole(settings.state), daemon.signals(bell):
        agent = assemble(settings)
        leaning = lean_on(path, agent.leans_on)
        teller = Teller(agent, _to_stderr)

        def hear(turn: Turn) -> None:
            if turn.report:
                outcome = turn.report.outcome
                runs.update((run.id, run) for run in (*outcome.running, *outcome.ended))
            teller.turn(turn)

        last = daemon.once(agent, bell, hear)
        if last.report is None:
            return last.error.exit_code if last.error else 0
        code = BY_SIGNAL + bell.signal if bell.signal else exit_code(last.report, runs)
        if code == 0 and leaning.settings == digest:
            _note(agent, last.report, leaning, form)
    if last.is_last:
        _to_stderr(text("agent/retired", environment=agent.environment))
    say_again(_spoken(agent, last.report, runs, form, code), form)
    return code


def run(settings: AgentSettings) -> None:
    """Go down the line again and again, one line in the log for whatever changes."""
    bell = Bell()
    with sole(settings.state), daemon.signals(bell):
        agent = assemble(settings)
        teller = Teller(agent, _log, verdicts=True)
        _log(text("agent/started", environment=agent.environment))
        if daemon.run(agent, bell, teller.turn):
            _log(text("agent/retired", environment=agent.environment))
        _log(text("agent/stopped", environment=agent.environment))


def exit_code(report: Report, runs: dict[str, Run]) -> int:
    """What weighs most decides: in doubt, failed, refused, away."""
    doubts = any(reason.constraint == "in-doubt" for verdict in report.plan.verdicts for reason in verdict.reasons)
    if doubts or any(found.code == "run/in-doubt" for found in report.problems):
        return InDoubt.exit_code
    broken = any(found.code == "run/broke-off" or found.code.startswith("journal/") for found in report.problems)
    if broken or any(run.result == "failed" for run in runs.values()):
        return Failed.exit_code
    if report.desired.refusals or any(found.code == "trust/history-rewritten" for found in report.desired.holds):
        return Refused.exit_code
    return 0 if report.pushed and not report.away else Away.exit_code


def _note(agent: Agent, report: Report, leaning: Leaning, form: Format) -> None:
    """For the next `agent once`, unless something changed while this one looked."""
    try:
        rest = agent.rest(report)
    except TiangongError:
        return
    if rest is not None and lean_on(leaning.path, agent.leans_on) == leaning:
        write_note(agent.state, Note(rest, leaning, _spoken(agent, report, {}, form, 0)))


def _spoken(agent: Agent, report: Report, runs: dict[str, Run], form: Format, code: int) -> Spoken:
    if form is Format.NAME:
        return Spoken(manner(form), (agent.environment,))
    if form is not Format.TABLE:
        return Spoken(manner(form), answer=as_data(_answer(agent, report, runs, code)))
    lines = tuple(line for _, line in verdict_lines(report))
    return Spoken(manner(form), lines or (text("agent/no-installations", environment=agent.environment),))


def _answer(agent: Agent, report: Report, runs: dict[str, Run], code: int) -> "TurnAnswer":
    """The same for scripts; its model is built only when it is asked for."""
    from tiangong.fleet.forecast import refusals_of, verdicts_of
    from tiangong.fleet.reasons import reason_of
    from tiangong.model.answer import AnswerMetadata, TurnRun, trouble
    from tiangong.model.answer import Turn as TurnAnswer
    from tiangong.report.status import said_run

    return TurnAnswer(
        metadata=AnswerMetadata(name=agent.environment),
        at=clock(),
        revision=report.desired.revision,
        digest=report.plan.digest,
        verdicts=verdicts_of(report.plan),
        runs=tuple(
            TurnRun(installation=run.installation, product=run.product, run=said_run(run)) for run in runs.values()
        ),
        refusals=refusals_of(report.desired.refusals),
        holds=tuple(reason_of(Reason("hold", found)) for found in report.desired.holds),
        problems=tuple(trouble(found) for found in report.problems),
        reported=report.pushed,
        exit=code,
    )


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _log(line: str) -> None:
    print(f"{clock().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", file=sys.stderr, flush=True)
