"""Whether everything can be signed by somebody: people, keys, thresholds within reach, what has expired (D12)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from tiangong.author.draft import ended_by
from tiangong.author.lint.books import Books
from tiangong.author.team import newest_root
from tiangong.errors import Place, Problem, problem
from tiangong.model.document import Document
from tiangong.model.environment import Environment, Profile
from tiangong.model.policy import Grant, Person, Quorum, TrustPolicy, TrustRoot
from tiangong.trust.authority import grants_on, keyring, parts_of, role_on
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.keys import parse_public
from tiangong.trust.seal import LEVELS
from tiangong.trust.wire import SigError

MOST_NAMED = 3


def authority(books: Books, now: datetime) -> Iterator[Problem]:
    """Everything about who may sign."""
    yield from _root(books, now)
    policy = books.all(TrustPolicy).get(POLICY_PATH)
    if policy is None:
        if books.tree.entry(POLICY_PATH) is None:
            yield problem("trust/no-policy", Place(POLICY_PATH))
    else:
        yield from _policy(books, policy.document, now)
        yield from _unsignable(books, policy.document)
    for path, environment in books.all(Environment).items():
        yield from _approvals(books, path, environment.document)
        until = environment.document.spec.expires
        if until is not None and now >= until:
            yield problem("trust/environment-expired", books.place(path, "spec", "expires"), until=until.isoformat())


def _approvals(books: Books, path: str, environment: Environment) -> Iterator[Problem]:
    """Rules, its own and its profiles', that ask for more approvers than there are (D12)."""
    policy = books.all(TrustPolicy).get(POLICY_PATH)
    name, profiles = environment.metadata.name, books.named(Profile)
    grants = [g for g in policy.document.spec.roles if g.role == "approver"] if policy else []
    able = {p for g in grants if any(fnmatchcase(name, glob) for glob in g.environments) for p in g.who}
    rules = [(path, index, rule) for index, rule in enumerate(environment.spec.approvals)]
    for one in environment.spec.profiles:
        if profile := profiles.get(one):
            rules += [(profile.path, index, rule) for index, rule in enumerate(profile.document.spec.approvals)]
    for where, index, rule in rules:
        if policy and rule.require > len(able):
            place = books.place(where, "spec", "approvals", index)
            yield problem("lint/approvals-unreachable", place, environment=name, need=rule.require, have=len(able))


def _root(books: Books, now: datetime) -> Iterator[Problem]:
    path = newest_root(books.tree)
    if path is None:
        yield problem("trust/missing", Place("trust/root/1.yaml"))
        return
    root = books.all(TrustRoot).get(path)
    if root is None:
        return
    spec = root.document.spec
    for name, quorum in (("root", spec.root), ("policy", spec.policy)):
        yield from _keys(books, path, ("spec", name), quorum)
    if spec.expires is not None and now >= spec.expires:
        yield problem("trust/root-expired", books.place(path, "spec", "expires"), until=spec.expires.isoformat())


def _keys(books: Books, path: str, at: tuple[str, ...], quorum: Quorum) -> Iterator[Problem]:
    _, wrong = keyring(quorum.people.items(), path)
    place = books.place(path, *at, "threshold")
    yield from (problem(one.code, place, **one.facts) for one in wrong)
    able = sum(any(map(_can_sign, keys)) for keys in quorum.people.values())
    if able < quorum.threshold:
        yield problem("lint/quorum-unreachable", place, role=at[-1], need=quorum.threshold, have=able)


def _policy(books: Books, policy: TrustPolicy, now: datetime) -> Iterator[Problem]:
    spec = policy.spec
    _, wrong = keyring(((name, person.keys) for name, person in spec.people.items()), POLICY_PATH)
    for one in wrong:
        person = str(one.facts.get("person") or one.facts.get("other"))
        yield problem(one.code, books.place(POLICY_PATH, "spec", "people", person), **one.facts)
    sealers = {p for grant in spec.roles if grant.role == "sealer" for p in grant.who if p in spec.people}
    need = LEVELS.index(spec.security_level)
    if len(sealers) < need:
        place = books.place(POLICY_PATH, "spec", "securityLevel")
        yield problem("lint/no-sealers", place, level=spec.security_level, need=need, have=len(sealers))
    if now >= spec.expires:
        yield problem(
            "trust/policy-expired", books.place(POLICY_PATH, "spec", "expires"), until=spec.expires.isoformat()
        )
    for index, grant in enumerate(spec.roles):
        for number, name in enumerate(grant.who):
            if name not in spec.people:
                place = books.place(POLICY_PATH, "spec", "roles", index, "who", number)
                yield problem("trust/unknown-person", place, person=name, role=grant.role)
        able = _able(grant, spec.people)
        if able < grant.threshold:
            place = books.place(POLICY_PATH, "spec", "roles", index)
            yield problem("lint/quorum-unreachable", place, role=grant.role, need=grant.threshold, have=able)


def _able(grant: Grant, people: Mapping[str, Person]) -> int:
    """How many of a role can sign as it asks: with a key of a known type, with a security key where one is touched."""
    return sum(
        any(_can_sign(line, touched=grant.touch or grant.pin) for line in people[name].keys)
        for name in set(grant.who)
        if name in people
    )


def _can_sign(line: str, *, touched: bool = False) -> bool:
    try:
        return parse_public(line).is_security_key or not touched
    except SigError:
        return False


def _unsignable(books: Books, policy: TrustPolicy) -> Iterator[Problem]:
    """Documents that nobody may sign: a role is missing, or its globs don't reach them."""
    missing: dict[str, list[str]] = {}
    for path, document in _documents(books):
        role = role_on(path, document)
        parts = parts_of(ended_by(books.tree, document))
        if role and not all(grants_on(policy.spec, path, document, part) for part in parts):
            missing.setdefault(role, []).append(path)
    for needed, paths in missing.items():
        shown = ", ".join(paths[:MOST_NAMED]) + (", …" if len(paths) > MOST_NAMED else "")
        yield problem("lint/nobody-may-sign", books.place(POLICY_PATH, "spec", "roles"), role=needed, paths=shown)


def _documents(books: Books) -> Iterable[tuple[str, Document]]:
    return ((path, one.document) for found in books.kinds.values() for path, one in found.items())
