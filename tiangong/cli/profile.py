"""`tiangong profile`: rules and installations that environments share."""

from typing import Annotated, Any

import typer

from tiangong.author.joining import environment_path
from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.author.starter import profile_file
from tiangong.author.target import document_at, environments, find_target
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.nouns import add_edit, check_new, documents_in, show_document, show_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, say, tell
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.edit import remove_field, set_field
from tiangong.documents.stamp import STAMPED
from tiangong.messages import text as written
from tiangong.model.environment import Environment, Profile
from tiangong.model.stages import Signed

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Profiles: new, list, show, edit.")
COLUMNS = {"PROFILE": "name", "ENVIRONMENTS": "environments", "INSTALLS": "installs", "SIGNED BY": "signers"}


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case, such as production.")],
    *,
    from_: Annotated[str, typer.Option("--from", metavar="P", help="Begin as a copy of this one.")] = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Make a profile: one that allows little, or a copy of another one."""
    clone = open_clone()
    tree = head_of(clone)
    path = check_new(Shelf(tree), "profile", name)
    raw = _copy(tree, from_, name) if from_ else profile_file(name)[1].encode()
    wanted = Wanted(written("noun/new-profile", name=name), push=push, branch=branch, dry_run=dry_run)
    if land_documents(clone, {path: raw}, wanted, Signers(key, person), ask=not yes):
        say("noun/next-profile", name=name)


@app.command("list")
def list_(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """List profiles with the environments that name them."""
    tree = head_of(open_clone())
    shelf = Shelf(tree)
    users = _users(tree)

    def row(one: Signed[Profile]) -> dict[str, Any]:
        installs = (f"{entry.product} from {entry.channel.upper()}" for entry in one.document.spec.install)
        return {
            "environments": ", ".join(users.get(one.document.metadata.name, ())),
            "installs": ", ".join(installs),
            "signers": ", ".join(one.signers),
        }

    found = documents_in(shelf, "profiles", Profile)
    if not found and output is Format.TABLE:
        tell("noun/no-profiles")
    else:
        show_documents(shelf, found, output, COLUMNS, row)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The profile.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one profile as it is written."""
    show_document(head_of(open_clone()), ("profile", name), Profile, output)


add_edit(app, "profile")


def _copy(tree: Listing, source: str, name: str) -> bytes:
    """Another profile's text under a new name, not yet stamped."""
    found = find_target(tree, ("profile", source), lambda typed: [*typed])
    raw = set_field(found.text, found.path, ("metadata", "name"), name)
    for stamped in STAMPED:
        raw = remove_field(raw, found.path, ("metadata", stamped))
    return raw


def _users(tree: Listing) -> dict[str, list[str]]:
    """Profile → environments that name it."""
    users: dict[str, list[str]] = {}
    for environment in environments(tree):
        found = document_at(tree, environment_path(environment), Environment)
        for profile in found.spec.profiles if found else ():
            users.setdefault(profile, []).append(environment)
    return users
