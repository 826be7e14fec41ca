"""`tiangong status`: the fleet as a matrix, or one environment with its runs."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer

from tiangong.cli.clock import clock
from tiangong.cli.output import Format, complain, document, items, say, screen, tell
from tiangong.cli.reading import Choice, ago, choose, local, open_fleet, renew, short
from tiangong.errors import Away, Refused, TiangongError
from tiangong.fleet.clone import Clone
from tiangong.fleet.reasons import alarms
from tiangong.fleet.receipts import RunLine, newest_runs
from tiangong.fleet.statuses import NOBODY, Fleet, Said
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, EnvironmentStatus, trouble
from tiangong.model.status import InstallationStatus

EVERY = 3.0
MATRIX = {
    "ENVIRONMENT": "environment",
    "PRODUCT": "product",
    "VERSION": "version",
    "HEALTH": "health",
    "VERDICT": "verdict",
    "AGE": "age",
}
DETAIL = {
    "INSTALLATION": "installation",
    "PRODUCT": "product",
    "CHANNEL": "channel",
    "VERSION": "version",
    "HEALTH": "health",
    "VERDICT": "verdict",
    "SINCE": "since",
}
RUNS = {
    "RUN": "run",
    "INSTALLATION": "installation",
    "VERSION": "version",
    "WHAT": "kind",
    "RESULT": "result",
    "STARTED": "started",
    "TOOK": "took",
}
NOTHING = "-"

app = typer.Typer(add_completion=False)


@app.command()
def status(
    target: Annotated[str | None, typer.Argument(metavar="ENV[/INST]", help="One environment, with its runs.")] = None,
    env: Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Only environments whose name fits.")] = "",
    label: Annotated[list[str] | None, typer.Option("-l", metavar="K=V", help="Only with this label.")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on showing it; Ctrl-C ends.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show what is: every environment, or one. From each agent's last signed status."""
    choice = Choice.of(target, env, label or ())
    fleet, away = open_fleet(offline=offline)
    if watch:
        _watch(fleet, choice, output, away, offline=offline)
    _show(fleet, choice, output, clock())
    if away:
        complain(away)
        raise typer.Exit(away.exit_code)


def _watch(fleet: Fleet, choice: Choice, form: Format, away: Away | None, *, offline: bool) -> NoReturn:
    """Until Ctrl-C; what goes wrong with the remote stands below the picture."""
    while True:
        with screen():
            _show(fleet, choice, form, clock())
            if away:
                complain(away)
        time.sleep(EVERY)
        away = None if offline else renew(fleet)


def _show(fleet: Fleet, choice: Choice, form: Format, now: datetime) -> None:
    as_data = form in (Format.JSON, Format.YAML)
    found = choose(fleet, choice, now, labelled=as_data)
    if as_data:
        answers = [answer_of(said, now) for said in found]
        if choice.environment:
            document(answers[0], form)
        else:
            items(answers, form, columns={})
    elif choice.environment and form is Format.TABLE:
        _one(fleet.clone, found[0], choice, now)
    elif found:
        ends = _ends(fleet.clone, now)  # first: whoever sees the table may go away
        items([row for said in found for row in _rows(said, choice, now)], form, columns=MATRIX)
        _hints(found)
        for code, facts in ends:
            tell(code, **facts)
    else:
        tell("status/no-environments")


