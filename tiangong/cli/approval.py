"""`tiangong approval`: what waits for approvals, what was approved, and taking an approval back."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from tiangong.author.shelf import Shelf
from tiangong.cli.approve import changes
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, head_of
from tiangong.cli.nouns import show_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, answers, items, say, tell
from tiangong.cli.reading import Choice, local, open_fleet
from tiangong.cli.resume import Reason, withdraw
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, Place, Refused
from tiangong.fleet.waiting import Waiting
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata
from tiangong.model.approval import Approval
from tiangong.model.authority import PendingApproval
from tiangong.model.stages import Signed
from tiangong.trust.approval import FOLDER

HELP = "Approvals: pending, list, withdraw; approve makes one."
app = typer.Typer(add_completion=False, no_args_is_help=True, help=HELP)
PENDING = {"WHERE": "where", "CHANGE": "change", "VERSION": "version", "HAVE": "have", "WHO CAN": "who"}
COLUMNS = {"APPROVAL": "name", "RELEASE": "release", "ENVIRONMENTS": "environments", "UNTIL": "until", "BY": "signers"}


@app.command()
def pending(
    env: Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Only environments whose name fits.")] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List changes that wait for approvals, who can give them, and how many there are."""
    fleet, _ = open_fleet(offline=offline)
    found = [one for one in changes(fleet, Choice.of(None, env), clock()) if one.needs]
    if output is not Format.TABLE:
        answers([_pending(one) for one in found], output)
    elif found:
        items([_pending_row(one) for one in found], output, columns=PENDING)
        first = found[0]
        facts = {"release": f"{first.verdict.product}@{first.change.version}", "env": first.environment}
        tell("approval/how", **facts)
    else:
        say("approval/none-pending")


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over or withdrawn.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List the approvals in force, in the commit that is checked out."""
    shelf, now = Shelf(head_of(open_clone())), clock()
    found = [
        (path, one)
        for path, one in _every(shelf)
        if everything or one is None or (not shelf.is_withdrawn(one) and one.document.spec.until > now)
    ]
    if not found and output is Format.TABLE:
        tell("approval/none")
    else:
        show_documents(shelf, found, output, COLUMNS, lambda one: _row(shelf, one))


@app.command("withdraw")
def withdraw_(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Or the beginning of it.")],
    *,
    reason: Reason = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Take an approval back: one approver of its environments is enough. What has begun goes on."""
    clone = open_clone()
    shelf = Shelf(head_of(clone))
    found = [(path, one) for path, one in _every(shelf) if path.removeprefix(f"{FOLDER}/").startswith(id_)]
    if len(found) != 1:
        raise Misuse.of("approval/which", id=id_, count=len(found))
    path, one = found[0]
    if one is None:
        raise Refused(*shelf.why_not(path))
    if shelf.is_withdrawn(one):
        raise Misuse.of("approval/over", Place(path), id=id_)
    wanted = Wanted("", push=push, branch=branch, dry_run=dry_run)
    withdraw(clone, [one], reason, wanted, Signers(key, person), ask=not yes)


def _every(shelf: Shelf) -> Iterator[tuple[str, Signed[Approval] | None]]:
    for entry in shelf.tree.folder(FOLDER):
        path = f"{FOLDER}/{entry.name}"
        if kind_at(path) == Approval.__name__:
            yield path, shelf.one(path, Approval)


def _row(shelf: Shelf, one: Signed[Approval]) -> dict[str, Any]:
    spec = one.document.spec
    over = f" ({text('suppress/withdrawn')})" if shelf.is_withdrawn(one) else ""
    return {
        "name": one.document.metadata.name,
        "release": f"{spec.product}@{spec.version}",
        "environments": ", ".join(spec.environments),
        "until": local(spec.until) + over,
        "signers": ", ".join(one.signers),
    }


def _pending(one: Waiting) -> PendingApproval:
    return PendingApproval(
        metadata=AnswerMetadata(name=f"{one.environment}/{one.verdict.installation}"),
        product=one.verdict.product,
        version=one.change.version,
        change=str(one.change.kind),
        have=max((int(need.facts["have"] or 0) for need in one.needs), default=0),
        need=max((int(need.facts["need"] or 0) for need in one.needs), default=0),
        who=tuple(str(one.needs[0].facts["who"]).split(", ")),
    )


def _pending_row(one: Waiting) -> dict[str, Any]:
    said = _pending(one)
    return {
        "where": said.metadata.name,
        "change": said.change,
        "version": said.version,
        "have": f"{said.have}/{said.need}",
        "who": ", ".join(said.who),
    }
