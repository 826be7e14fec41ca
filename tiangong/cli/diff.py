"""`tiangong diff`: what is wished against what is there, or one commit's documents against another's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from tiangong.author.changes import FieldChange, between
from tiangong.author.clone import Clone as Work
from tiangong.author.past import Differing, differing
from tiangong.cli.bullets import INDENT, reason_bullet
from tiangong.cli.clock import clock
from tiangong.cli.output import Format, answers, complain, raw, say
from tiangong.cli.reading import Choice, choose, open_fleet
from tiangong.cli.writing import inside, open_clone, sentence_of, show_fields
from tiangong.errors import Misuse, Refused, TiangongError
from tiangong.fleet.forecast import basis_of
from tiangong.fleet.foresight import Foresight, foresee
from tiangong.fleet.past import since
from tiangong.fleet.reasons import reason_of
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.roster import pins_found
from tiangong.fleet.statuses import NOBODY, Fleet, Said
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, Difference, DocumentDifference, FieldDifference
from tiangong.model.stages import Verdict, Wish
from tiangong.planner.resolve import resolve
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify

RANGE = ".."
app = typer.Typer(add_completion=False)


@app.command()
def diff(
    target: Annotated[
        list[str] | None, typer.Argument(metavar="[ENV[/INST] | REV..REV [PATH…]]", help="All when left out.")
    ] = None,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show what is wished against what is there, as the agent last reported: version, steps due, config.

    With REV..REV: the documents that differ between two commits, field by field, and who signed them. REV.. means: up
    to the commit that is checked out.
    """
    words = target or []
    if words and RANGE in words[0]:
        _documents(words[0], words[1:], output)
        return
    if len(words) > 1:
        raise Misuse.of("history/bad-range", range=words[0])
    _fleet(Choice.of(words[0] if words else None), output, offline=offline)


# ── wished and there ─────────────────────────────────────────────────────────────────────────────────────────────
def _fleet(choice: Choice, form: Format, *, offline: bool) -> None:
    fleet, away = open_fleet(offline=offline)
    found = list(_chosen(fleet, choice, clock()))
    if choice.installation and not found:
        facts = {"environment": choice.environment, "installation": choice.installation, "known": "-"}
        raise Misuse.of("fleet/no-installation", **facts)
    if form is not Format.TABLE:
        answers(found, form)
    else:
        for one in found:
            _show(one)
        if not found:
            raw(text("status/nothing-wished"))
    if away:
        raise away


def _chosen(fleet: Fleet, choice: Choice, now: datetime) -> Iterator[Difference]:
    """What is wrong with one of many environments is said and doesn't hide the others."""
    for said in choose(fleet, replace(choice, installation=""), now):
        try:
            found = list(_differences(fleet, said, now))
        except TiangongError as error:
            if choice.environment:
                raise
            complain(error)
            continue
        yield from (one for one in found if choice.installation in ("", one.metadata.name.partition("/")[2]))


def _differences(fleet: Fleet, said: Said, now: datetime) -> Iterator[Difference]:
    if said.status is None and any(one.code not in NOBODY for one in said.problems):
        raise Refused(*said.problems)
    clone, cache = fleet.clone, Cache()
    main = clone.main()
    found = foresee(clone.snapshot(main), said, receipts_of(clone, said, now), now, cache)
    wishes = resolve(found.desired)
    for verdict in found.plan.verdicts:
        then, wish = _then(fleet, said, verdict.installation, now)
        changes = tuple(between(_plain(wish), _plain(wishes[verdict.installation]))) if wish else ()
        yield _difference(found, verdict, main, then, changes)


def _then(fleet: Fleet, said: Said, name: str, now: datetime) -> tuple[str, Wish | None]:
    """The commit whose wishes were in force when an installation became what it is, and what it wished then."""
    one = next((i for i in (said.status.spec.installations if said.status else ()) if i.name == name), None)
    commit = since(fleet.clone, said, one, now) if one and one.version else ""
    if not commit:
        return "", None
    snapshot = fleet.clone.snapshot(commit)
    try:
        desired = verify(snapshot, pins_found(snapshot.tree, said.environment), None, now)
    except TiangongError:
        return "", None
    return commit, resolve(desired).get(name)


def _plain(wish: Wish) -> dict[str, Any]:
    """What of a wish steps may depend on."""
    plain: dict[str, Any] = {"product": wish.product, "channel": wish.channel, "config": dict(wish.config)}
    plain["labels"] = dict(wish.labels)
    plain |= {"state": "absent"} if wish.absent else {}
    plain["overrides"] = {versions: dict(config) for versions, config in wish.overrides}
    return plain


def _difference(found: Foresight, verdict: Verdict, main: str, then: str, changes: Sequence[FieldChange]) -> Difference:
    said, change = found.said, verdict.change
    installations = said.status.spec.installations if said.status else ()
    return Difference(
        metadata=AnswerMetadata(name=f"{said.environment}/{verdict.installation}", labels=dict(said.labels)),
        basis=basis_of(said.status, main),
        verdict=verdict.word.value,
        installed=verdict.installed,
        target=verdict.target,
        change=str(change.kind) if change else None,
        undo=tuple(step.name for step in change.undo) if change else (),
        steps=tuple(step.name for step in change.steps) if change else (),
        drifted=next((one.drifted for one in installations if one.name == verdict.installation), ()),
        since=then,
        fields=tuple(map(_field, changes)),
        reasons=tuple(reason_of(reason) for reason in verdict.reasons),
    )


def _field(change: FieldChange) -> FieldDifference:
    return FieldDifference(field=change.field, old=change.old, new=change.new)


def _show(one: Difference) -> None:
    here = one.installed or text("history/nothing-there")
    moves = one.target and one.target != one.installed
    if one.change:
        change = f"{here} → {one.target}" if moves else here
        say("history/change", name=one.metadata.name, kind=one.change, change=change, verdict=one.verdict)
    else:
        say("history/held" if one.verdict == "held" else "history/same", name=one.metadata.name, version=here)
    for found in one.fields:
        raw(INDENT + sentence_of(found.field, found.old, found.new))
    for code, steps in (("history/undo", one.undo), ("history/steps", one.steps), ("history/drifted", one.drifted)):
        if steps:
            raw(INDENT + text(code, steps=", ".join(steps)))
    for reason in one.reasons:
        reason_bullet(reason, INDENT)


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────
def _documents(range_: str, paths: Sequence[str], form: Format) -> None:
    clone = open_clone()
    first, _, last = range_.partition(RANGE)
    old, new = (_commit(clone, revision or "HEAD") for revision in (first, last.removeprefix(".")))
    found = list(differing(clone, old, new, inside(clone, paths)))
    if form is not Format.TABLE:
        answers([_answer(one) for one in found], form)
        return
    for one in found:
        say(f"history/word-{one.word}", path=one.path, signers=", ".join(one.signers) or text("history/nobody"))
        show_fields(one.changes)
    if not found:
        say("history/no-difference")


def _commit(clone: Work, revision: str) -> str:
    found = clone.commit_id(revision)
    if found is None:
        raise Misuse.of("history/no-commit", revision=revision)
    return found


def _answer(one: Differing) -> DocumentDifference:
    fields = tuple(map(_field, one.changes))
    return DocumentDifference(
        metadata=AnswerMetadata(name=one.path), change=one.word, signers=one.signers, fields=fields
    )
