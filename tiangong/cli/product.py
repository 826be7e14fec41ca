"""`tiangong product`: what is published, by whom it is owned, and how far it has come."""

from typing import Annotated, Any

import typer

from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf, product_path
from tiangong.author.starter import product_file
from tiangong.author.target import document_at, environments, installation_path, installations, wished_by_profiles
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.nouns import add_edit, check_new, show_document
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, answers, complain, items, say, tell
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.edit import set_field
from tiangong.errors import Refused
from tiangong.messages import text as written
from tiangong.model.answer import AnswerMetadata, ChannelHolding, ProductSummary
from tiangong.model.environment import Installation
from tiangong.model.product import Product

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Products: new, list, show, edit.")
COLUMNS = {"PRODUCT": "name", "OWNER": "owner", "CHANNELS": "channels", "INSTALLATIONS": "installations"}
HOLDINGS = {"CHANNEL": "channel", "NEWEST": "newest", "RELEASES": "releases"}
NOTHING = "-"
MOST_NAMED = 6


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case, such as shop.")],
    *,
    owner: Annotated[str, typer.Option("--owner", metavar="WHO", help="Whom to ask; team-NAME by default.")] = "",
    description: Annotated[str, typer.Option("--description", metavar="WORDS", help="What it is.")] = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Make a product; releases are published into it."""
    clone = open_clone()
    path = check_new(Shelf(head_of(clone)), "product", name)
    raw = product_file(name)[1].encode()
    for field, value in (("owner", owner), ("description", description)):
        raw = set_field(raw, path, ("spec", field), value) if value else raw
    wanted = Wanted(written("noun/new-product", name=name), push=push, branch=branch, dry_run=dry_run)
    if land_documents(clone, {path: raw}, wanted, Signers(key, person), ask=not yes):
        say("noun/next-product", name=name)


@app.command("list")
def list_(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """List products with the newest version on each channel, and where they are wished."""
    tree = head_of(open_clone())
    shelf = Shelf(tree)
    found = [one for name in shelf.products() if (one := _summary(shelf, tree, name))]
    if output is not Format.TABLE:
        answers(found, output)
    elif found:
        items([_row(one) for one in found], output, columns=COLUMNS)
    else:
        tell("noun/no-products")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The product.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one product: its document, and what each channel holds of it."""
    tree = head_of(open_clone())
    show_document(tree, ("product", name), Product, output)
    if output is Format.TABLE:
        print()
        rows = [{**one.model_dump(), "channel": one.channel.upper()} for one in _holdings(Shelf(tree), name)]
        items([{**row, "newest": row["newest"] or NOTHING} for row in rows], output, columns=HOLDINGS)


add_edit(app, "product")


def _summary(shelf: Shelf, tree: Listing, name: str) -> ProductSummary | None:
    """One product in short; None, and why on stderr, when its document doesn't count."""
    found = shelf.one(product_path(name), Product)
    if found is None:
        if why := shelf.why_not(product_path(name)):
            complain(Refused(*why))
        return None
    return ProductSummary(
        metadata=AnswerMetadata(name=name, labels=found.document.metadata.labels),
        owner=found.document.spec.owner,
        channels=tuple(_holdings(shelf, name)),
        installations=tuple(_wished(tree, name)),
    )


def _holdings(shelf: Shelf, name: str) -> list[ChannelHolding]:
    versions = shelf.versions(name)
    on = {channel: [v for v in versions if shelf.is_on(name, v, channel)] for channel in shelf.pipeline}
    return [
        ChannelHolding(channel=channel, newest=found[0] if found else None, releases=len(found))
        for channel, found in on.items()
    ]


def _wished(tree: Listing, name: str) -> list[str]:
    """Installations of a product, by profile or by their own document; not those that are to be uninstalled."""
    found: list[str] = []
    for environment in environments(tree):
        given = {one: entry.product for one, entry in wished_by_profiles(tree, environment).items()}
        for one in installations(tree, environment):
            own = document_at(tree, installation_path(environment, one), Installation)
            if own and own.spec.state == "absent":
                given.pop(one, None)
            elif own and own.spec.product:
                given[one] = own.spec.product
        found += [f"{environment}/{one}" for one, product in given.items() if product == name]
    return found


def _row(one: ProductSummary) -> dict[str, Any]:
    channels = ", ".join(f"{held.channel.upper()} {held.newest}" for held in one.channels if held.newest)
    more = len(one.installations) - MOST_NAMED
    wished = ", ".join(one.installations[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")
    return {"name": one.metadata.name, "owner": one.owner, "channels": channels or NOTHING, "installations": wished}
