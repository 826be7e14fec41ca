"""Who signed, and whether that is enough (R4, R6, R7, D12): distinct people with distinct keys, deny by default."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tiangong.documents.paths import kind_at
from tiangong.errors import Place, Problem, problem
from tiangong.model.acts import Withdrawal
from tiangong.model.approval import Approval
from tiangong.model.document import Document
from tiangong.model.environment import Installation, Suppression
from tiangong.model.policy import Grant, Quorum, Role, TrustPolicySpec
from tiangong.model.secret import Secret
from tiangong.trust.keys import parse_public
from tiangong.trust.reading import Found
from tiangong.trust.roles import SINGLE, WITHDRAWN_BY, grants_for, role_for
from tiangong.trust.sshsig import Sig
from tiangong.trust.wire import SigError

Keyring = Mapping[bytes, str]
"""public key in wire form → the one person it belongs to"""


@dataclass(frozen=True, slots=True)
class Signature:
    """A person whose signature is good; `touched`, `pin`: what the security key asked for, if it was one."""

    person: str
    touched: bool
    pin: bool = False

    def satisfies(self, grant: Grant) -> bool:
        """Tell whether it was made by somebody of a role, in the way the role asks for (R5)."""
        return self.person in grant.who and (self.touched or not grant.touch) and (self.pin or not grant.pin)


def keyring(people: Iterable[tuple[str, Sequence[str]]], path: str) -> tuple[dict[bytes, str], list[Problem]]:
    """Return who owns which key; a key of two people is a problem (R6), a key type we don't know is left out."""
    ring: dict[bytes, str] = {}
    problems: list[Problem] = []
    for person, lines in people:
        for line in lines:
            try:
                blob = parse_public(line).blob
            except SigError as error:
                problems.append(
                    problem("trust/bad-key", Place(path, field=f"people.{person}"), person=person, why=str(error))
                )
                continue
            if ring.setdefault(blob, person) != person:
                problems.append(problem("trust/shared-key", Place(path), one=ring[blob], other=person))
    return ring, problems


def quorum_ring(quorum: Quorum, path: str) -> tuple[dict[bytes, str], list[Problem]]:
    """The keyring of one of the root's quorums."""
    return keyring(quorum.people.items(), path)


def shared_key(problems: Iterable[Problem]) -> Problem | None:
    """The problem that makes a keyring unusable: nobody can tell who signed (R6)."""
    return next((found for found in problems if found.code == "trust/shared-key"), None)


def speaker(sig: Sig, ring: Keyring) -> str:
    """Whose signature it is; empty when nobody knows. A certificate has to have been heard before."""
    return sig.person if sig.certificate is not None else ring.get(sig.key.blob, "")


def signatures_of(found: Found, ring: Keyring) -> list[Signature]:
    """The people who signed, each once, each with a key of their own."""
    people: dict[str, Signature] = {}
    owners: dict[bytes, str] = {}
    for sig in found.signatures:
        person = speaker(sig, ring)
        # One key signs for one person, whatever certificates say (R7).
        if person and owners.setdefault(sig.key.blob, person) == person:
            made = Signature(person, sig.touched, sig.pin)
            people[person] = max(people.get(person, made), made, key=lambda one: (one.touched, one.pin))
    return sorted(people.values(), key=lambda signature: signature.person)


def judge_quorum(found: Found, quorum: Quorum, ring: Keyring, name: str) -> tuple[str, ...] | Problem:
    """Who signed for a quorum of the root, or why that is not enough."""
    people = tuple(s.person for s in signatures_of(found, ring))
    if len(people) >= quorum.threshold:
        return people
    return _too_few(found, people, quorum.threshold, name, ", ".join(quorum.people))


def judge(
    found: Found, document: Document, policy: TrustPolicySpec, ring: Keyring, subject: Document | None = None
) -> tuple[str, ...] | Problem:
    """Who signed with authority, or why nobody did. `subject`: what a withdrawal ends, where it can be read."""
    people: set[str] = set()
    for part in parts_of(subject):
        signers = _judge(found, document, policy, ring, part)
        if isinstance(signers, Problem):
            return signers
        people.update(signers)
    return tuple(sorted(people))


def parts_of(subject: Document | None) -> list[Document | None]:
    """What is ended, environment by environment: of several the owners of each must sign, not one owner of all (R3)."""
    if not isinstance(subject, Suppression) or len(subject.spec.environments) < 2:
        return [subject]
    specs = (subject.spec.model_copy(update={"environments": (one,)}) for one in subject.spec.environments)
    return [subject.model_copy(update={"spec": spec}) for spec in specs]


