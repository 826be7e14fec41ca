"""`tiangong env`: environments, made, listed and looked at."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from tiangong.author.changes import shown
from tiangong.author.environments import Listed, Value, as_wished, known_profiles, listed, new_environment, values
from tiangong.author.joining import remote_url
from tiangong.author.shelf import Shelf
from tiangong.cli.clock import clock
from tiangong.cli.joining import duration, print_token
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, answers, complain, document, items, raw, tell
from tiangong.cli.reading import Choice
from tiangong.cli.retiring import add_retiring
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.dump import fields
from tiangong.errors import Misuse, Refused
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, EnvironmentSummary, ResolvedValue
from tiangong.model.environment import Environment
from tiangong.model.scalar import NAME
from tiangong.model.stages import Signed, Snapshot

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Environments: new, list, show, retire, remove.")

COLUMNS = {
    "ENVIRONMENT": "name",
    "LABELS": "labels",
    "PROFILES": "profiles",
    "INSTALLATIONS": "installations",
    "AGENT": "agent",
}
VALUES = {"FIELD": "field", "VALUE": "value", "FROM": "file"}
WEEK = "7d"

Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="Where agents pull from: https or ssh.")]
Expires = Annotated[str, typer.Option("--expires", metavar="TIME", help="How long the token is good: 12h, 7d.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case, such as prod-eu.")],
    *,
    profile: Annotated[list[str] | None, typer.Option("--profile", metavar="P", help="Shared rules.")] = None,
    no_profile: Annotated[bool, typer.Option("--no-profile", help="Share nothing.")] = False,
    label: Annotated[list[str] | None, typer.Option("--label", "-l", metavar="K=V", help="A label.")] = None,
    timezone: Annotated[str, typer.Option("--timezone", metavar="ZONE", help="IANA zone of its windows.")] = "UTC",
    url: Url = None,
    expires: Expires = WEEK,
    key: KeyFile = None,
    person: Person = None,
    push: Push = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Make an environment, sign it, and print what its agent's host needs to join."""
    clone = open_clone()
    within, address = duration(expires), remote_url(clone, url)
    shelf = Shelf(head_of(clone))
    profiles = _profiles(shelf, tuple(profile or ()), none=no_profile)
    labels = Choice.of(None, labels=label or ()).labels or {}
    path, written = new_environment(shelf, _named(name), profiles, labels, timezone)
    wanted = Wanted(f"New environment {name}", push=push, dry_run=dry_run)
    landed = land_documents(clone, {path: written}, wanted, Signers(key, person), ask=not yes)
    if landed:
        if not landed.pushed:
            tell("env/next-push")
        print_token(clone, name, address, within)


@app.command("list")
def list_(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """List the environments of the commit that is checked out."""
    found = list(listed(Shelf(head_of(open_clone())), clock()))
    for one in found:
        if one.problems:
            complain(Refused(*one.problems))
    if output is Format.TABLE:
        if not found:
            tell("env/none")
            return
        items([_row(one) for one in found], output, columns=COLUMNS)
    else:
        answers([_data(one) for one in found], output)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The environment.")],
    *,
    resolved: Annotated[bool, typer.Option("--resolved", help="Profiles merged in, with each value's file.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one environment: its document, or every value that counts there and the file it came from."""
    clone = open_clone()
    tree = head_of(clone)
    desired = as_wished(Shelf(tree), Snapshot("clone", clone.head or "", tree, clock(), draft=True), name, clock())
    if resolved:
        _show_values(list(values(desired)), output)
    else:
        _show_document(desired.environment, output)


add_retiring(app)


def _show_document(found: Signed[Environment], output: Format) -> None:
    """As it is written, with its comments, or as data."""
    if output is Format.NAME:
        raw(found.document.metadata.name)
    elif output is Format.JSON:
        document(fields(found.document), output)
    else:
        raw(found.raw.decode().rstrip("\n"))


def _show_values(found: Sequence[Value], output: Format) -> None:
    if output is Format.TABLE:
        rows = [
            {"field": one.field, "value": shown(one.value), "file": one.file or text("env/default")} for one in found
        ]
        items(rows, output, columns=VALUES)
    else:
        listed_ = [ResolvedValue(metadata=AnswerMetadata(name=v.field), value=v.value, file=v.file) for v in found]
        answers(listed_, output)


def _named(name: str) -> str:
    if not re.fullmatch(NAME, name):
        raise Misuse.of("env/bad-name", name=name)
    return name


def _profiles(shelf: Shelf, named: tuple[str, ...], *, none: bool) -> tuple[str, ...]:
    """The profiles that are meant; without a word about it the only one there is."""
    if named and none:
        raise Misuse.of("env/one-of")
    known = known_profiles(shelf)
    if named or none or not known:
        return named
    if len(known) > 1:
        raise Misuse.of("env/which-profile", known=", ".join(known))
    tell("env/profile-taken", profile=known[0])
    return (known[0],)


def _data(one: Listed) -> EnvironmentSummary:
    return EnvironmentSummary(
        metadata=AnswerMetadata(name=one.name, labels=dict(one.labels)),
        profiles=one.profiles,
        installations=one.installations,
        agents=one.agents,
        state=one.state,
        accepted=not one.problems,
    )


def _row(one: Listed) -> dict[str, Any]:
    labels = ", ".join(f"{key}={value}" for key, value in one.labels.items())
    agent = text("env/retired") if one.state == "retired" else ", ".join(one.agents) or text("env/no-agent")
    return {
        "name": one.name,
        "labels": labels,
        "profiles": ", ".join(one.profiles),
        "installations": ", ".join(one.installations),
        "agent": text("env/not-accepted") if one.problems else agent,
    }
