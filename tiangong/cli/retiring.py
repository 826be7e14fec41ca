"""`tiangong env retire` and `env remove`: the end of an environment."""

from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.land import land
from tiangong.author.push import Target
from tiangong.author.retiring import delete_refs, refs_of, retired, sweep, where, without
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, land_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import say, tell
from tiangong.cli.reading import open_fleet
from tiangong.cli.writing import Wanted, confirm, note, open_clone, report, show
from tiangong.errors import Away, Misuse, problem
from tiangong.fleet.statuses import Said
from tiangong.messages import text as written

Name = Annotated[str, typer.Argument(metavar="ENV", help="The environment.")]


def add_retiring(app: typer.Typer) -> None:
    """Give `env` the verbs `retire` and `remove`."""
    app.command()(retire)
    app.command()(remove)


def retire(
    name: Name,
    *,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Retire an environment: its agent says so one last time, starts nothing any more and ends.

    What is installed stays as it is: uninstall it first where it is to go.
    """
    clone = open_clone()
    documents = retired(clone.work(), name)
    if not documents:
        say("env/retired-already", environment=name)
        return
    _warn_of_rest(_said(name))
    wanted = Wanted(written("env/retire-message", environment=name), push=push, branch=branch, dry_run=dry_run)
    if land_documents(clone, documents, wanted, Signers(key, person), ask=not yes):
        say("env/retire-next", environment=name)


def remove(
    name: Name,
    *,
    force: Annotated[bool, typer.Option("--force", help="Although its agent hasn't said it is retired.")] = False,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Remove a retired environment: its folder in one commit, then its agent's branches on the remote.

    Refused unless the agent's last signed status says that it is retired. With --push both are done at once.
    """
    clone = open_clone()
    _check(_said(name, ask=True), force=force)
    made, target = without(clone, name), where(clone)
    refs = refs_of(clone, target, name) if target else []
    if not made.files and not refs:
        raise Misuse.of("env/nothing-there", environment=name)
    show(clone, made, clone.head)
    if dry_run:
        tell("author/dry-run")
        return
    if not yes:
        confirm("env/remove-this", environment=name, count=len(made.files), refs=", ".join(refs) or "-")
    if made.files:
        landed = land(clone, made, written("env/remove-message", environment=name), push=push, branch=branch)
        sweep(clone, name)
        report(clone, landed)
    if refs and target:
        _refs(clone, target, refs, push=push)


def _refs(clone: Clone, target: Target, refs: list[str], *, push: bool) -> None:
    """Delete the agent's branches, or say how."""
    shown = " ".join(refs)
    if push:
        delete_refs(clone, target, refs)
        say("env/refs-deleted", remote=target.remote, refs=shown)
    else:
        say("env/refs-next", remote=target.remote, refs=shown)


def _said(name: str, *, ask: bool = False) -> Said:
    """The last word of an environment's agent; Away when it is to be asked for and can't be."""
    fleet, away = open_fleet(offline=not ask)
    if away:
        raise Away(*away.problems)
    return fleet.one(name, clock())


def _check(said: Said, *, force: bool) -> None:
    """Whether an environment may be removed: nobody acts there any more, or nobody ever did."""
    never = said.agent is None and said.status is None and {one.code for one in said.problems} <= {"fleet/no-agent"}
    if said.is_retired or never:
        return
    if not force:
        raise Misuse(*said.problems, *Misuse.of("env/not-retired", environment=said.environment).problems)
    note(problem("env/forced", environment=said.environment))


def _warn_of_rest(said: Said) -> None:
    """What will stay on the host."""
    there = [one for one in (said.status.spec.installations if said.status else ()) if one.version]
    if there:
        names = ", ".join(f"{one.name} {one.version}" for one in there)
        note(problem("env/stays", environment=said.environment, installations=names))
