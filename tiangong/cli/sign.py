"""`tiangong sign`: my signature on documents as they are, as one of several."""

from typing import Annotated

import typer

from tiangong.author.changes import field_changes
from tiangong.author.clone import Clone
from tiangong.author.cosign import cosigning
from tiangong.author.draft import Draft, Signing
from tiangong.cli.options import KeyFile, Person, Push
from tiangong.cli.output import say, tell
from tiangong.cli.writing import (
    Wanted,
    finish,
    inside,
    note,
    open_clone,
    refuse,
    show_fields,
    show_signer,
    team_of,
    warn_of_touches,
)

app = typer.Typer(add_completion=False)


@app.command()
def sign(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Documents, stamped and committed by somebody.")],
    *,
    commit: Annotated[bool, typer.Option("--commit", help="Commit the signatures.")] = False,
    message: Annotated[str, typer.Option("--message", "-m", metavar="MSG", help="What the commit says.")] = "",
    push: Push = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Add my signature to documents as they are; `tiangong commit` stamps and signs what was edited."""
    clone = open_clone()
    tree = clone.work()
    team = team_of(clone, tree, key, person)
    made, already = cosigning(clone, tree, team, inside(clone, files))
    for path in already:
        tell("author/signed-already", path=path, person=team.me.person)
    if not made.signings:
        return
    for one in made.signings:
        _show(clone, one)
    refuse(made)
    if commit or push:
        title = message or "Sign " + ", ".join(one.path for one in made.signings[:3])
        finish(clone, made, Wanted(title, push), shown=True)
        return
    warn_of_touches(made)
    _write(clone, made)
    for missing in made.warnings:
        note(missing)
    tell("author/commit-signatures", files=" ".join(files))


def _show(clone: Clone, one: Signing) -> None:
    """The document, and what its author changed in it: that is what is signed."""
    say("author/co-signed", path=one.path, generation=one.document.metadata.generation or 0)
    before = clone.before(one.path, one.raw)
    show_fields(field_changes(before, one.raw, one.path) if before is not None else ())
    show_signer(one)


def _write(clone: Clone, made: Draft) -> None:
    """The signatures alone: the documents stay as they are, byte for byte."""
    signed = made.sign()
    made.check_unchanged(clone.on_disk)
    documents = {one.path for one in made.signings}
    for path, raw in signed.items():
        if path not in documents:
            clone.write(path, raw)
