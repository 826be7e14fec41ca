"""`tiangong install`: a product in every environment that is chosen, or in a profile they share."""

from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.installing import Wanted as Wish
from tiangong.author.installing import into_environments, into_profile, wanted
from tiangong.author.select import choose_environments
from tiangong.author.shelf import Shelf
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import Branch, DryRun, EnvGlob, KeyFile, Labels, Message, NoLint, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.reading import Choice
from tiangong.cli.writing import Wanted, note, open_clone
from tiangong.errors import Misuse, problem
from tiangong.messages import text as written

MOST_NAMED = 10
app = typer.Typer(add_completion=False)


@app.command()
def install(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="What is to run there.")],
    *,
    channel: Annotated[str, typer.Option("--channel", metavar="CH", help="The channel it follows.")],
    env: EnvGlob = "",
    label: Labels = None,
    profile: Annotated[str, typer.Option("--profile", metavar="P", help="Into this profile instead.")] = "",
    name: Annotated[str, typer.Option("--name", metavar="N", help="Its name there; the product's by default.")] = "",
    config: Annotated[list[str] | None, typer.Option("--config", metavar="K=V", help="A value it needs.")] = None,
    message: Message = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_lint: NoLint = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Install a product: one small signed document in each chosen environment. Which version comes from its channel."""
    clone = open_clone()
    shelf = Shelf(head_of(clone))
    wish = wanted(shelf, clone.work(), product, channel.lower(), name or product, config or ())
    documents, where = _documents(clone, shelf, wish, profile, Choice.of(None, env, label or ()))
    if not documents:
        say("install/already")
        return
    title = message or written("install/message", product=product, channel=wish.channel, where=where)
    landing = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    try:
        landed = land_documents(
            clone, documents, landing, Signers(key, person), ask=not yes, linted=not no_lint, nobody=nobody
        )
    except Misuse as error:
        missing = [str(found.facts["name"]) for found in error.problems if found.code == "plan/config-missing"]
        hint = [problem("install/say-config", name=missing[0])] if missing else []
        raise Misuse(*error.problems, *hint) from None
    if landed:
        say("outlook/follow-all")


def _documents(clone: Clone, shelf: Shelf, wish: Wish, profile: str, choice: Choice) -> tuple[dict[str, bytes], str]:
    """What will be signed, and where that is."""
    selects = bool(choice.globs or choice.labels)
    if profile and selects:
        raise Misuse.of("select/one-way", one="--profile", other="--env or -l")
    if profile:
        return into_profile(clone.work(), profile, wish), f"profile {profile}"
    if not selects:
        raise Misuse.of("install/where")
    chosen = choose_environments(shelf, choice.takes_name, choice.labels or {})
    for found in chosen.refused:
        note(found)
    where = ", ".join(chosen.names[:MOST_NAMED]) + (
        f" (+{more})" if (more := len(chosen.names) - MOST_NAMED) > 0 else ""
    )
    say("install/into", product=wish.product, channel=wish.channel.upper(), name=wish.name, environments=where)
    return into_environments(clone.work(), chosen.names, wish), where
