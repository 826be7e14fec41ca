"""`tiangong resume`: ends suppressions before their time; one signed withdrawal for each (D1, R3)."""

from collections.abc import Sequence
from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.select import choose_environments
from tiangong.author.shelf import Shelf
from tiangong.author.suppress import holding
from tiangong.author.withdraw import holds_more, withdrawal
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import Branch, DryRun, EnvGlob, KeyFile, Labels, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.reading import Choice, local
from tiangong.cli.writing import Wanted, open_clone
from tiangong.errors import Misuse, Place, problem
from tiangong.messages import text as written
from tiangong.model.document import Document
from tiangong.model.environment import Suppression
from tiangong.model.stages import Signed, Snapshot

app = typer.Typer(add_completion=False)

Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why it may go on, for those who look later.")]


@app.command()
def resume(
    target: Annotated[str | None, typer.Argument(metavar="ENV[/INST]", help="What is held.")] = None,
    *,
    env: EnvGlob = "",
    label: Labels = None,
    reason: Reason = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """End the suppressions that hold something before their time. The owners of what they hold must sign.

    Holding takes one signature, ending it the threshold of role owner. What holds more than the target is named, and
    left alone: tiangong suppression withdraw ID ends it everywhere.
    """
    choice = Choice.of(target, env, label or ())
    if not (choice.environment or choice.globs or choice.labels):
        raise Misuse.of("select/how")
    clone, now = open_clone(), clock()
    tree = head_of(clone)
    shelf = Shelf(tree)
    names = choose_environments(shelf, choice.takes_name, choice.labels or {}).names
    found = list(
        holding(shelf, Snapshot("clone", clone.head or "", tree, now, draft=True), names, choice.installation, now)
    )
    if not found:
        say("suppress/none-holds", target=target or ", ".join(names))
        return
    wider = [one for one in found if holds_more(shelf, one.document.spec, names, choice.installation)]
    if wider:
        ids = " ".join(one.document.metadata.name for one in wider)
        raise Misuse.of("suppress/holds-more", Place(wider[0].path), ids=ids, target=target or ", ".join(names))
    wanted = Wanted("", push=push, branch=branch, dry_run=dry_run)
    withdraw_suppressions(clone, found, reason, wanted, Signers(key, person), ask=not yes)


def withdraw_suppressions(
    clone: Clone, found: Sequence[Signed[Suppression]], reason: str, wanted: Wanted, signers: Signers, *, ask: bool
) -> None:
    """Say which suppressions end, and land their withdrawals."""
    for one in found:
        facts = {"name": one.document.metadata.name, "until": local(one.document.spec.until)}
        say("suppress/holds", **facts, reason=one.document.spec.reason, signers=", ".join(one.signers))
    withdraw(clone, found, reason, wanted, signers, ask=ask)


def withdraw(
    clone: Clone, found: Sequence[Signed[Document]], reason: str, wanted: Wanted, signers: Signers, *, ask: bool
) -> None:
    """Sign and commit one withdrawal for each of these acts: one prompt, and what each agent will do is shown first."""
    if not reason.strip():
        raise Misuse.of("suppress/no-reason")
    tree = clone.work()
    documents: dict[str, bytes] = {}
    for one in found:
        path, raw = withdrawal(tree, one, reason)
        documents[path] = raw
        tree = tree.with_files({path: raw})
    names = ", ".join(one.document.metadata.name for one in found)
    title = written("suppress/withdraw-message", names=names, reason=reason)
    wanted = Wanted(title, push=wanted.push, branch=wanted.branch, dry_run=wanted.dry_run)
    land_documents(clone, documents, wanted, signers, ask=ask, nobody=problem("outlook/nobody"))
