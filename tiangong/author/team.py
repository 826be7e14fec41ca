"""Who I am in this repository, and which of the keys at hand may sign which document (D12)."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TypeVar

from tiangong.author.keys import Key
from tiangong.author.listing import Listing
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, Place, Problem, problem
from tiangong.model.acts import Withdrawal
from tiangong.model.document import Document
from tiangong.model.policy import Grant, Quorum, TrustPolicy, TrustRoot
from tiangong.trust.authority import grants_on, keyring, parts_of, role_on
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.roots import root_path
from tiangong.trust.withdrawal import is_of_quorum

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key at hand, and whose it is."""

    person: str
    key: Key


@dataclass(frozen=True, slots=True)
class Team:
    """The policy and root of a repository, and the signers at hand: me first, then machine keys of this clone."""

    policy: TrustPolicy
    root: TrustRoot
    signers: tuple[Signer, ...]
    owners: Mapping[bytes, str] = field(default_factory=dict)
    """public key in wire form → person"""

    @property
    def me(self) -> Signer:
        """Who signs what no machine key is meant for."""
        return self.signers[0]

    def signer_for(
        self, path: str, document: Document, signed: Set[str] = frozenset(), ended: Document | None = None
    ) -> tuple[Signer, Problem | None]:
        """Who should sign a document, and what will still be missing then.

        `signed`: who has signed it already; `ended`: what a withdrawal ends.
        """
        each = [grants_on(self.policy.spec, path, document, part) for part in parts_of(ended)]
        missing = [(signer, self._of_each(path, document, signer, signed, each)) for signer in self.signers]
        enough = next((pair for pair in missing if pair[1] is None), None)
        partly = next((pair for pair in missing if pair[1] and pair[1].code == "author/needs-more"), None)
        return enough or partly or missing[0]

    def _of_each(
        self, path: str, document: Document, signer: Signer, signed: Set[str], each: Sequence[Sequence[Grant]]
    ) -> Problem | None:
        """What is missing of the owners of each environment; who may sign for one of them is of use already."""
        found = [(grants, self._missing(path, document, signer, signed, grants)) for grants in each]
        wrong = [(grants, why) for grants, why in found if why]
        if not wrong:
            return None
        lacking, why = wrong[0]
        is_of_use = any(why is None or why.code == "author/needs-more" for _, why in found)
        if not (is_of_use and lacking and why.code == "author/needs-role"):
            return why
        least = min(lacking, key=lambda grant: grant.threshold - len(signed & set(grant.who)))
        more = _more(path, least.threshold, _still(least.who, signed), role_on(path, document) or "")
        return more or next((why for _, why in wrong[1:]), None)

    def _missing(
        self, path: str, document: Document, signer: Signer, signed: Set[str], grants: Sequence[Grant]
    ) -> Problem | None:
        kind = kind_at(path) or document.kind
        if kind == "TrustRoot":
            return _of_quorum(self.root.spec.root, path, "root", signer, signed)
        if kind == "Revocation":
            alone = self.root.spec.policy.model_copy(update={"threshold": 1})
            return _of_quorum(alone, path, "policy", signer, signed)
        if kind == "TrustPolicy" or (isinstance(document, Withdrawal) and is_of_quorum(document.spec.subject)):
            return _of_quorum(self.root.spec.policy, path, "policy", signer, signed)
        return _of_grants(grants, path, role_on(path, document) or "", signer, signed)


def team(trees: Sequence[Listing], mine: Sequence[Key], machines: Sequence[Key], wanted: str | None = None) -> Team:
    """Find out who I am. `trees`: where to read the policy, the most trusted first; `wanted`: the person to sign as.

    Misuse when none of my keys belongs to anybody, or the wanted person's key isn't here.
    """
    policy, root = _policy(trees), _root(trees)
    owners = _owners(trees, policy, root)
    me = [Signer(owners[key.public.blob], key) for key in mine if key.public.blob in owners]
    others = [Signer(owners[key.public.blob], key) for key in machines if key.public.blob in owners]
    if wanted is not None:
        chosen = [signer for signer in (*me, *others) if signer.person == wanted]
        if not chosen:
            raise Misuse.of("author/no-key-of", person=wanted, known=", ".join(sorted(set(owners.values()))))
        return Team(policy, root, (chosen[0],), owners)
    if not me and not mine:
        raise Misuse.of("author/no-key")
    if not me:
        shown = mine[0].public
        raise Misuse.of("author/unknown-key", Place(POLICY_PATH), key=shown.fingerprint, line=shown.line)
    return Team(policy, root, (me[0], *others), owners)


