"""Installing: one small document in each chosen environment, or one entry in a profile that environments share."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tiangong.author.contract import Contract, contract_of
from tiangong.author.listing import Listing
from tiangong.author.shelf import Shelf
from tiangong.author.target import document_at, installation_path, profile_path, wished_by_profiles
from tiangong.documents.dump import dump
from tiangong.documents.edit import set_field
from tiangong.documents.parse import parse
from tiangong.errors import Misuse, Place
from tiangong.model.document import API_VERSION
from tiangong.model.environment import Installation, Profile
from tiangong.model.scalar import NAME


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be installed."""

    name: str
    product: str
    channel: str
    config: dict[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """As it stands in a document."""
        return {"product": self.product, "channel": self.channel, **({"config": self.config} if self.config else {})}


def wanted(shelf: Shelf, tree: Listing, product: str, channel: str, name: str, config: Sequence[str]) -> Wanted:
    """What was typed, checked: Misuse for an unknown product or channel, a bad name, or config of another type."""
    shelf.product(product)
    if channel not in shelf.pipeline:
        raise Misuse.of("install/unknown-channel", channel=channel, known=", ".join(shelf.pipeline))
    if not re.fullmatch(NAME, name):
        raise Misuse.of("install/bad-name", name=name)
    return Wanted(name, product, channel, dict(_pairs(contract_of(tree, product), config)))


def _pairs(contract: Contract, config: Sequence[str]) -> Iterable[tuple[str, Any]]:
    for pair in config:
        key, equals, word = pair.partition("=")
        if not (key and equals):
            raise Misuse.of("edit/bad-pair", pair=pair)
        yield key, contract.value(key, word, f"config.{key}")


def into_environments(tree: Listing, names: Sequence[str], what: Wanted) -> dict[str, bytes]:
    """A document for each environment that doesn't have it yet; Misuse where there is another of that name."""
    documents: dict[str, bytes] = {}
    for environment in names:
        path = installation_path(environment, what.name)
        there = tree.bytes_at(path)
        given = wished_by_profiles(tree, environment).get(what.name)
        if there is None and given is None:
            metadata = {"name": what.name, "environment": environment}
            head = {"apiVersion": API_VERSION, "kind": "Installation", "metadata": metadata}
            documents[path] = dump({**head, "spec": what.spec})
            continue
        found = document_at(tree, path, Installation)
        own = found.spec if found else None
        product = (own and own.product) or (given and given.product)
        channel = (own and own.channel) or (given and given.channel)
        config = {**(given.config if given else {}), **(own.config if own else {})}
        if (product, channel) != (what.product, what.channel) or not config.items() >= what.config.items():
            facts = {
                "environment": environment,
                "name": what.name,
                "product": product or "-",
                "channel": channel or "-",
            }
            raise Misuse.of("install/exists", Place(path), **facts)
        if there is not None and own and own.state == "absent":
            documents[path] = set_field(there, path, ("spec", "state"), "present")
    for path, raw in documents.items():
        parse(raw, path)
    return documents


def into_profile(tree: Listing, profile: str, what: Wanted) -> dict[str, bytes]:
    """The profile with one entry more; nothing when it has exactly that, Misuse when it has another of that name."""
    path = profile_path(profile)
    raw, found = tree.bytes_at(path), document_at(tree, path, Profile)
    if raw is None or found is None:
        if raw is not None:
            parse(raw, path)
        known = ", ".join(
            entry.name.removesuffix(".yaml") for entry in tree.folder("profiles") if ".yaml" in entry.name
        )
        raise Misuse.of("env/no-profile", profile=profile, known=known or "none")
    entries = found.spec.install
    same = next((entry for entry in entries if (entry.name or entry.product) == what.name), None)
    if same is not None:
        if (same.product, same.channel, same.config) == (what.product, what.channel, what.config):
            return {}
        facts = {"profile": profile, "name": what.name, "product": same.product, "channel": same.channel}
        raise Misuse.of("install/in-profile", Place(path), **facts)
    name = {} if what.name == what.product else {"name": what.name}
    after = set_field(raw, path, ("spec", "install", len(entries)), {**what.spec, **name})
    parse(after, path)
    return {path: after}
