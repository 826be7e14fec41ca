"""`tiangong whoami`: whose keys are at hand here, and what each may sign."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from tiangong.author.keys import Key, machine_keys, my_keys
from tiangong.author.team import Team, team
from tiangong.cli.options import KeyFile
from tiangong.cli.output import Format, answers, complain, raw, say
from tiangong.cli.writing import open_clone, trusted
from tiangong.errors import Misuse, Place
from tiangong.messages.spoken import text
from tiangong.model.answer import AnswerMetadata, Identity, MayDo
from tiangong.model.policy import Grant
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.roles import ENVIRONMENT_IN_PATH, PRODUCT_IN_PATH, RESTRICTIONS, signs

EVERYTHING = ("*",)
app = typer.Typer(add_completion=False)


@app.command()
def whoami(
    key: KeyFile = None,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Show who I am in this repository: my keys, the machine keys kept in this clone, and what each may sign."""
    clone = open_clone()
    mine, machines = my_keys(clone, key, Path.home()), machine_keys(clone)
    trees = trusted(clone, clone.work())
    try:
        here = team(trees, mine, machines)
    except Misuse as error:
        if not machines:
            raise
        complain(error)
        here = team(trees, machines, [])
    first = here.me.key.public.blob
    found = [_identity(here, one, first=one.public.blob == first) for one in (*mine, *machines)]
    if output is not Format.TABLE:
        answers([one for one in found if one.metadata.name] if output is Format.NAME else found, output)
        return
    for one in found:
        _show(one)
    if not any(one.metadata.name for one in found if not one.machine):
        shown = mine[0].public if mine else machines[0].public
        raise Misuse.of("author/unknown-key", Place(POLICY_PATH), key=shown.fingerprint, line=shown.line)


def _identity(here: Team, key: Key, *, first: bool) -> Identity:
    person = here.owners.get(key.public.blob, "")
    known = here.policy.spec.people.get(person)
    return Identity(
        metadata=AnswerMetadata(name=person),
        key=key.public.fingerprint,
        line=key.public.line,
        file=str(key.file or ""),
        machine=bool(known and known.machine),
        first=first,
        grants=tuple(_grants(here, person)) if person else (),
    )


def _grants(here: Team, person: str) -> Iterator[MayDo]:
    """What the policy allows somebody, then what the root does."""
    for grant in here.policy.spec.roles:
        if person in grant.who:
            kinds = signs(grant.role)
            if grant.threshold == 1 or not kinds & RESTRICTIONS:
                yield _may(grant, kinds, grant.threshold)
            else:  # what restricts takes one signature (R3)
                yield _may(grant, kinds - RESTRICTIONS, grant.threshold)
                yield _may(grant, kinds & RESTRICTIONS, 1)
    root = here.root.spec
    for role, kind, quorum in (("policy", "TrustPolicy", root.policy), ("root", "TrustRoot", root.root)):
        if person in quorum.people:
            yield MayDo(role=role, kinds=(kind,), environments=(), products=(), threshold=quorum.threshold, touch=False)


def _may(grant: Grant, which: frozenset[str], threshold: int) -> MayDo:
    kinds = tuple(sorted(which))
    return MayDo(
        role=grant.role,
        kinds=kinds,
        environments=grant.environments if _is_scoped(kinds, by_environment=True) else (),
        products=grant.products if _is_scoped(kinds, by_environment=False) else (),
        threshold=threshold,
        touch=grant.touch or grant.pin,
    )


def _is_scoped(kinds: tuple[str, ...], *, by_environment: bool) -> bool:
    """Tell whether a role's globs mean anything for what it signs."""
    scopes = {*ENVIRONMENT_IN_PATH, "Suppression"} if by_environment else {*PRODUCT_IN_PATH, "Installation"}
    return bool(scopes & set(kinds))


def _show(one: Identity) -> None:
    where = one.file or text("whoami/in-agent")
    code = "whoami/stranger" if not one.metadata.name else "whoami/machine" if one.machine else "whoami/person"
    say(code, person=one.metadata.name, key=one.key, where=where)
    for grant in one.grants:
        if grant.kinds:
            say("whoami/may", role=grant.role, kinds=", ".join(grant.kinds), scope=_scope(grant))
        else:
            say("whoami/signs-nothing", role=grant.role)
    if one.metadata.name and not one.grants:
        raw(text("whoami/no-role"))


def _scope(grant: MayDo) -> str:
    """` of prod-*, 2 signatures needed`."""
    limits = [", ".join(globs) for globs in (grant.environments, grant.products) if globs and globs != EVERYTHING]
    parts = [" of " + " / ".join(limits)] if limits else []
    if grant.threshold > 1:
        parts.append(text("whoami/alone", count=grant.threshold))
    if grant.touch:
        parts.append(text("whoami/touch"))
    return ", ".join(parts) if limits or not parts else ", " + ", ".join(parts)
