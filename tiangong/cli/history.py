"""`tiangong history`: what changed when in an environment, and every generation of a document."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Any

import typer

from tiangong.author.past import Version, versions
from tiangong.author.shelf import Shelf
from tiangong.author.target import ALONE, find_target
from tiangong.cli.clock import clock
from tiangong.cli.output import Format, answers, complain, items, say, tell
from tiangong.cli.reading import Choice, ago, choose, local, open_fleet, short
from tiangong.cli.writing import inside, open_clone, show_fields
from tiangong.errors import Place, Refused, TiangongError
from tiangong.fleet.past import runs
from tiangong.fleet.receipts import RunLine
from tiangong.fleet.statuses import NOBODY, Fleet, Said
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, DocumentVersion, FieldDifference, PastRun

COLUMNS = {
    "STARTED": "started",
    "INSTALLATION": "installation",
    "WHAT": "change",
    "VERSION": "version",
    "RESULT": "result",
    "TOOK": "took",
    "BY": "by",
    "RUN": "run",
}
FEW = 20
app = typer.Typer(add_completion=False)

Most = Annotated[int, typer.Option("-n", metavar="N", min=1, max=1000, help="So many, the newest.")]


@app.command()
def history(
    target: Annotated[
        list[str] | None, typer.Argument(metavar="[ENV[/INST] | FILE]", help="All when left out.")
    ] = None,
    *,
    most: Most = FEW,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show what changed when: the runs of an environment or installation, or the generations of a document.

    Runs come from receipts their agent signed, with who let the release into the channel; a document's generations
    from Git, with who signed each. A document is named by its path, or as for edit: profile production.
    """
    words = target or []
    if len(words) > 1 or (words and (words[0].endswith(".yaml") or words[0] in ALONE)):
        _document(words, most, output)
    else:
        _runs(words[0] if words else None, most, output, offline=offline)


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _runs(target: str | None, most: int, form: Format, *, offline: bool) -> None:
    choice = Choice.of(target)
    fleet, away = open_fleet(offline=offline)
    now = clock()
    found: list[PastRun] = []
    for said in choose(fleet, Choice(choice.environment), now):
        if said.status is None and any(one.code not in NOBODY for one in said.problems):
            complain(Refused(*said.problems))
        found += _past(fleet, said, choice.installation, most, now)
    found.sort(key=lambda one: (one.started, one.run), reverse=True)
    if form is not Format.TABLE:
        answers(found[:most], form)
    elif found:
        items([_row(one) for one in found[:most]], form, columns=COLUMNS)
    else:
        tell("history/no-runs", name=target or text("suppress/everything"))
    if away:
        raise away


def _past(fleet: Fleet, said: Said, installation: str, most: int, now: datetime) -> Iterator[PastRun]:
    """Runs of one environment, each with the version before it."""
    listed = list(islice(runs(fleet.clone, said, now, installation), most * 2))
    shelf = _shelf(fleet)
    channels = {one.name: one.channel for one in (said.status.spec.installations if said.status else ())}
    for number, line in enumerate(listed):
        if line.started is None:
            place = Place(f"status/{said.environment}", field=f"runs/{line.run}")
            complain(Refused.of("history/untrusted", place))
            continue
        older = (o for o in listed[number + 1 :] if o.installation == line.installation and o.result == "succeeded")
        before = next(older, None)
        channel = channels.get(line.installation, "")
        yield PastRun(
            metadata=AnswerMetadata(name=f"{said.environment}/{line.installation}", labels=dict(said.labels)),
            run=line.run,
            change=line.kind,
            before=before.version if before else None,
            version=line.version,
            channel=channel,
            result=line.result,
            started=line.started,
            ended=line.ended,
            by=_who(shelf, said, line, channel),
        )


def _shelf(fleet: Fleet) -> Shelf | None:
    try:
        return Shelf(fleet.clone.tree(fleet.clone.main()))
    except TiangongError:
        return None


def _who(shelf: Shelf | None, said: Said, line: RunLine, channel: str) -> tuple[str, ...]:
    """Who let the release into the channel: whoever promoted it, on the first channel whoever published it."""
    installations = said.status.spec.installations if said.status else ()
    product = next((one.product for one in installations if one.name == line.installation), "")
    if shelf is None or not channel or not product:
        return ()
    try:
        promotion = shelf.promotion(product, line.version, channel)
        found = promotion or shelf.document(product, line.version)
    except TiangongError:
        return ()
    return found.signers


def _row(one: PastRun) -> dict[str, Any]:
    moves = one.before and one.before != one.version
    return {
        "name": one.run,
        "started": local(one.started),
        "installation": one.metadata.name,
        "change": one.change,
        "version": f"{one.before} → {one.version}" if moves else one.version,
        "result": one.result,
        "took": ago(one.ended - one.started) if one.ended else None,
        "by": ", ".join(one.by),
        "run": one.run,
    }


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────
def _document(words: Sequence[str], most: int, form: Format) -> None:
    clone = open_clone()
    if words[-1].endswith(".yaml"):
        (path,) = inside(clone, [words[-1]])
    else:
        path = find_target(clone.work(), words, lambda paths: inside(clone, paths)).path
    found = list(versions(clone, path, most + 1))
    if form is not Format.TABLE:
        answers([_answer(path, one) for one in found[:most]], form)
        return
    for one in found[:most]:
        _show(one)
    if len(found) > most:
        tell("history/more", target=" ".join(words), more=most * 2)


def _show(one: Version) -> None:
    facts = {"when": local(one.at), "commit": short(one.commit), "subject": one.subject}
    if one.raw is None:
        say("history/removed", **facts)
        return
    signers = ", ".join(one.signers) or text("history/nobody")
    say("history/version", **facts, generation=one.generation or "-", signers=signers)
    show_fields(one.changes)


def _answer(path: str, one: Version) -> DocumentVersion:
    return DocumentVersion(
        metadata=AnswerMetadata(name=path),
        commit=one.commit,
        at=one.at,
        subject=one.subject,
        generation=one.generation,
        signers=one.signers,
        fields=tuple(FieldDifference(field=c.field, old=c.old, new=c.new) for c in one.changes),
    )
