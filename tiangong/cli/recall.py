"""`tiangong recall`: versions nobody may install any more; one signed document."""

import re
from datetime import datetime
from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.recalling import Range, published, recalling
from tiangong.author.shelf import Shelf
from tiangong.author.suppress import free_id
from tiangong.author.target import recall_path
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.parse import parse
from tiangong.errors import Misuse, Place, problem
from tiangong.messages import text as written
from tiangong.model.acts import Recall
from tiangong.model.scalar import NAME

app = typer.Typer(add_completion=False)
VERBS = ("list", "show", "withdraw")
LATER = ("allow-downgrade", "freeze", "test-on")
FORWARD = "forward"


@app.command()
def recall(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The product.")],
    versions: Annotated[str, typer.Argument(metavar="RANGE", help="Such as '>=1.3.0 <1.3.4', or 1.3.2.")] = "",
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why, such as CVE-2026-1234.")] = "",
    except_: Annotated[str, typer.Option("--except", metavar="RANGE", help="Versions of it that stay good.")] = "",
    roll_off: Annotated[
        str, typer.Option("--roll-off", metavar="HOW", help="How installed ones are left: forward.")
    ] = FORWARD,
    id_: Annotated[str, typer.Option("--id", metavar="ID", help="Its name, such as cve-2026-1234.")] = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Recall versions: nobody installs or upgrades to them any more. One signature of role promoter is enough.

    Who runs one goes forward to the newest good version of its channel, in its windows. What was recalled is listed by
    tiangong recalls list; only the product's maintainers end a recall again.
    """
    if product in VERBS:
        raise Misuse.of("recall/verb", verb=product)
    if not versions.strip():
        raise Misuse.of("recall/no-range", product=product)
    if not reason.strip():
        raise Misuse.of("recall/no-reason")
    if roll_off != FORWARD:
        raise Misuse.of("recall/roll-off" if roll_off not in LATER else "recall/roll-off-later", how=roll_off)
    clone, now = open_clone(), clock()
    shelf = Shelf(head_of(clone))
    shelf.product(product)
    name = _name(clone, product, id_, reason, now)
    path, raw = recalling(product, name, Range(versions, except_), reason)
    document = parse(raw, path)
    assert isinstance(document, Recall)  # noqa: S101 -- written a line above
    hit = published(shelf, product, document.spec)
    say("recall/versions" if hit else "recall/none-yet", product=product, versions=", ".join(hit), range=versions)
    title = written("recall/message", product=product, range=versions, reason=reason)
    wanted = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    if land_documents(clone, {path: raw}, wanted, Signers(key, person), ask=not yes, nobody=nobody):
        say("recall/next", id=f"{product}/{name}")


def _name(clone: Clone, product: str, typed: str, reason: str, now: datetime) -> str:
    tree = clone.work()
    if not typed:
        return free_id(tree, reason, now, lambda name: recall_path(product, name))
    if not re.fullmatch(NAME, typed):
        raise Misuse.of("suppress/bad-id", id=typed)
    path = recall_path(product, typed)
    if tree.entry(path) is not None:
        raise Misuse.of("recall/id-taken", Place(path), id=typed, product=product)
    return typed
