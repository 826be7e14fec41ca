"""Changing whom the repository believes: keys and roles in the policy, and the next version of the root."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiangong.author.keys import key_at
from tiangong.author.listing import Listing
from tiangong.author.team import newest_root
from tiangong.documents.dump import dump
from tiangong.documents.edit import remove_field, set_field
from tiangong.documents.parse import parse
from tiangong.documents.stamp import STAMPED
from tiangong.documents.strict import Location, load
from tiangong.errors import Misuse, Place
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.keys import PublicKey, parse_public
from tiangong.trust.roles import KINDS_OF
from tiangong.trust.roots import root_path
from tiangong.trust.wire import SigError

EVERYTHING = ["*"]
PEOPLE: Location = ("spec", "people")
ROLES: Location = ("spec", "roles")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a grant is limited to; as written in the policy, `*` where nothing is said."""

    environments: Sequence[str] = ("*",)
    products: Sequence[str] = ("*",)


@dataclass(frozen=True, slots=True)
class QuorumEdit:
    """How one of the root's quorums changes. `add`: person → key line; `threshold` None = as it is."""

    add: Mapping[str, str] = field(default_factory=dict)
    remove: Sequence[str] = ()
    threshold: int | None = None


def public_line(word: str) -> str:
    """A public key as typed, or of a file, as `type base64 comment`; Misuse when it is none."""
    try:
        found: PublicKey = parse_public(word) if " " in word.strip() else key_at(Path(word).expanduser()).public
    except SigError as error:
        raise Misuse.of("people/bad-key", Place(word), why=str(error)) from None
    return found.line


def with_key(tree: Listing, person: str, line: str, *, machine: bool) -> bytes:
    """The policy with one more key of somebody; Misuse when somebody has it already."""
    raw = _policy(tree)
    people = load(raw, POLICY_PATH).data["spec"]["people"]
    blob = parse_public(line).blob
    for name, known in people.items():
        if blob in map(_blob, known.get("keys", ())):
            raise Misuse.of("people/has-key", person=name, key=parse_public(line).fingerprint)
    if person in people:
        return _checked(
            set_field(raw, POLICY_PATH, (*PEOPLE, person, "keys", len(people[person].get("keys", ()))), line)
        )
    entry = {"keys": [line], **({"machine": True} if machine else {})}
    return _checked(set_field(raw, POLICY_PATH, (*PEOPLE, person), entry))


def with_role(tree: Listing, person: str, role: str, scope: Scope, settings: Mapping[str, Any]) -> bytes:
    """The policy with a role for somebody. `settings`: threshold and touch of the grant, those that are to be set."""
    raw = _policy(tree)
    data = load(raw, POLICY_PATH).data["spec"]
    _check_known(data, person, role)
    index = next((number for number, grant in enumerate(data["roles"]) if _fits(grant, role, scope)), None)
    if index is None:
        grant = {"role": role, "who": [person]}
        grant |= {"environments": [*scope.environments]} if [*scope.environments] != EVERYTHING else {}
        grant |= {"products": [*scope.products]} if [*scope.products] != EVERYTHING else {}
        return _checked(set_field(raw, POLICY_PATH, (*ROLES, len(data["roles"])), grant | dict(settings)))
    who = data["roles"][index]["who"]
    if person not in who:
        raw = set_field(raw, POLICY_PATH, (*ROLES, index, "who", len(who)), person)
    for name, value in settings.items():
        raw = set_field(raw, POLICY_PATH, (*ROLES, index, name), value)
    return _checked(raw)


def without_role(tree: Listing, person: str, role: str, scope: Scope | None) -> bytes:
    """The policy without a role of somebody, in one scope or in all; Misuse when there is no such grant."""
    raw = _policy(tree)
    grants = load(raw, POLICY_PATH).data["spec"]["roles"]
    held = [
        number
        for number, grant in enumerate(grants)
        if grant["role"] == role and person in grant["who"] and (scope is None or _fits(grant, role, scope))
    ]
    if not held:
        raise Misuse.of("people/has-not", person=person, role=role)
    for number in reversed(held):
        who = grants[number]["who"]
        place = (*ROLES, number, "who", who.index(person)) if len(who) > 1 else (*ROLES, number)
        raw = remove_field(raw, POLICY_PATH, place)
    return _checked(raw)


def next_root(
    tree: Listing, root: QuorumEdit, policy: QuorumEdit, expires: str = "", resets: Mapping[str, int] | None = None
) -> tuple[str, bytes]:
    """Where the next version of the root stands, and its text: the newest one with these changes.

    `resets`: path of a document → the last of its generations that was good.
    """
    before = newest_root(tree) or root_path(1)
    raw = tree.bytes_at(before)
    if raw is None:
        raise Misuse.of("author/no-trust", Place(before))
    data = load(raw, before).data
    version = int(data["spec"]["version"]) + 1
    path = root_path(version)
    for name, edit in (("root", root), ("policy", policy)):
        data["spec"][name] = _quorum(data["spec"][name], edit, name)
    data["spec"]["version"] = version
    if expires:
        data["spec"]["expires"] = expires
    if resets:
        data["spec"]["resetMarks"] = {**data["spec"].get("resetMarks", {}), **resets}
    data["metadata"] = {key: value for key, value in data["metadata"].items() if key not in STAMPED}
    data["metadata"] |= {"name": str(version)}
    raw = dump(data)
    parse(raw, path)
    return path, raw


def _quorum(data: Any, edit: QuorumEdit, name: str) -> Any:
    people = dict(data["people"])
    for person in edit.remove:
        if person not in people:
            raise Misuse.of("people/not-in-quorum", person=person, quorum=name, known=", ".join(people))
        del people[person]
    for person, line in edit.add.items():
        people[person] = [*people.get(person, []), line]
    threshold = edit.threshold or data.get("threshold", 1)
    if threshold > len(people):
        raise Misuse.of("people/out-of-reach", quorum=name, threshold=threshold, people=len(people))
    return {"threshold": threshold, "people": people}


def _policy(tree: Listing) -> bytes:
    raw = tree.bytes_at(POLICY_PATH)
    if raw is None:
        raise Misuse.of("author/no-trust", Place(POLICY_PATH))
    return raw


def _checked(raw: bytes) -> bytes:
    parse(raw, POLICY_PATH)
    return raw


def _check_known(data: Any, person: str, role: str) -> None:
    if role not in KINDS_OF:
        raise Misuse.of("people/no-role", role=role, known=", ".join(KINDS_OF))
    if person not in data["people"]:
        raise Misuse.of("people/no-person", person=person, known=", ".join(data["people"]))


def _fits(grant: Any, role: str, scope: Scope) -> bool:
    environments, products = grant.get("environments", EVERYTHING), grant.get("products", EVERYTHING)
    return (grant["role"], environments, products) == (role, [*scope.environments], [*scope.products])


def _blob(line: str) -> bytes:
    try:
        return parse_public(line).blob
    except SigError:
        return b""
