"""`tiangong verify`: what an agent would refuse, as CI's required check asks it."""

from typing import Annotated

import typer

from tiangong.author.check import check_commit, check_files
from tiangong.cli.clock import clock
from tiangong.cli.findings import show_findings
from tiangong.cli.output import Format, say, tell
from tiangong.cli.writing import note, open_clone
from tiangong.errors import Misuse, Place, Refused, problem

MOST_GONE = 5

app = typer.Typer(add_completion=False)


@app.command()
def verify(
    revision: Annotated[str | None, typer.Argument(metavar="[REV]", help="A commit, branch or tag.")] = None,
    *,
    index: Annotated[bool, typer.Option("--index", help="What is staged.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Check every signature, role and generation as an agent would: of the work tree, a commit, or what is staged."""
    if revision is not None and index:
        raise Misuse.of("author/revision-or-index")
    clone = open_clone()
    found = check_files(clone, clock(), staged=index) if revision is None else check_commit(clone, revision, clock())
    show_findings(found.refused, output)
    for path in found.gone[:MOST_GONE]:
        note(problem("author/deleting", Place(path)))
    if found.refused:
        tell("author/would-refuse", count=len(found.refused))
        raise typer.Exit(Refused.exit_code)
    if output is Format.TABLE:
        say("author/all-in-order", count=found.documents)
