"""`tiangong trust`: whom this repository believes, who may do what, and why a document counts or doesn't."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from tiangong.author.shelf import Shelf
from tiangong.author.target import installation_path
from tiangong.cli.landing import head_of
from tiangong.cli.output import Format, answer, answers, items, raw, say
from tiangong.cli.revoking import export, revoke
from tiangong.cli.trusting import add_key, rotate_root, set_role
from tiangong.cli.verify import verify
from tiangong.cli.writing import inside, open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, Place, Refused
from tiangong.messages.spoken import render, text
from tiangong.model.answer import AnswerMetadata, trouble
from tiangong.model.authority import (
    Allowance,
    Allowed,
    DocumentStanding,
    RoleHolders,
    SignatureMark,
    TrustedPerson,
    TrustedPolicy,
    TrustedRoot,
    TrustSummary,
)
from tiangong.model.environment import Installation
from tiangong.trust.audit import found_pins
from tiangong.trust.keys import parse_public
from tiangong.trust.roles import KINDS_OF, signs
from tiangong.trust.standing import Standing, standing
from tiangong.trust.who import ACTIONS, Way, may, ways
from tiangong.trust.wire import SigError

EVERYTHING = ("*",)
NOT_ALLOWED = Refused.exit_code
app = typer.Typer(add_completion=False, no_args_is_help=True, help="Whom this repository believes, and why.")

ExitCode = Annotated[bool, typer.Option("--exit-code", help="End with 4 when the answer is no.")]


@app.command()
def show(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """Show root, policy, security level, and everybody in it with the fingerprints of their keys."""
    found = _summary(Shelf(head_of(open_clone())))
    if output is not Format.TABLE:
        answer(found, output)
        return
    say("trusting/fleet", fleet=found.metadata.name, repo=found.repo, level=found.level)
    root, policy = found.root, found.policy
    until = str(root.expires or text("trusting/never"))
    digest, people = root.digest[:23], ", ".join(root.people)
    say("trusting/root", version=root.version, digest=digest, until=until, threshold=root.threshold, people=people)
    of, people = policy.generation, ", ".join(policy.people)
    until = str(policy.expires)
    say("trusting/policy", generation=of, until=until, threshold=policy.threshold, people=people)
    columns = {"WHO": "name", "ROLES": "roles", "KEYS": "keys"}
    rows = [
        {"name": one.name, "roles": ", ".join(one.roles) or "–", "keys": ", ".join(one.keys)} for one in found.people
    ]
    items(rows, Format.TABLE, columns=columns)


@app.command()
def roles(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """List the roles: what each signs, and who has it here. The set is closed."""
    policy = Shelf(head_of(open_clone())).policy.document.spec
    found = [
        RoleHolders(
            metadata=AnswerMetadata(name=role),
            kinds=tuple(sorted(signs(role))),
            grants=tuple(
                Allowed(
                    role=role,
                    people=grant.who,
                    threshold=grant.threshold,
                    touch=grant.touch,
                    environments=grant.environments,
                    products=grant.products,
                )
                for grant in policy.roles
                if grant.role == role
            ),
        )
        for role in KINDS_OF
    ]
    if output is not Format.TABLE:
        answers(found, output)
        return
    columns = {"ROLE": "name", "SIGNS": "kinds", "WHO": "who"}
    rows = [
        {
            "name": one.metadata.name,
            "kinds": ", ".join(one.kinds) or text("trusting/nothing"),
            "who": "; ".join(_people(grant) for grant in one.grants) or text("trusting/nobody"),
        }
        for one in found
    ]
    items(rows, Format.TABLE, columns=columns)


@app.command()
def can(
    person: Annotated[str, typer.Argument(metavar="WHO", help="A person or machine of the policy.")],
    verb: Annotated[str, typer.Argument(metavar="VERB", help="Such as promote, approve, suspend.")],
    target: Annotated[
        list[str] | None, typer.Argument(metavar="[TARGET…]", help="shop, prod-eu, prod-eu/shop.")
    ] = None,
    *,
    exit_code: ExitCode = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Tell whether somebody may do something, by which role, and with how many others."""
    shelf = Shelf(head_of(open_clone()))
    known = {*shelf.policy.document.spec.people, *shelf.root.document.spec.root.people}
    known |= {*shelf.root.document.spec.policy.people}
    if person not in known:
        raise Misuse.of("trusting/no-person", person=person, known=", ".join(sorted(known)))
    found = _allowance(shelf, verb, target or [], person)
    if output is not Format.TABLE:
        answer(found, output)
    elif found.allowed:
        way = min((way for way in found.ways if person in way.people), key=lambda way: way.threshold)
        code = "trusting/may" if way.threshold == 1 else "trusting/may-with"
        say(code, person=person, what=found.metadata.name, role=found.role, more=way.threshold - 1, who=_people(way))
    else:
        who = "; ".join(map(_people, found.ways)) or text("trusting/nobody")
        say("trusting/may-not", person=person, what=found.metadata.name, role=found.role, who=who)
    if exit_code and not found.allowed:
        raise typer.Exit(NOT_ALLOWED)


