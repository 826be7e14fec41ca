"""`tiangong why`: every constraint that holds an installation, how to mend it, and the earliest time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import typer

from tiangong.cli.bullets import INDENT, against, bullet, reason_bullet
from tiangong.cli.clock import clock
from tiangong.cli.output import Format, complain, raw, say, tell
from tiangong.cli.output import answer as print_answer
from tiangong.cli.output import answers as print_answers
from tiangong.cli.reading import Choice, ago, choose, local, open_fleet, short
from tiangong.errors import Away, Refused, TiangongError
from tiangong.fleet.clone import Clone
from tiangong.fleet.foresight import foresee, unenforced
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.statuses import NOBODY, Said
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, Basis, Explanation, trouble
from tiangong.model.stages import Desired
from tiangong.model.status import InstallationStatus
from tiangong.trust.reading import Cache

GOOD = ("Healthy", "Missing")

app = typer.Typer(add_completion=False)


@app.command()
def why(
    target: Annotated[str, typer.Argument(metavar="ENV[/INST]", help="An environment, or one installation in it.")],
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Say why nothing happens: every constraint, its remedy, the earliest time, and what speaks against newer versions.

    From the agent's last signed status; the first line says how old that is.
    """
    choice = Choice.of(target)
    fleet, away = open_fleet(offline=offline)
    now = clock()
    (said,) = choose(fleet, choice, now)
    answers = list(explain(fleet.clone, said, choice.installation, now))
    if output is not Format.TABLE:
        if choice.installation:
            print_answer(answers[0], output)
        else:
            print_answers(answers, output)
    else:
        _show(said, answers, now)
    if away:
        complain(away)
        raise typer.Exit(away.exit_code)


def explain(clone: Clone, said: Said, installation: str, now: datetime) -> Iterator[Explanation]:
    """One explanation for each installation chosen; one without an installation where there is none."""
    main = clone.main()
    if said.status is None:
        if any(found.code not in NOBODY for found in said.problems):
            raise Refused(*said.problems)
        yield _explanation(said, None, Basis(source="nothing", main=main), ())
        return
    spec = said.status.spec
    basis = Basis(source="status", at=spec.at, counter=spec.counter, revision=spec.revision, main=main)
    chosen = [one for one in spec.installations if installation in ("", one.name)]
    desired = _desired(clone, said, now)
    for one in chosen:
        unlimited = unenforced(desired, one.name, one.target or one.version) if desired else ()
        yield _explanation(said, one, basis, unlimited)
    if not chosen:
        yield _explanation(said, None, basis, ())


def _explanation(said: Said, one: InstallationStatus | None, basis: Basis, unlimited: tuple[str, ...]) -> Explanation:
    name = f"{said.environment}/{one.name}" if one else said.environment
    return Explanation(
        metadata=AnswerMetadata(name=name, labels=dict(said.labels)),
        basis=basis,
        problems=tuple(trouble(found) for found in said.problems),
        holds=said.status.spec.holds if said.status else (),
        refusals=said.status.spec.refusals if said.status else (),
        installation=one,
        unenforced=unlimited,
    )


def _desired(clone: Clone, said: Said, now: datetime) -> Desired | None:
    """The wishes on main; None when nothing of them can be trusted, which is said elsewhere."""
    try:
        return foresee(clone.snapshot(clone.main()), said, receipts_of(clone, said, now), now, Cache()).desired
    except TiangongError:
        return None


# ── showing ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _show(said: Said, answers: Sequence[Explanation], now: datetime) -> None:
    first = answers[0]
    if first.basis.source == "nothing":
        for found in said.problems:
            bullet(found)
        tell("why/see-plan", environment=said.environment)
        return
    age = ago(said.age(now))
    facts = {"counter": first.basis.counter, "revision": short(first.basis.revision)}
    say("why/basis", environment=said.environment, age=age, **facts)
    for hold in first.holds:
        reason_bullet(hold)
    for answer in answers:
        _installation(answer)
    if first.refusals:
        say("why/refusals")
    for refusal in first.refusals:
        reason_bullet(refusal, INDENT)
    _remarks(said, first.basis, age, now)


def _remarks(said: Said, basis: Basis, age: str, now: datetime) -> None:
    """On stderr: why the answer may not be the newest."""
    if said.problems:
        complain(Refused(*said.problems))
    if said.is_overdue(now):
        complain(Away.of("fleet/overdue", environment=said.environment, age=age))
    if basis.revision != basis.main:
        tell("why/main-moved", environment=said.environment, main=short(basis.main))


def _installation(answer: Explanation) -> None:
    one = answer.installation
    if one is None:
        say("status/nothing-wished")
        return
    facts = {"name": answer.metadata.name, "version": one.version or "-", "target": one.target or "-"}
    say(f"why/{_word(one)}", **facts, channel=one.channel.upper())
    for line in _facts(answer, one):
        raw(INDENT + line)
    for reason in one.reasons:
        reason_bullet(reason, INDENT)
    against(one.candidates, one.target, one.reasons, INDENT)


def _facts(answer: Explanation, one: InstallationStatus) -> Iterator[str]:
    """What else is worth knowing before the reasons."""
    if one.run and one.run.result in ("running", "in-doubt"):
        yield text("why/run", run=one.run.id, result=one.run.result)
    if one.health not in GOOD:
        yield text("why/health", health=one.health)
    if one.drifted:
        yield text("why/drifted", steps=", ".join(one.drifted))
    if one.earliest:
        yield text("why/earliest", when=local(one.earliest))
    if answer.unenforced:
        yield text("why/unenforced", steps=", ".join(answer.unenforced))


def _word(one: InstallationStatus) -> str:
    """Which sentence sums an installation up."""
    if one.state == "absent" and one.version:
        return "uninstall-held" if one.verdict == "held" else "uninstalls"
    if one.state == "absent" and one.verdict == "up-to-date":
        return "absent"
    return "held-empty" if one.verdict == "held" and one.version is None else one.verdict
