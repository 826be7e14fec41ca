"""What nouns share: their documents listed and shown, as people read them and as data, and their verb `edit`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

import typer

from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.author.target import NOUNS, find_target
from tiangong.cli.edit import edit_target
from tiangong.cli.landing import Signers
from tiangong.cli.options import Branch, DryRun, KeyFile, Message, NoLint, Person, Push, Yes
from tiangong.cli.output import Format, complain, document, items, raw
from tiangong.cli.writing import Wanted
from tiangong.documents.dump import fields
from tiangong.documents.paths import kind_at, names_in
from tiangong.errors import Misuse, Refused
from tiangong.model.document import Document
from tiangong.model.stages import Signed

D = TypeVar("D", bound=Document)


def show_documents(
    shelf: Shelf,
    found: Iterable[tuple[str, Signed[D] | None]],
    form: Format,
    columns: Mapping[str, str],
    row: Callable[[Signed[D]], Mapping[str, Any]],
) -> None:
    """Print documents by path: a row each, or themselves as data. Of those that don't count it is said why."""
    good: list[Signed[D]] = []
    for path, one in found:
        if one is not None:
            good.append(one)
        elif why := shelf.why_not(path):
            complain(Refused(*why))
    if form in (Format.JSON, Format.YAML):
        items([fields(one.document) for one in good], form, columns={})
    else:
        items([{"name": one.document.metadata.name, **row(one)} for one in good], form, columns=columns)


def show_document(tree: Listing, words: tuple[str, str], kind: type[D], form: Format) -> Signed[D]:
    """Print a document as it is written, or as data; Misuse when there is none, Refused when it doesn't count."""
    path = find_target(tree, words, lambda typed: [*typed]).path
    shelf = Shelf(tree)
    found = shelf.one(path, kind)
    if found is None:
        raise Refused(*shelf.why_not(path))
    if form is Format.NAME:
        raw(found.document.metadata.name)
    elif form is Format.TABLE:
        raw(found.raw.decode().rstrip("\n"))
    else:
        document(fields(found.document), form)
    return found


def documents_in(shelf: Shelf, folder: str, kind: type[D]) -> list[tuple[str, Signed[D] | None]]:
    """What counts at each path of a kind in a folder."""
    paths = [entry.id for entry in shelf.tree.folder(folder) if kind_at(f"{folder}/{entry.name}") == kind.__name__]
    return [(path, shelf.one(path, kind)) for path in paths]


def check_new(shelf: Shelf, word: str, name: str) -> str:
    """Where a new document of a noun will stand; Misuse for a bad name, or when there is one."""
    path = NOUNS[word](name)
    kind = kind_at(path)
    if kind is None or name not in names_in(kind, path).values():
        raise Misuse.of("noun/bad-name", noun=word, name=name)
    if shelf.tree.entry(path) is not None:
        raise Misuse.of("noun/exists", noun=word, name=name)
    return path


def add_edit(app: typer.Typer, word: str) -> None:
    """Give a noun its verb `edit`."""

    @app.command("edit", help=f"Edit a {word} in my editor, see what follows, sign.")
    def edit(
        name: Annotated[str, typer.Argument(metavar="NAME", help=f"The {word}.")],
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
        wanted = Wanted(message, push=push, branch=branch, dry_run=dry_run)
        edit_target([word, name], wanted, Signers(key, person), ask=not yes, linted=not no_lint)