def _judge(
    found: Found, document: Document, policy: TrustPolicySpec, ring: Keyring, subject: Document | None = None
) -> tuple[str, ...] | Problem:
    kind = kind_at(found.path) or document.kind
    grants = grants_on(policy, found.path, document, subject)
    signatures = signatures_of(found, ring)
    if kind == Approval.__name__:  # each approver counts, whichever grant allows it
        able = tuple(s.person for s in signatures if any(s.satisfies(grant) for grant in grants))
        return able or _why_not(found, kind, role_on(found.path, document), grants, signatures)
    for grant in grants:
        counted = [s for s in signatures if s.satisfies(grant)]
        if len(counted) >= grant.threshold:
            return tuple(s.person for s in counted)
    return _why_not(found, kind, role_on(found.path, document), grants, signatures)


def grants_on(policy: TrustPolicySpec, path: str, document: Document, subject: Document | None = None) -> list[Grant]:
    """The grants that cover a document; of a withdrawal, those of the owners of what it ends.

    What restricts takes one signature, whatever else of its role takes (R3). A subject that can't be read may reach
    everything, and takes the owners of everything.
    """
    kind = kind_at(path) or document.kind
    if not isinstance(document, Withdrawal):
        found = grants_for(policy, kind, path, named_environments(document), named_products(document))
        return [_alone(grant) for grant in found] if kind in SINGLE else found
    ended = document.spec.subject
    kind = kind_at(ended) or ""
    named = (named_environments(subject), named_products(subject)) if subject else ((), ())
    found = grants_for(policy, kind, ended, *named, withdraws=True) if kind in WITHDRAWN_BY else []
    return [_alone(grant) for grant in found] if kind == Approval.__name__ else found


def _alone(grant: Grant) -> Grant:
    return grant.model_copy(update={"threshold": 1})


def role_on(path: str, document: Document) -> Role | None:
    """The role that signs a document, or None for what a quorum of the root signs."""
    if isinstance(document, Withdrawal):
        return WITHDRAWN_BY.get(kind_at(document.spec.subject) or "")
    return role_for(kind_at(path) or document.kind)


def unsigned(found: Found, policy: TrustPolicySpec, ring: Keyring) -> Problem | None:
    """Say so when nobody the policy knows signed these bytes: then nobody needs to read them."""
    if any(speaker(sig, ring) for sig in found.signatures):
        return None
    kind = kind_at(found.path) or ""
    roles = {*WITHDRAWN_BY.values()} if kind == Withdrawal.__name__ else {role_for(kind) or "policy"}
    who = _listed(grant for grant in policy.roles if grant.role in roles)
    return _too_few(found, (), 1, " or ".join(sorted(roles)), who)


def may_restrict(found: Found, policy: TrustPolicySpec, ring: Keyring, environment: str) -> bool:
    """Tell whether somebody signed who may restrict an environment by an act that stands there."""
    people = {signature.person for signature in signatures_of(found, ring)}
    grants = grants_for(policy, kind_at(found.path) or "", found.path, (environment,))
    return any(people.intersection(grant.who) for grant in grants)


def named_environments(document: Document) -> tuple[str, ...]:
    """The environments a document names itself, as globs."""
    return document.spec.environments if isinstance(document, Suppression | Approval) else ()


def named_products(document: Document) -> tuple[str, ...]:
    """The products a document names itself."""
    if isinstance(document, Secret):
        return document.spec.products
    return (document.spec.product,) if isinstance(document, Installation) and document.spec.product else ()


def _why_not(
    found: Found, kind: str, signing: Role | None, grants: Sequence[Grant], signatures: Sequence[Signature]
) -> Problem:
    role = signing or "policy"
    who = _listed(grants)
    allowed = {id(grant): tuple(s.person for s in signatures if s.person in grant.who) for grant in grants}
    if signatures and not any(allowed.values()):
        signed = ", ".join(s.person for s in signatures)
        return problem("trust/no-authority", Place(found.path), signed=signed, role=role, who=who, kind=kind)
    if enough := [grant for grant in grants if len(allowed[id(grant)]) >= grant.threshold]:
        if all(grant.pin for grant in enough):
            return problem("trust/pin-needed", Place(found.path), role=role, who=who)
        return problem("trust/touch-needed", Place(found.path), role=role, who=who)
    closest = min(grants, key=lambda grant: grant.threshold - len(allowed[id(grant)]), default=None)
    people, need = (allowed[id(closest)], closest.threshold) if closest else ((), 1)
    return _too_few(found, people, need, role, who)


def _listed(grants: Iterable[Grant]) -> str:
    return ", ".join(dict.fromkeys(person for grant in grants for person in grant.who)) or "nobody"


def _too_few(found: Found, people: Sequence[str], need: int, role: str, who: str) -> Problem:
    place = Place(found.path)
    if people:
        return problem(
            "trust/threshold", place, have=len(people), need=need, signed=", ".join(people), role=role, who=who
        )
    if found.signatures:
        key = found.signatures[0].key.fingerprint
        return problem("trust/unknown-signer", place, key=key, role=role, who=who)
    if found.bad:
        bad = found.bad[0]
        return problem("trust/bad-signature", place, signer=bad.signer, why=bad.why, role=role, who=who)
    return problem("trust/no-signature", place, role=role, who=who)