def _ends(clone: Clone, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Warn of what ends soon; whoever can't trust the repository is told so elsewhere."""
    from tiangong.cli.expiring import of_clone, warnings

    with suppress(TiangongError):
        return [*warnings(of_clone(clone, clone.tree(clone.main())), now)]
    return []


def answer_of(said: Said, now: datetime) -> dict[str, Any]:
    """One environment as data; only what is really its agent's word stands under `status`."""
    return EnvironmentStatus(
        metadata=AnswerMetadata(name=said.environment, labels=dict(said.labels)),
        trusted=said.status is not None,
        heard=said.heard,
        overdue=said.is_overdue(now),
        problems=tuple(trouble(found) for found in said.problems),
        status=said.status,
    ).model_dump(mode="json", by_alias=True)


def _rows(said: Said, choice: Choice, now: datetime) -> list[dict[str, Any]]:
    if said.status is None:
        row = {"name": said.environment, "environment": said.environment, "verdict": _why_none(said)}
        return [dict.fromkeys(MATRIX.values(), NOTHING) | row]
    age = ago(said.age(now))
    heard = text("status/overdue", age=age) if said.is_overdue(now) else age
    heard = text("status/retired", age=age) if said.is_retired else heard
    rows = [
        _row(said.environment, installation) | {"age": heard}
        for installation in said.status.spec.installations
        if choice.installation in ("", installation.name)
    ]
    nothing = {"name": said.environment, "environment": said.environment, "age": heard}
    return rows or [dict.fromkeys(MATRIX.values(), NOTHING) | nothing | {"verdict": text("status/nothing-wished")}]


def _row(environment: str, said: InstallationStatus) -> dict[str, Any]:
    same = said.name == said.product
    return {
        "name": f"{environment}/{said.name}",
        "environment": environment,
        "installation": said.name,
        "product": said.product if same else f"{said.product} ({said.name})",
        "channel": said.channel.upper(),
        "version": _version(said),
        "health": NOTHING if said.state == "absent" and not said.version else said.health,
        "verdict": _verdict(said),
        "since": local(said.since),
    }


def _version(said: InstallationStatus) -> str:
    here = said.version or NOTHING
    if said.state == "absent" and said.version:
        return f"{here} → {text('status/absent')}"
    moves = said.target and said.target != said.version and said.verdict != "up-to-date"
    return f"{here} → {said.target}" if moves else here


def _verdict(said: InstallationStatus) -> str:
    if said.run and said.run.result in ("running", "in-doubt"):
        return text(f"status/{said.run.result}")
    if said.state == "absent" and said.version is None and said.verdict == "up-to-date":
        return text("status/absent")
    constraints = ", ".join(dict.fromkeys(reason.constraint for reason in said.reasons))
    return f"{said.verdict}: {constraints}" if constraints else said.verdict


def _why_none(said: Said) -> str:
    codes = {found.code for found in said.problems}
    if "fleet/no-agent" in codes:
        return text("status/no-agent")
    return text("status/no-status") if "fleet/no-status" in codes else text("status/not-trusted")


def _hints(found: Sequence[Said]) -> None:
    """What to look at next, on stderr: who is not to be trusted, who is held."""
    for said in found:
        distrusted = tuple(p for p in said.problems if p.code not in NOBODY)
        if distrusted:
            complain(Refused(*distrusted))
        _alarm(said)
    held = [said.environment for said in found if _held(said)]
    if held:
        tell("status/see-why", environment=held[0])


def _alarm(said: Said) -> None:
    """On stderr, where nobody overlooks it: what looks like an attack (R12)."""
    found = alarms(said.status.spec) if said.status else ()
    if found:
        tell("status/alarm", environment=said.environment, count=len(found))
        complain(Refused(*found))


def _held(said: Said) -> bool:
    return bool(said.status and any(i.verdict == "held" for i in said.status.spec.installations))


def _one(clone: Clone, said: Said, choice: Choice, now: datetime) -> None:
    if said.status is None:
        raise Refused(*said.problems)
    spec = said.status.spec
    age = ago(said.age(now))
    facts = {"revision": short(spec.revision), "agent": spec.agent, "level": spec.level}
    say("status/head", environment=said.environment, age=age, **facts)
    if spec.seal:
        age_of_seal = ago(now - spec.seal.issued)
        say("status/seal", environment=said.environment, sequence=spec.seal.sequence, age=age_of_seal)
    chosen = [i for i in spec.installations if choice.installation in ("", i.name)]
    items([_row(said.environment, i) for i in chosen], Format.TABLE, columns=DETAIL)
    runs = newest_runs(clone, said, now, choice.installation)
    if runs:
        items([_run_row(run, now) for run in runs], Format.TABLE, columns=RUNS)
    if said.problems:
        complain(Refused(*said.problems))
    _alarm(said)
    if said.is_retired:
        tell("status/is-retired", environment=said.environment)
    if said.is_overdue(now):
        complain(Away.of("fleet/overdue", environment=said.environment, age=age))
    if _held(said):
        tell("status/see-why", environment=said.environment)


def _run_row(run: RunLine, now: datetime) -> dict[str, Any]:
    took = (run.ended or now) - run.started if run.started else None
    result = text("status/in-doubt") if run.result == "in-doubt" else run.result
    return {
        "run": run.run,
        "installation": run.installation,
        "version": run.version,
        "kind": run.kind,
        "result": result or text("status/receipt-not-trusted"),
        "started": local(run.started),
        "took": ago(took),
    }
