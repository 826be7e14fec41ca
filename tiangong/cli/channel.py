"""`tiangong channel`: the pipeline that releases pass through."""

from typing import Annotated

import typer

from tiangong.author.shelf import Shelf
from tiangong.author.starter import channel_file
from tiangong.author.target import FLEET, channel_path
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.nouns import add_edit, check_new, show_document, show_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, say
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.edit import set_field
from tiangong.errors import Misuse, Place, problem
from tiangong.messages import text as written
from tiangong.model.product import Channel

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Channels: new, list, show, edit.")
COLUMNS = {"CHANNEL": "name", "DESCRIPTION": "description", "SIGNED BY": "signers"}


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case, such as beta.")],
    *,
    description: Annotated[str, typer.Option("--description", metavar="WORDS", help="For whom it is.")] = "",
    after: Annotated[str, typer.Option("--after", metavar="CH", help="Its place; by default the last.")] = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Make a channel and put it into the pipeline, after another one."""
    clone = open_clone()
    shelf = Shelf(head_of(clone))
    path = check_new(shelf, "channel", name)
    pipeline = list(shelf.pipeline)
    if name in pipeline:
        raise Misuse.of("noun/in-pipeline", Place(FLEET), name=name)
    if after and after.lower() not in pipeline:
        raise Misuse.of("noun/no-such-channel", channel=after, known=", ".join(pipeline))
    at = pipeline.index(after.lower()) + 1 if after else len(pipeline)
    fleet = set_field(
        clone.work_text(FLEET) or b"", FLEET, ("spec", "channels"), [*pipeline[:at], name, *pipeline[at:]]
    )
    documents = {path: channel_file(name, description or name)[1].encode(), FLEET: fleet}
    wanted = Wanted(written("noun/new-channel", name=name), push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    if land_documents(clone, documents, wanted, Signers(key, person), ask=not yes, nobody=nobody):
        say("noun/next-channel", name=name)


@app.command("list")
def list_(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """List the channels in the order of the pipeline."""
    shelf = Shelf(head_of(open_clone()))
    found = [(channel_path(name), shelf.one(channel_path(name), Channel)) for name in shelf.pipeline]
    show_documents(
        shelf,
        found,
        output,
        COLUMNS,
        lambda one: {"description": one.document.spec.description, "signers": ", ".join(one.signers)},
    )


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one channel as it is written."""
    show_document(head_of(open_clone()), ("channel", name.lower()), Channel, output)


add_edit(app, "channel")
