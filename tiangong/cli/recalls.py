"""`tiangong recalls`: which versions nobody may install any more, and why; ending a recall again."""

from typing import Annotated, Any

import typer

from tiangong.author.recalling import every_recall, published
from tiangong.author.shelf import Shelf
from tiangong.author.target import find_target
from tiangong.cli.landing import Signers, head_of
from tiangong.cli.nouns import show_document, show_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, tell
from tiangong.cli.resume import Reason, withdraw
from tiangong.cli.writing import Wanted, open_clone
from tiangong.errors import Misuse, Place, Refused
from tiangong.messages.spoken import text
from tiangong.model.acts import Recall
from tiangong.model.stages import Signed

HELP = "Recalls: list, show, withdraw; recall makes one."
app = typer.Typer(add_completion=False, no_args_is_help=True, help=HELP)
COLUMNS = {
    "RECALL": "name",
    "VERSIONS": "versions",
    "PUBLISHED": "published",
    "REASON": "reason",
    "SIGNED BY": "signers",
}
Id = Annotated[str, typer.Argument(metavar="PRODUCT/ID", help="Such as shop/cve-2026-1234.")]


@app.command("list")
def list_(
    product: Annotated[str, typer.Option("--product", metavar="PRODUCT", help="Of this product only.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that were withdrawn.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List the recalls in force, in the commit that is checked out."""
    shelf = Shelf(head_of(open_clone()))
    if product:
        shelf.product(product)
    every = every_recall(shelf, [product] if product else shelf.products())
    found = [(path, one) for path, one in every if everything or one is None or not shelf.is_withdrawn(one)]
    if not found and output is Format.TABLE:
        tell("recall/none")
    else:
        show_documents(shelf, found, output, COLUMNS, lambda one: _row(shelf, one))


@app.command()
def show(
    name: Id,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one recall as it is written."""
    show_document(head_of(open_clone()), ("recall", name), Recall, output)


@app.command("withdraw")
def withdraw_(
    name: Id,
    *,
    reason: Reason = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """End a recall: its versions may be installed again. The maintainers of the product must sign."""
    clone = open_clone()
    tree = head_of(clone)
    shelf, path = Shelf(tree), find_target(tree, ("recall", name), lambda typed: [*typed]).path
    found = shelf.one(path, Recall)
    if found is None:
        raise Refused(*shelf.why_not(path))
    if shelf.is_withdrawn(found):
        raise Misuse.of("recall/over", Place(path), id=name)
    wanted = Wanted("", push=push, branch=branch, dry_run=dry_run)
    withdraw(clone, [found], reason, wanted, Signers(key, person), ask=not yes)


def _row(shelf: Shelf, one: Signed[Recall]) -> dict[str, Any]:
    spec = one.document.spec
    range_ = spec.versions if spec.except_ is None else text("recall/except", range=spec.versions, but=spec.except_)
    over = f" ({text('suppress/withdrawn')})" if shelf.is_withdrawn(one) else ""
    return {
        "versions": range_ + over,
        "published": ", ".join(published(shelf, one.document.metadata.name.partition("/")[0], spec)) or "-",
        "reason": spec.reason,
        "signers": ", ".join(one.signers),
    }
