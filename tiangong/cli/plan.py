"""`tiangong plan`: what would happen next, step by step; the line stopped before act."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tiangong.cli.bullets import INDENT, against, reason_bullet
from tiangong.cli.clock import clock
from tiangong.cli.output import Format, complain, raw, say, tell
from tiangong.cli.output import answer as print_answer
from tiangong.cli.output import answers as print_answers
from tiangong.cli.reading import Choice, ago, choose, local, open_fleet, short
from tiangong.errors import Held, Misuse, Refused, TiangongError
from tiangong.fleet.forecast import basis_of, refusals_of, verdicts_of
from tiangong.fleet.foresight import foresee
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.statuses import NOBODY, Fleet
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, Basis, PlanAnswer, PlannedVerdict
from tiangong.trust.reading import Cache

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: as of which time, and on which branch (empty: what agents would act on)."""

    at: datetime
    now: datetime
    branch: str = ""


@app.command()
def plan(
    target: Annotated[str | None, typer.Argument(metavar="ENV[/INST]", help="One; every one when left out.")] = None,
    *,
    env: Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Only environments whose name fits.")] = "",
    label: Annotated[list[str] | None, typer.Option("-l", metavar="K=V", help="Only with this label.")] = None,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="As of then: 2026-12-01T02:00:00+01:00.")] = "",
    branch: Annotated[str, typer.Option("--branch", metavar="B", help="As if this branch were main.")] = "",
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="PATH", help="On an agent's host: look at the host itself.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 3 when something is held.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show what would happen next, in order; nothing is done.

    The first line says what it rests on: the agent's last signed status and how old that is, or with --settings a look
    at the host. Which executors a host has enabled, and how, is known only there.
    """
    now = clock()
    question = Question(read_time(at) if at else now, now, branch)
    choice = Choice.of(target, env, label or ())
    if settings:
        answers, away = [_live(settings, question)], None
    else:
        fleet, away = open_fleet(offline=offline)
        answers = list(_from_git(fleet, choice, question))
    answers = [_only(answer, choice.installation) for answer in answers]
    _show(answers, question, output, alone=bool(choice.environment or settings))
    if away:
        complain(away)
    if exit_code and any(verdict.verdict == "held" for answer in answers for verdict in answer.verdicts):
        raise typer.Exit(Held.exit_code)
    if away:
        raise typer.Exit(away.exit_code)


def read_time(word: str) -> datetime:
    """A time as typed; without an offset it is this machine's. Misuse when it is none."""
    try:
        return datetime.fromisoformat(word).astimezone()
    except (ValueError, OverflowError):
        raise Misuse.of("foresight/bad-time", word=word) from None


def _live(path: Path, question: Question) -> PlanAnswer:
    """As the agent of this host would plan, after a look at the host."""
    from tiangong.host.preview import preview
    from tiangong.settings import read_settings

    if question.branch:
        raise Misuse.of("foresight/branch-on-host")
    found = preview(read_settings(path), question.at, question.now)
    return PlanAnswer(
        metadata=AnswerMetadata(name=found.plan.environment),
        basis=Basis(source="survey", at=question.now, main=found.desired.revision),
        at=question.at,
        digest=found.plan.digest,
        verdicts=verdicts_of(found.plan),
        refusals=refusals_of(found.desired.refusals),
    )


def _from_git(fleet: Fleet, choice: Choice, question: Question) -> Iterator[PlanAnswer]:
    """One answer for each environment chosen; what is wrong with one of many is said and doesn't hide the others."""
    clone = fleet.clone
    commit = clone.branch(question.branch) if question.branch else clone.main()
    snapshot, cache = clone.snapshot(commit), Cache()
    for said in choose(fleet, replace(choice, installation=""), question.now):
        try:
            if said.status is None and any(found.code not in NOBODY for found in said.problems):
                raise Refused(*said.problems)
            found = foresee(snapshot, said, receipts_of(clone, said, question.now), question.at, cache)
        except TiangongError as error:
            if choice.environment:
                raise
            complain(error)
            continue
        yield PlanAnswer(
            metadata=AnswerMetadata(name=said.environment, labels=dict(said.labels)),
            basis=basis_of(said.status, commit),
            at=question.at,
            digest=found.plan.digest,
            verdicts=verdicts_of(found.plan),
            refusals=refusals_of(found.desired.refusals),
        )
    unpushed = 0 if question.branch else clone.unpushed()
    if unpushed:
        tell("foresight/unpushed", count=unpushed)


def _only(answer: PlanAnswer, installation: str) -> PlanAnswer:
    if not installation:
        return answer
    chosen = tuple(verdict for verdict in answer.verdicts if verdict.installation == installation)
    if not chosen:
        known = ", ".join(verdict.installation for verdict in answer.verdicts) or "-"
        facts = {"environment": answer.metadata.name, "installation": installation, "known": known}
        raise Misuse.of("fleet/no-installation", **facts)
    return answer.model_copy(update={"verdicts": chosen})


# ── showing ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _show(answers: list[PlanAnswer], question: Question, form: Format, *, alone: bool) -> None:
    if form is not Format.TABLE:
        if alone:
            print_answer(answers[0], form)
        else:
            print_answers(answers, form)
        return
    for answer in answers:
        _basis(answer, question)
        for verdict in answer.verdicts:
            _verdict(verdict)
        if not answer.verdicts:
            raw(INDENT + text("status/nothing-wished"))
        if answer.refusals:
            raw(INDENT + text("foresight/refusals"))
        for refusal in answer.refusals:
            reason_bullet(refusal, INDENT * 2)


def _basis(answer: PlanAnswer, question: Question) -> None:
    basis = answer.basis
    facts = {"environment": answer.metadata.name, "revision": short(basis.main), "branch": question.branch or "main"}
    if basis.at:
        say(f"foresight/from-{basis.source}", **facts, age=ago(question.now - basis.at), counter=basis.counter)
    else:
        say("foresight/from-nothing", **facts)
    if question.at != question.now:
        raw(INDENT + text("foresight/as-of", when=local(question.at)))


def _way(verdict: PlannedVerdict) -> str:
    """`1.0.0 → 1.1.0`, or one of them."""
    ways = [version for version in (verdict.installed, verdict.target) if version]
    return " → ".join(dict.fromkeys(ways)) or "-"


def _verdict(verdict: PlannedVerdict) -> None:
    facts = {"installation": verdict.installation, "change": _way(verdict)}
    if verdict.change:
        say(f"foresight/change-{verdict.verdict}", **facts, kind=verdict.change.kind)
        for code, steps in (("foresight/undo", verdict.change.undo), ("foresight/step", verdict.change.steps)):
            for number, step in enumerate(steps, 1):
                raw(INDENT * 2 + text(code, number=number, step=step.name, executor=step.executor))
    else:
        absent = verdict.verdict == "up-to-date" and verdict.installed is None
        say("foresight/absent" if absent else f"foresight/{verdict.verdict}", **facts)
    for reason in verdict.reasons:
        reason_bullet(reason, INDENT * 2)
    against(verdict.candidates, verdict.target, verdict.reasons, INDENT * 2)
