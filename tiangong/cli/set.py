"""`tiangong set`: fields of one document, in one line; shown, foreseen, signed, committed."""

from typing import Annotated

import typer

from tiangong.author.assign import assigned
from tiangong.author.target import find_target
from tiangong.cli.landing import Signers, follow, land_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Message, NoLint, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.writing import Wanted, inside, open_clone
from tiangong.errors import Misuse, problem
from tiangong.messages import text as written

app = typer.Typer(add_completion=False)


@app.command("set")
def set_(
    words: Annotated[list[str], typer.Argument(metavar="TARGET KEY=VALUE…", help="A document, and fields below spec.")],
    *,
    unset: Annotated[list[str] | None, typer.Option("--unset", metavar="KEY", help="Remove this field.")] = None,
    message: Message = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_lint: NoLint = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Set fields of a document: show the diff and what each agent will do, sign, commit.

    TARGET is prod-eu, prod-eu/shop, product shop, profile production, channel canary, fleet, policy, or a path. Fields
    stand below spec (labels.x below metadata): config.listen, windows.allow[nights].for, envelope.paths[+]. Values get
    the type the document's model, or the product's release, gives the field.
    """
    target_words, pairs = _split(words)
    if not pairs and not unset:
        raise Misuse.of("edit/nothing-given")
    clone = open_clone()
    tree = clone.work()
    target = find_target(tree, target_words, lambda paths: inside(clone, paths))
    raw = assigned(tree, target, pairs, unset or ())
    if raw == target.raw:
        say("edit/unchanged", target=target.shown)
        return
    fields = ", ".join([*(pair.partition("=")[0] for pair in pairs), *(unset or ())])
    title = message or written("edit/default-set", target=target.shown, fields=fields)
    wanted = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    if land_documents(
        clone, {target.path: raw}, wanted, Signers(key, person), ask=not yes, linted=not no_lint, nobody=nobody
    ):
        follow(target.path)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """The target's words, and what is to be set."""
    first = next((number for number, word in enumerate(words) if "=" in word), len(words))
    return words[:first], words[first:]
