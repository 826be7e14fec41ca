"""`tiangong release`: written and published in the product's own folder, looked at in the control repository."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tiangong.author.artifacts import fill_in
from tiangong.author.changes import shown
from tiangong.author.clone import Clone
from tiangong.author.listing import Listing
from tiangong.author.promotion import split_release
from tiangong.author.publish import (
    Publication,
    check_version,
    choose_product,
    is_published,
    publication,
    publishing_draft,
    read_source,
    source_file,
)
from tiangong.author.shelf import Shelf, product_path
from tiangong.author.skeleton import EXAMPLE, PAYLOAD, skeleton
from tiangong.cli.artifacts import hash_files, upload
from tiangong.cli.landing import Signers, desk_for, head_of, lay_out
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, answer, answers, complain, items, say, tell
from tiangong.cli.reading import Choice
from tiangong.cli.writing import Wanted, confirm, counts, finish, note, open_clone
from tiangong.documents.dump import fields
from tiangong.errors import Failed, Misuse, Place, Refused, TiangongError, problem
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, ReleaseSummary
from tiangong.model.scalar import NAME
from tiangong.model.version import is_prerelease

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Releases of a product: new, publish, list, show.")

COLUMNS = {"RELEASE": "name", "CHANNELS": "channels", "SIGNED BY": "signers", "DIGEST": "digest"}
STEPS = {"STEP": "name", "EXECUTOR": "executor", "WITH": "with"}
SHORT = len("sha512:") + 12

Product = Annotated[str | None, typer.Option("--product", metavar="P", help="The product.")]


@app.command()
def new(
    product: Product = None,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write.")] = Path("release.yaml"),
) -> None:
    """Write a release.yaml with comments, which publishes as it is."""
    name = product or Path.cwd().name
    if not re.fullmatch(NAME, name):
        raise Misuse.of("release/bad-product", name=name)
    folder = file.parent
    if file.exists():
        raise Misuse.of("release/exists", Place(str(file)))
    for path, content in skeleton(name).items():
        _write(file if path == "release.yaml" else folder / path, content)
    if not (folder / PAYLOAD).exists():
        _write(folder / EXAMPLE[0], EXAMPLE[1])
    say("release/new-next", product=name)


def _write(file: Path, content: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Failed.of("author/cant-write", Place(str(file)), why=error.strerror or str(error)) from None
    say("release/made", path=str(file))


@app.command()
def publish(
    version: Annotated[str, typer.Option("--version", metavar="V", help="SemVer, such as 1.4.0 or 2.0.0-rc.1.")],
    *,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Else release.yaml in this folder.")] = None,
    product: Product = None,
    repo: Annotated[Path | None, typer.Option("--repo", metavar="DIR", help="Clone of the control repository.")] = None,
    label: Annotated[list[str] | None, typer.Option("--label", "-l", metavar="K=V", help="A label.")] = None,
    artifact: Annotated[list[str] | None, typer.Option("--artifact", metavar="NAME=FILE", help="A large file.")] = None,
    upload_credentials: Annotated[
        Path | None,
        typer.Option("--upload-credentials", metavar="FILE", help="Shown to the store."),
    ] = None,
    create_product: Annotated[bool, typer.Option("--create-product", help="Make the product with it.")] = False,
    key: KeyFile = None,
    person: Person = None,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Copy release.yaml and the files its steps name into the control repository, sign, commit."""
    source = source_file(file)
    check_version(version)
    given = hash_files(artifact or ())
    form = fill_in(read_source(source), given)
    clone = Clone.find(repo.absolute(), {}) if repo else open_clone()
    work = clone.work()
    wanted = choose_product(form, product, [e.name for e in work.folder("products") if e.is_folder])
    found = publication(source, form, (wanted, version), Choice.of(None, labels=label or ()).labels or {})
    published = is_published(work, found)
    upload(found, given, work, credentials=upload_credentials, dry_run=dry_run)
    if published:
        say("release/already", release=found.name)
        return
    for executor in found.unchecked:
        note(problem("release/not-asked", Place(str(source)), executor=executor))
    create = create_product or _create(work, wanted, ask=not yes)
    made = publishing_draft(desk_for(clone, {}, Signers(key, person)), found, create_product=create)
    landing = Wanted(f"Release {found.name}", push=push, branch=branch, dry_run=dry_run)
    nobody = problem("release/nobody", product=found.product)
    is_wanted = lay_out(clone, made, nobody)
    landed = finish(clone, made, landing, ask=not yes, shown=True)
    if landed and counts(clone, landed):
        _next(clone, found, is_wanted=is_wanted)


def _create(work: Listing, product: str, *, ask: bool) -> bool:
    """Ask whether a product that isn't there is to be made; where nobody can be asked, it isn't."""
    if not ask or work.bytes_at(product_path(product)) is not None or not sys.stdin.isatty():
        return False
    confirm("release/create-product", product=product)
    return True


def _next(clone: Clone, found: Publication, *, is_wanted: bool) -> None:
    first, *others = Shelf(head_of(clone)).pipeline
    if is_prerelease(found.version):
        say("release/pre-release")
        others = [first, *others]
    else:
        say("release/on-first", channel=first.upper())
    if not is_wanted:
        say("release/next-install", product=found.product, channel=first)
    elif others:
        say("release/next-promote", release=found.name, channel=others[0])


@app.command("list")
def list_(
    product: Annotated[str | None, typer.Argument(metavar="PRODUCT", help="Only of this product.")] = None,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List releases, newest first, with the channels they are on."""
    shelf = Shelf(head_of(open_clone()))
    if product is not None:
        shelf.product(product)
    names = [(p, v) for p in ([product] if product else shelf.products()) for v in shelf.versions(p)]
    found = [_summary(shelf, one, version) for one, version in names]
    if output is not Format.TABLE:
        answers(found, output)
    elif found:
        items([_row(one) for one in found], output, columns=COLUMNS)
    else:
        tell("release/none")


def _summary(shelf: Shelf, product: str, version: str) -> ReleaseSummary:
    """One release in short, payload left aside; one that isn't accepted says so, and why on stderr."""
    name = AnswerMetadata(name=f"{product}@{version}")
    try:
        found = shelf.document(product, version)
    except TiangongError as error:
        complain(Refused(*error.problems))
        return ReleaseSummary(metadata=name, channels=(), signers=(), digest="", accepted=False)
    channels = tuple(shelf.channels_of(product, version))
    return ReleaseSummary(metadata=name, channels=channels, signers=found.signers, digest=found.digest, accepted=True)


def _row(one: ReleaseSummary) -> dict[str, Any]:
    channels = ", ".join(channel.upper() for channel in one.channels)
    return {
        "name": one.metadata.name,
        "channels": channels if one.accepted else text("release/not-accepted"),
        "signers": ", ".join(one.signers),
        "digest": one.digest[:SHORT],
    }


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="PRODUCT@V", help="Such as shop@1.4.0.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show one release: its channels, digest, signers and steps."""
    product, version = split_release(name)
    shelf = Shelf(head_of(open_clone()))
    shelf.product(product)
    found = shelf.release(product, version)
    summary = _summary(shelf, product, version)
    if output is Format.TABLE:
        items([_row(summary)], output, columns=COLUMNS)
        steps = (*found.document.spec.steps, *found.document.spec.uninstall)
        items([{"name": s.name, "executor": s.executor, "with": shown(s.with_)} for s in steps], output, columns=STEPS)
    else:
        answer(summary.model_copy(update={"document": fields(found.document)}), output)
