"""`tiangong uninstall`: what is installed is removed again by its agent, as its own release says."""

from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.select import choose_environments, names_like
from tiangong.author.shelf import Shelf
from tiangong.author.uninstalling import named, to_absent
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, follow, head_of, land_documents
from tiangong.cli.options import Branch, DryRun, EnvGlob, KeyFile, Labels, Message, NoLint, Person, Push, Yes
from tiangong.cli.output import say
from tiangong.cli.reading import Choice
from tiangong.cli.writing import Wanted, note, open_clone
from tiangong.errors import Misuse, problem
from tiangong.fleet.clone import find_clone
from tiangong.fleet.statuses import Fleet
from tiangong.messages import text as written

MOST_NAMED = 10
app = typer.Typer(add_completion=False)


@app.command()
def uninstall(
    target: Annotated[str, typer.Argument(metavar="ENV/INST | PRODUCT", help="What is to go.")],
    *,
    env: EnvGlob = "",
    label: Labels = None,
    name: Annotated[str, typer.Option("--name", metavar="N", help="Only what has this name there.")] = "",
    message: Message = "",
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_lint: NoLint = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Uninstall one installation, or a product in every environment that is chosen: sign state: absent.

    The agent does the release's uninstall: steps; without any, it undoes what can be undone, the last step first.
    Windows and suppressions hold it like any change. tiangong install, or state: present, installs it afresh.
    """
    clone = open_clone()
    chosen = _chosen(clone, target, Choice.of(None, env, label or ()), name)
    tree = clone.work()
    documents: dict[str, bytes] = {}
    for environment, names in chosen.items():
        documents |= to_absent(tree, environment, names, _left(clone, environment))
    if not documents:
        say("uninstall/already")
        return
    title = message or written("uninstall/message", what=_listed(chosen))
    landing = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    signers = Signers(key, person)
    if land_documents(clone, documents, landing, signers, ask=not yes, linted=not no_lint, nobody=nobody):
        follow(next(iter(documents))) if len(documents) == 1 else say("outlook/follow-all")


def _chosen(clone: Clone, target: str, choice: Choice, name: str) -> dict[str, list[str]]:
    """Environment → names of what is to go there."""
    selects = bool(choice.globs or choice.labels)
    environment, slash, installation = target.partition("/")
    if slash:
        if selects or name:
            raise Misuse.of("select/one-way", one=target, other="--env, -l or --name")
        names_like(head_of(clone), lambda one: one == environment)
        return {environment: [installation]}
    shelf = Shelf(head_of(clone))
    shelf.product(target)
    if not selects:
        raise Misuse.of("uninstall/where")
    chosen = choose_environments(shelf, choice.takes_name, choice.labels or {})
    for found in chosen.refused:
        note(found)
    tree = clone.work()
    named_ = {one: names for one in chosen.names if (names := named(tree, one, target, name))}
    if not named_:
        raise Misuse.of("uninstall/none", product=target, environments=", ".join(chosen.names[:MOST_NAMED]))
    say("uninstall/from", product=target, what=_listed(named_))
    return named_


def _left(clone: Clone, environment: str) -> dict[str, str]:
    """What the agent says is there: also what no document asks for any more."""
    said = Fleet(find_clone(clone.root, {})).one(environment, clock())
    return {one.name: one.product for one in (said.status.spec.installations if said.status else ()) if one.version}


def _listed(chosen: dict[str, list[str]]) -> str:
    found = [f"{environment}/{name}" for environment, names in chosen.items() for name in names]
    more = f" (+{len(found) - MOST_NAMED})" if len(found) > MOST_NAMED else ""
    return ", ".join(found[:MOST_NAMED]) + more
