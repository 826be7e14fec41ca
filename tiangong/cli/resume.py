"""`tiangong resume`: which suppressions hold something, and when they end; ending one early is not built yet (D1)."""

from typing import Annotated

import typer

from tiangong.author.select import choose_environments
from tiangong.author.shelf import Shelf
from tiangong.author.suppress import holding
from tiangong.cli.clock import clock
from tiangong.cli.landing import head_of
from tiangong.cli.options import EnvGlob, Labels
from tiangong.cli.output import say
from tiangong.cli.reading import Choice, local
from tiangong.cli.writing import open_clone
from tiangong.errors import Misuse
from tiangong.model.stages import Snapshot

app = typer.Typer(add_completion=False)


@app.command()
def resume(
    target: Annotated[str | None, typer.Argument(metavar="ENV[/INST]", help="What is held.")] = None,
    *,
    env: EnvGlob = "",
    label: Labels = None,
) -> None:
    """Say which suppressions hold something, and until when: they end by their date.

    Exit 2 when there are any: ending one before its date takes a signed withdrawal, which is not built yet.
    """
    choice = Choice.of(target, env, label or ())
    if not (choice.environment or choice.globs or choice.labels):
        raise Misuse.of("select/how")
    clone, now = open_clone(), clock()
    tree = head_of(clone)
    shelf = Shelf(tree)
    names = choose_environments(shelf, choice.takes_name, choice.labels or {}).names
    found = list(holding(shelf, Snapshot("clone", clone.head or "", tree, now), names, choice.installation, now))
    if not found:
        say("suppress/none-holds", target=target or ", ".join(names))
        return
    for one in found:
        facts = {"name": one.document.metadata.name, "until": local(one.document.spec.until)}
        say("suppress/holds", **facts, reason=one.document.spec.reason, signers=", ".join(one.signers))
    last = max(one.document.spec.until for one in found)
    raise Misuse.of("suppress/ends-by-date", until=local(last))
