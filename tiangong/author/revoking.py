"""Writing a revocation: whose keys, from when on, and why (R9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tiangong.author.keys import key_at
from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.author.suppress import free_id
from tiangong.documents.dump import dump
from tiangong.documents.parse import parse
from tiangong.errors import Misuse
from tiangong.model.document import API_VERSION
from tiangong.model.revocation import Revocation
from tiangong.trust.keys import parse_public
from tiangong.trust.wire import SigError

FINGERPRINT = "SHA256:"


@dataclass(frozen=True, slots=True)
class Meant:
    """Whose keys are meant. `people`: names in policy and root; empty where only a fingerprint is known."""

    keys: tuple[str, ...]
    people: tuple[str, ...]


def meant(shelf: Shelf, words: Sequence[str]) -> Meant:
    """From names, fingerprints and public key files to keys; Misuse for what is none of them."""
    owners = dict(_owners(shelf))
    keys: list[str] = []
    people: list[str] = []
    for word in words:
        if word.startswith(FINGERPRINT):
            found = [word]
        elif word in set(owners.values()):
            found = [key for key, name in owners.items() if name == word]
            people.append(word)
        elif Path(word).is_file():
            found = [key_at(Path(word)).public.fingerprint]
        else:
            known = ", ".join(sorted(set(owners.values())))
            raise Misuse.of("revoking/nobody", word=word, known=known)
        keys += found
        people += [owners[key] for key in found if key in owners]
    return Meant(tuple(dict.fromkeys(keys)), tuple(dict.fromkeys(people)))


@dataclass(frozen=True, slots=True)
class Why:
    """Why keys are revoked, and from when on. `id`: empty = one is made."""

    reason: str
    since: datetime
    note: str = ""
    id: str = ""


def revocation(tree: Listing, keys: Sequence[str], why: Why, now: datetime) -> tuple[str, bytes, Revocation]:
    """Where a new revocation stands, its text, and what it says; Misuse when that can't be."""
    name = why.id or free_id(tree, why.note or why.reason, now, lambda one: Revocation.path.format(name=one))
    path = Revocation.path.format(name=name)
    if tree.entry(path) is not None:
        raise Misuse.of("revoking/id-taken", id=name)
    spec: dict[str, Any] = {"reason": why.reason, "since": why.since.isoformat(timespec="seconds"), "keys": [*keys]}
    spec |= {"note": why.note} if why.note else {}
    raw = dump({"apiVersion": API_VERSION, "kind": "Revocation", "metadata": {"name": name}, "spec": spec})
    document = parse(raw, path)
    assert isinstance(document, Revocation)  # noqa: S101 -- written a line above
    return path, raw, document


def _owners(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Fingerprint → person, of the policy and both quorums of the root."""
    spec, root = shelf.policy.document.spec, shelf.root.document.spec
    listed = [(name, person.keys) for name, person in spec.people.items()]
    for name, lines in (*listed, *root.root.people.items(), *root.policy.people.items()):
        for line in lines:
            try:
                yield parse_public(line).fingerprint, name
            except SigError:
                continue
