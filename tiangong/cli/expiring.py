"""`tiangong expiring`: everything that ends by itself, the nearest first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from tiangong.author.shelf import Shelf
from tiangong.cli.clock import clock
from tiangong.cli.landing import head_of
from tiangong.cli.output import Format, answers, items, say, tell
from tiangong.cli.writing import open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, TiangongError
from tiangong.fleet.clone import Clone as Fleet
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata
from tiangong.model.authority import EndingAnswer
from tiangong.model.document import Document
from tiangong.model.environment import Agent, Environment, Suppression
from tiangong.model.scalar import parse_duration
from tiangong.model.stages import SealMark, Signed, Tree
from tiangong.planner.resolve import STALE_AFTER
from tiangong.trust.endings import Ending, endings
from tiangong.trust.seal import read_sealing

app = typer.Typer(add_completion=False)
COLUMNS = {"ENDS": "ends", "LEFT": "left", "WHAT": "what", "NAME": "name", "FILE": "path"}
KINDS: dict[str, type[Document]] = {"Environment": Environment, "Agent": Agent, "Suppression": Suppression}


@app.command()
def expiring(
    within: Annotated[str, typer.Option("--within", metavar="TIME", help="Only what ends so soon: 14d.")] = "",
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List what ends by itself: policy, root, environments, authorities, agents' keys, suppressions, the seal."""
    from tiangong.fleet.clone import find_clone

    clone, now = open_clone(), clock()
    limit = _time(within)
    found = [one for one in of_clone(find_clone(clone.root, {}), head_of(clone)) if not limit or one.left(now) <= limit]
    if output is not Format.TABLE:
        answers([_answer(one, now) for one in found], output)
    elif found:
        items([_row(one, now) for one in found], output, columns=COLUMNS)
        if any(one.is_urgent(now) for one in found):
            tell("expiring/renew")
    else:
        say("expiring/nothing")


def of_clone(fleet: Fleet, tree: Tree) -> list[Ending]:
    """What ends, of a commit and of the newest seal as it was last fetched."""
    documents = [*ending_documents(tree)]
    ages = [_stale_after(one.document.spec) for one in documents if isinstance(one.document, Environment)]
    return endings(documents, _newest(fleet), min(ages, default=None))


def ending_documents(tree: Tree) -> Iterator[Signed[Document]]:
    """Accepted documents that may have an end."""
    shelf = Shelf(tree)
    yield shelf.policy
    yield shelf.root_signed
    for folder in ("suppressions", *(f"environments/{e.name}" for e in tree.folder("environments") if e.is_folder)):
        for entry in tree.folder(folder):
            path = f"{folder}/{entry.name}"
            kind = KINDS.get(kind_at(path) or "")
            found = shelf.one(path, kind) if kind else None
            if found and not shelf.is_withdrawn(found):
                yield found


def warnings(found: list[Ending], now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """What somebody should be told, as sentences: soon, or over."""
    for one in found:
        if one.is_urgent(now):
            days = max(one.left(now).days, 0)
            code = "expiring/over" if one.left(now) <= timedelta() else "expiring/soon"
            yield (
                code,
                {"what": text(f"expiring/{one.what}"), "name": one.name, "days": days, "at": one.ends.isoformat()},
            )


def _newest(fleet: Fleet) -> SealMark | None:
    seals = fleet.snapshot(fleet.main()).seals
    try:
        return read_sealing(seals.tree, seals.commit).mark if seals else None
    except TiangongError:
        return None


def _stale_after(spec: Any) -> timedelta:
    found: timedelta = spec.stale_after or STALE_AFTER[spec.connectivity]
    return found


def _row(one: Ending, now: datetime) -> dict[str, Any]:
    left = one.left(now)
    shown = text("expiring/is-over") if left <= timedelta() else text("expiring/days", days=left.days)
    return {
        "ends": one.ends.astimezone().strftime("%Y-%m-%d %H:%M"),
        "left": shown,
        "what": text(f"expiring/{one.what}"),
        "name": one.name,
        "path": one.path,
    }


def _answer(one: Ending, now: datetime) -> EndingAnswer:
    return EndingAnswer(
        metadata=AnswerMetadata(name=f"{one.what}/{one.name}"),
        what=one.what,
        path=one.path,
        ends=one.ends,
        urgent=one.is_urgent(now),
    )


def _time(value: str) -> timedelta | None:
    try:
        return parse_duration(value) if value else None
    except ValueError:
        raise Misuse.of("sealing/bad-time", value=value) from None
