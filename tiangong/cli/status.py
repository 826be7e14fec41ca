"""`tiangong status`: the fleet as a matrix, or one environment with its runs."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from tiangong.cli.output import Format, complain, document, items, say, screen, tell
from tiangong.cli.reading import Choice, ago, choose, clock, local, open_clone, renew, short
from tiangong.documents.dump import fields
from tiangong.errors import Away, Refused, problem
from tiangong.fleet.clone import Clone
from tiangong.fleet.receipts import newest_runs
from tiangong.fleet.statuses import Said
from tiangong.messages import text
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
    target: Annotated[
        str | None, typer.Argument(metavar="[ENV[/INST]]", help="One environment, with its runs.")
    ] = None,
    env: Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Only environments whose name fits.")] = "",
    label: Annotated[list[str] | None, typer.Option("-l", metavar="K=V", help="Only with this label.")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on showing it; Ctrl-C ends.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show what is: every environment, or one. From each agent's last signed status."""
    choice = Choice.of(target, env, label or ())
    clone, away = open_clone(offline=offline)
    found = choose(clone, choice, clock())
    if watch:
        _watch(clone, choice, output)
    _show(clone, found, choice, output, clock())
    if away:
        raise typer.Exit(Away.exit_code)


def _watch(clone: Clone, choice: Choice, form: Format) -> None:
    while True:
        with screen():
            _show(clone, choose(clone, choice, clock()), choice, form, clock())
        time.sleep(EVERY)
        renew(clone)


def _show(clone: Clone, found: Sequence[Said], choice: Choice, form: Format, now: datetime) -> None:
    if form in (Format.JSON, Format.YAML):
        _data(found, choice, form)
    elif choice.environment and form is Format.TABLE:
        _one(clone, found[0], choice, now)
    elif found:
        items([row for said in found for row in _rows(said, choice, now)], form, columns=MATRIX)
        _hints(found, now)
    else:
        tell("status/no-environments")


def _data(found: Sequence[Said], choice: Choice, form: Format) -> None:
    """The signed documents themselves; who has none, or none to be trusted, is named on stderr."""
    for said in found:
        if said.problems:
            complain(Refused(*said.problems))
    documents = [fields(said.status) for said in found if said.status]
    if not choice.environment:
        items(documents, form, columns={})
    elif documents:
        document(documents[0], form)


def _rows(said: Said, choice: Choice, now: datetime) -> list[dict[str, Any]]:
    if said.status is None:
        row = {"name": said.environment, "environment": said.environment, "verdict": _why_none(said)}
        return [dict.fromkeys(MATRIX.values(), NOTHING) | row]
    age = ago(said.age(now))
    heard = text("status/overdue", age=age) if said.is_overdue(now) else age
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
        "health": said.health,
        "verdict": _verdict(said),
        "since": local(said.since),
    }


def _version(said: InstallationStatus) -> str:
    here = said.version or NOTHING
    moves = said.target and said.target != said.version and said.verdict != "up-to-date"
    return f"{here} → {said.target}" if moves else here


def _verdict(said: InstallationStatus) -> str:
    if said.run and said.run.result in ("running", "in-doubt"):
        return text(f"status/{said.run.result}")
    constraints = ", ".join(dict.fromkeys(reason.constraint for reason in said.reasons))
    return f"{said.verdict}: {constraints}" if constraints else said.verdict


def _why_none(said: Said) -> str:
    codes = {found.code for found in said.problems}
    if "fleet/no-agent" in codes:
        return text("status/no-agent")
    return text("status/no-status") if "fleet/no-status" in codes else text("status/not-trusted")


def _hints(found: Sequence[Said], now: datetime) -> None:
    """What to look at next, on stderr: who is not to be trusted, who is overdue, who is held."""
    for said in found:
        distrusted = tuple(p for p in said.problems if p.code not in ("fleet/no-agent", "fleet/no-status"))
        if distrusted:
            complain(Refused(*distrusted))
    held = [said.environment for said in found if said.status and _held(said)]
    if held:
        tell("status/see-why", environment=held[0])


def _held(said: Said) -> bool:
    return bool(said.status and any(i.verdict == "held" for i in said.status.spec.installations))


def _one(clone: Clone, said: Said, choice: Choice, now: datetime) -> None:
    if said.status is None:
        raise Refused(*said.problems) if not said.agent or said.problems else Refused(problem("fleet/no-status"))
    spec = said.status.spec
    say(
        "status/head",
        environment=said.environment,
        age=ago(said.age(now)),
        revision=short(spec.revision),
        agent=spec.agent,
        level=spec.level,
    )
    chosen = [i for i in spec.installations if choice.installation in ("", i.name)]
    items([_row(said.environment, i) for i in chosen], Format.TABLE, columns=DETAIL)
    runs = [run for run in newest_runs(clone, said, now) if choice.installation in ("", run.installation)]
    if runs:
        items([_run_row(run.row, now) for run in runs], Format.TABLE, columns=RUNS)
    if said.problems or said.is_overdue(now):
        overdue = problem("fleet/overdue", environment=said.environment, age=ago(said.age(now)))
        complain(Away(*said.problems, *([overdue] if said.is_overdue(now) else [])))
    if _held(said):
        tell("status/see-why", environment=said.environment)