@app.command("who-can")
def who_can(
    verb: Annotated[str, typer.Argument(metavar="VERB", help="Such as promote, approve, suspend.")],
    target: Annotated[
        list[str] | None, typer.Argument(metavar="[TARGET…]", help="shop, prod-eu, prod-eu/shop.")
    ] = None,
    *,
    exit_code: ExitCode = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Tell who may do something."""
    found = _allowance(Shelf(head_of(open_clone())), verb, target or [], "")
    if output is not Format.TABLE:
        answer(found, output)
    elif found.ways:
        say("trusting/who", what=found.metadata.name, role=found.role)
        for way in found.ways:
            raw(f"  {_people(way)}")
    else:
        say("trusting/no-one", what=found.metadata.name, role=found.role)
    if exit_code and not found.ways:
        raise typer.Exit(NOT_ALLOWED)


@app.command()
def why(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A document of this clone.")],
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """Explain why a document counts or doesn't: the role it takes, who signed, and the rule that decides."""
    clone = open_clone()
    (path,) = inside(clone, [file])
    if kind_at(path) is None:
        raise Misuse.of("author/no-document", Place(file))
    tree = clone.work()
    one = standing(tree, found_pins(tree), path)
    if output is not Format.TABLE:
        answer(_standing(one), output)
    else:
        _explain(one)
    if one.accepted is None:
        raise typer.Exit(NOT_ALLOWED)


app.command("add-key")(add_key)
app.command("set-role")(set_role)
app.command("rotate-root")(rotate_root)
app.command("revoke")(revoke)
app.command("export")(export)
app.command("verify", help="Check every signature, role and generation: the same as `tiangong verify`.")(verify)


# ── what was asked ───────────────────────────────────────────────────────────────────────────────────────────────
def _allowance(shelf: Shelf, verb: str, target: list[str], person: str) -> Allowance:
    if verb not in ACTIONS:
        raise Misuse.of("trusting/no-verb", verb=verb, known=", ".join(ACTIONS))
    found = ways(shelf.policy.document.spec, shelf.root.document.spec, verb, _meant(shelf, verb, target))
    return Allowance(
        metadata=AnswerMetadata(name=" ".join([verb, *target])),
        person=person,
        allowed=may(person, found) is not None if person else None,
        role=str(ACTIONS[verb].role),
        ways=tuple(map(_allowed, found)),
    )


def _meant(shelf: Shelf, verb: str, target: list[str]) -> Mapping[str, str]:
    """Environment and product of what was typed; what comes after, such as a channel, limits nobody."""
    first = target[0] if target else ""
    limits = ACTIONS[verb].limits
    if limits == ("product",):
        return {"product": first.partition("@")[0]}
    environment, _, name = first.partition("/")
    if "product" not in limits or not name:
        return {"environment": environment}
    found = shelf.one(installation_path(environment, name), Installation)
    return {"environment": environment, "product": (found.document.spec.product if found else None) or name}


def _allowed(way: Way) -> Allowed:
    return Allowed(
        role=way.role,
        people=way.people,
        threshold=way.threshold,
        touch=way.touch,
        environments=way.environments,
        products=way.products,
    )


def _people(way: Allowed) -> str:
    """`ann, bob (prod-*, 2 signatures needed, touched)`."""
    limits = [", ".join(globs) for globs in (way.environments, way.products) if globs and globs != EVERYTHING]
    if way.threshold > 1:
        limits.append(text("whoami/alone", count=way.threshold))
    if way.touch:
        limits.append(text("whoami/touch"))
    return ", ".join(way.people) + (f" ({', '.join(limits)})" if limits else "")


# ── what is there ────────────────────────────────────────────────────────────────────────────────────────────────
def _summary(shelf: Shelf) -> TrustSummary:
    root, policy = shelf.root, shelf.policy.document
    spec = root.document.spec
    return TrustSummary(
        metadata=AnswerMetadata(name=shelf.fleet.document.metadata.name),
        repo=root.document.metadata.repo or "",
        level=policy.spec.security_level,
        root=TrustedRoot(
            version=root.version,
            digest=root.digest,
            expires=spec.expires,
            threshold=spec.root.threshold,
            people=tuple(spec.root.people),
        ),
        policy=TrustedPolicy(
            generation=policy.metadata.generation or 0,
            expires=policy.spec.expires,
            threshold=spec.policy.threshold,
            people=tuple(spec.policy.people),
        ),
        people=tuple(_everybody(shelf)),
    )


def _everybody(shelf: Shelf) -> Iterator[TrustedPerson]:
    policy, root = shelf.policy.document.spec, shelf.root.document.spec
    quorums = (("policy", root.policy), ("root", root.root))
    lines = {name: person.keys for name, person in policy.people.items()}
    for _, quorum in quorums:
        lines |= {name: (*dict.fromkeys((*lines.get(name, ()), *keys)),) for name, keys in quorum.people.items()}
    for name, keys in lines.items():
        held = [str(grant.role) for grant in policy.roles if name in grant.who]
        held += [role for role, quorum in quorums if name in quorum.people]
        known = policy.people.get(name)
        yield TrustedPerson(
            name=name,
            keys=tuple(map(_fingerprint, keys)),
            machine=bool(known and known.machine),
            roles=tuple(dict.fromkeys(held)),
        )


def _fingerprint(line: str) -> str:
    try:
        return parse_public(line).fingerprint
    except SigError:
        return line[:40]


def _standing(one: Standing) -> DocumentStanding:
    signed = one.accepted
    return DocumentStanding(
        metadata=AnswerMetadata(name=one.path),
        accepted=signed is not None,
        role=one.role,
        signers=signed.signers if signed else (),
        digest=signed.digest if signed else "",
        generation=signed.document.metadata.generation if signed else None,
        marks=tuple(
            SignatureMark(person=mark.person, key=mark.key, touched=mark.touched, why=mark.why) for mark in one.marks
        ),
        problems=tuple(map(trouble, one.problems)),
    )


def _explain(one: Standing) -> None:
    if signed := one.accepted:
        say("trusting/counts", path=one.path, signers=", ".join(signed.signers), role=one.role)
        say("trusting/bytes", generation=signed.document.metadata.generation or 0, digest=signed.digest)
    else:
        say("trusting/counts-not", path=one.path, role=one.role)
    for mark in one.marks:
        code = "trusting/mark-bad" if mark.why else "trusting/mark" if mark.person else "trusting/mark-unknown"
        say(code, person=mark.person, key=mark.key, why=mark.why)
    for found in one.problems:
        raw(render(found))
