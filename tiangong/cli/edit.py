"""`tiangong edit`: a document in an editor, checked on saving; shown, foreseen, signed, committed."""

import os
import sys
from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.draft import ONCE
from tiangong.author.editor import Workbench, editor_of
from tiangong.author.target import find_target
from tiangong.cli.landing import Signers, follow, land_documents
from tiangong.cli.linting import check_mistakes
from tiangong.cli.options import Branch, DryRun, KeyFile, Message, NoLint, Person, Push, Yes
from tiangong.cli.output import complain, say, tell
from tiangong.cli.reading import local
from tiangong.cli.writing import Wanted, inside, open_clone
from tiangong.documents.parse import parse
from tiangong.errors import Failed, Misuse, Place, TiangongError, problem
from tiangong.messages import text as written
from tiangong.messages.spoken import text

app = typer.Typer(add_completion=False)


@app.command()
def edit(
    target: Annotated[list[str], typer.Argument(metavar="TARGET", help="prod-eu, prod-eu/shop, product shop, a path…")],
    *,
    message: Message = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_lint: NoLint = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Edit a document in $VISUAL or $EDITOR, checked on saving; shown with what each agent will do, signed, committed.

    The copy names its schema, so that editors that can help do. Text that can't be signed is kept and offered again.
    """
    wanted = Wanted(message, push=push, branch=branch, dry_run=dry_run)
    edit_target(target, wanted, Signers(key, person), ask=not yes, linted=not no_lint)


def edit_target(words: list[str], wanted: Wanted, signers: Signers, *, ask: bool, linted: bool) -> None:
    """The same for any words that name a document."""
    clone = open_clone()
    target = find_target(clone.work(), words, lambda paths: inside(clone, paths))
    if target.kind.__name__ in ONCE and clone.head and clone.read_at(clone.head, target.path) is not None:
        raise Misuse.of("edit/once", Place(target.path), kind=target.kind.__name__)
    bench = Workbench.of(clone, target)
    raw = _edited(clone, bench, linted=linted)
    if raw == bench.before:
        bench.clear()
        say("edit/not-edited")
        return
    if clone.work_text(target.path) != target.raw:
        raise Failed.of("edit/changed-meanwhile", Place(target.path), file=str(bench.file), target=target.shown)
    _land(clone, bench, raw, wanted, signers, ask=ask)


def _edited(clone: Clone, bench: Workbench, *, linted: bool) -> bytes:
    """What the person saved, once it can be signed; Misuse when they gave up, with their text kept."""
    editor = editor_of(clone, os.environ)
    if not _goes_on(bench):
        bench.lay()
    while (raw := bench.open(editor)) != bench.before:
        try:
            _check(clone, bench, raw, linted=linted)
        except Misuse as error:
            complain(error)
        else:
            return raw
        tell("edit/mistakes")
        if not (sys.stdin.isatty() and typer.confirm(text("edit/go-on"), default=True, err=True)):
            raise Misuse.of("edit/kept", Place(str(bench.file)), target=bench.target.shown)
    return raw


def _check(clone: Clone, bench: Workbench, raw: bytes, *, linted: bool) -> None:
    """Misuse with what is wrong in the text, by the lines of the copy, or becomes wrong elsewhere because of it."""
    parse(bench.header + raw, bench.target.path)
    if linted:
        check_mistakes(clone, clone.work().with_files({bench.target.path: bench.header + raw}), ())


def _goes_on(bench: Workbench) -> bool:
    """Whether text that was left is taken up; where nobody can be asked, it is."""
    left = bench.left
    if left is None:
        return False
    if sys.stdin.isatty():
        facts = {"target": bench.target.shown, "when": local(left)}
        return bool(typer.confirm(text("edit/pick-up", **facts), default=True, err=True))
    tell("edit/picked-up", file=str(bench.file))
    return True


def _land(clone: Clone, bench: Workbench, raw: bytes, wanted: Wanted, signers: Signers, *, ask: bool) -> None:
    """Sign and commit; the text is kept until that is done."""
    before, shown = clone.head, bench.target.shown
    title = wanted.message or written("edit/default-message", target=shown)
    landing = Wanted(title, wanted.push, wanted.branch, wanted.dry_run)
    nobody = problem("outlook/nobody")
    try:
        landed = land_documents(clone, {bench.target.path: raw}, landing, signers, ask=ask, nobody=nobody)
    except TiangongError as error:
        if clone.head == before:
            kept = problem("edit/kept", Place(str(bench.file)), target=shown)
            raise type(error)(*error.problems, kept) from None
        bench.clear()
        raise
    if clone.head != before:
        bench.clear()
    if landed:
        follow(bench.target.path)
    elif clone.head == before:
        tell("edit/picked-up-later", target=shown)