def _policy(trees: Sequence[Listing]) -> TrustPolicy:
    return _first(trees, POLICY_PATH, TrustPolicy)


def _root(trees: Sequence[Listing]) -> TrustRoot:
    return _first(trees, newest_root(trees[0]) or root_path(1), TrustRoot)


def newest_root(tree: Listing) -> str | None:
    """The path of the newest trust root, or None."""
    numbers = [int(e.name.removesuffix(".yaml")) for e in tree.folder("trust/root") if kind_at(e.id) == "TrustRoot"]
    return root_path(max(numbers)) if numbers else None


def _first(trees: Sequence[Listing], path: str, kind: type[D]) -> D:
    """Read a document from the first tree that has it in order."""
    wrong: list[Problem] = []
    for tree in trees:
        raw = tree.bytes_at(path)
        try:
            document = parse(raw, path) if raw is not None else None
        except Misuse as error:
            wrong.extend(error.problems)
            continue
        if isinstance(document, kind):
            return document
    raise Misuse(*wrong or (problem("author/no-trust", Place(path)),))


def _owners(trees: Sequence[Listing], policy: TrustPolicy, root: TrustRoot) -> dict[bytes, str]:
    """Public key in wire form → person; also people whom only the newest edit of the policy names."""
    people: list[tuple[str, Sequence[str]]] = []
    for one in (policy, *(_edited(tree) for tree in trees)):
        people += [(name, person.keys) for name, person in one.spec.people.items()] if one else []
    people += [*root.spec.root.people.items(), *root.spec.policy.people.items()]
    ring, _ = keyring(people, POLICY_PATH)
    return ring


def _edited(tree: Listing) -> TrustPolicy | None:
    try:
        return _policy([tree])
    except Misuse:
        return None


def _of_quorum(quorum: Quorum, path: str, role: str, signer: Signer, signed: Set[str]) -> Problem | None:
    who = ", ".join(quorum.people)
    ring, _ = keyring(quorum.people.items(), path)
    if ring.get(signer.key.public.blob) is None:
        return problem("author/needs-role", Place(path), role=role, who=who, signer=signer.person)
    return _more(path, quorum.threshold, _still(quorum.people, {*signed, signer.person}), role)


def _of_grants(grants: Iterable[Grant], path: str, role: str, signer: Signer, signed: Set[str]) -> Problem | None:
    mine: list[Grant] = []
    others: list[str] = []
    touch = False
    for grant in grants:
        others += grant.who
        if signer.person in grant.who:
            fits = signer.key.is_touched or not (grant.touch or grant.pin)
            touch = touch or not fits
            mine += [grant] if fits else []
    who = ", ".join(dict.fromkeys(others)) or "nobody"
    if mine:
        least = min(mine, key=lambda grant: grant.threshold - len({*signed, signer.person}.intersection(grant.who)))
        return _more(path, least.threshold, _still(least.who, {*signed, signer.person}), role)
    if touch:
        return problem("author/needs-touch", Place(path), role=role, who=who, signer=signer.person)
    return problem("author/needs-role", Place(path), role=role, who=who, signer=signer.person)


def _still(who: Iterable[str], signed: Set[str]) -> tuple[list[str], int]:
    """Who could still sign, and how many of them did."""
    people = list(dict.fromkeys(who))
    return [person for person in people if person not in signed], sum(person in signed for person in people)


def _more(path: str, need: int, still: tuple[list[str], int], role: str) -> Problem | None:
    others, have = still
    if have >= need:
        return None
    who = ", ".join(others) or "nobody"
    return problem("author/needs-more", Place(path), need=need, more=need - have, role=role, who=who, path=path)
