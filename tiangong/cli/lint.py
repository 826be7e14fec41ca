"""`tiangong lint`: every document of the work tree, with the place of every mistake and how to correct it."""

from typing import Annotated

import typer

from tiangong.author.choose import covers
from tiangong.author.lint.lint import lint as find_all
from tiangong.author.lint.surroundings import surroundings
from tiangong.cli.clock import clock
from tiangong.cli.findings import show_findings
from tiangong.cli.output import Format, say, tell
from tiangong.cli.writing import inside, open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse

app = typer.Typer(add_completion=False)


@app.command()
def lint(
    paths: Annotated[list[str] | None, typer.Argument(help="Only these files and folders.")] = None,
    *,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Check every document: what it says, what it names, what would run. Needs no key; exit 2 with findings."""
    clone = open_clone()
    tree = clone.work()
    named = inside(clone, paths or ())
    found = [*surroundings(clone), *find_all(tree, clock())]
    shown = [
        one for one in found if not named or any(covers(name, one.place.path if one.place else "") for name in named)
    ]
    show_findings(shown, output)
    if shown:
        tell("lint/findings", count=len(shown))
        raise typer.Exit(Misuse.exit_code)
    if output is Format.TABLE:
        say("lint/clean", count=sum(kind_at(path) is not None for path in tree.files))
