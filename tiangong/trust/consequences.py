"""What a revocation would bring about, before it is signed: documents that no longer count, sites that hold. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from tiangong.documents.paths import names_in
from tiangong.model.kinds import KINDS
from tiangong.model.revocation import Revocation
from tiangong.model.secret import Secret
from tiangong.model.stages import Tree
from tiangong.trust.audit import every_path, found_pins
from tiangong.trust.court import Court
from tiangong.trust.reading import Cache
from tiangong.trust.roles import grants_for

OWN = ("Environment", "Installation", "Agent")
EVERYBODYS = ("TrustPolicy", "Fleet", "Channel", "Product", "Profile")


@dataclass(frozen=True, slots=True)
class Consequences:
    """`again`: path of a document → who has to sign it again; `secrets`: that its holder may have known."""

    again: dict[str, tuple[str, ...]]
    secrets: tuple[str, ...]
    sites: tuple[str, ...]


def consequences(tree: Tree, revocation: Revocation, people: tuple[str, ...]) -> Consequences:
    """Judge everything with and without a revocation in force, as agents will. `people`: whose keys it means."""
    before, after = _counting(tree, ()), _counting(tree, (revocation,))
    again = {path: signers for path, signers in before.items() if path not in after}
    environments = sorted({path.split("/")[1] for path in before if names_in("Environment", path)})
    touched = {names_in(kind, path).get(_name(kind), "") for path in again for kind in OWN if names_in(kind, path)}
    everybody = any(names_in(kind, path) for path in again for kind in EVERYBODYS)
    sites = tuple(one for one in environments if everybody or one in touched)
    return Consequences(again, tuple(sorted(_secrets(tree, people))), sites)


def _name(kind: str) -> str:
    return "environment" if kind == "Installation" else "name"


def _counting(tree: Tree, more: tuple[Revocation, ...]) -> dict[str, tuple[str, ...]]:
    """Path → who signed, of every document that counts, and on which nothing else is to be said."""
    court = Court(tree, found_pins(tree), None, Cache())
    _, policy = court.open()
    court.presume()
    court.revoked = (*court.revoked, *more)
    court.take_withdrawals()
    found = {policy.path: policy.signers}
    for path, kind in every_path(court):
        if signed := court.one(path, KINDS[kind]):
            found[path] = signed.signers
    tainted = {refusal.path for refusal in court.refusals if refusal.kind}
    return {path: signers for path, signers in found.items() if path not in tainted}


def _secrets(tree: Tree, people: tuple[str, ...]) -> Iterator[str]:
    """Secrets of environments in which one of the people operates: what they could write they may have read."""
    court = Court(tree, found_pins(tree), None, Cache())
    _, policy = court.open()
    court.take_withdrawals()
    for path, kind in every_path(court):
        if kind != Secret.__name__:
            continue
        grants = grants_for(policy.document.spec, kind, path, (), ("*",))
        if any(set(grant.who) & set(people) for grant in grants):
            yield path
