"""`tiangong fmt`: canonical order and spacing of documents that nobody has signed as they are."""

from typing import Annotated

import typer

from tiangong.author.tidy import tidied
from tiangong.cli.output import complain, say, tell
from tiangong.cli.writing import inside, open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Failed, Misuse

app = typer.Typer(add_completion=False)


@app.command()
def fmt(
    paths: Annotated[list[str] | None, typer.Argument(help="Only these files and folders.")] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 when something would be.")] = False,
) -> None:
    """Lay out documents: fields in the order of their kind, two columns a level. Comments stay.

    Only documents that nobody signed as they are: new ones, and those edited since. Signed bytes are never touched.
    """
    clone = open_clone()
    tree = clone.work()
    changed, unreadable = 0, False
    for one in tidied(clone, tree, inside(clone, paths or ())):
        if one.raw is None:
            complain(Misuse(*one.problems))
            unreadable = unreadable or one.problems[0].code != "fmt/cant"
            continue
        changed += 1
        say("fmt/would" if check else "fmt/formatted", path=one.path)
        if not check:
            clone.write(one.path, one.raw)
    if unreadable:
        raise typer.Exit(Misuse.exit_code)
    if not changed:
        say("fmt/all-fine", count=sum(kind_at(path) is not None for path in tree.files))
    elif check:
        tell("fmt/next")
        raise typer.Exit(Failed.exit_code)
