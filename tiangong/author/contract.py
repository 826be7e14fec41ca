"""What a product's releases ask environments for: the types in which config is written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiangong.author.listing import Listing
from tiangong.author.shelf import release_path
from tiangong.author.target import document_at
from tiangong.documents.scalars import is_ambiguous, plain
from tiangong.documents.values import scalar
from tiangong.errors import Misuse, Place
from tiangong.model.product import ConfigItem, Release
from tiangong.model.reference import SECRET_NAME
from tiangong.model.version import precedence

TYPES: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "boolean": (bool,)}


@dataclass(frozen=True, slots=True)
class Contract:
    """Config items by name, as the newest release that has them declares them; empty when nothing is known."""

    items: Mapping[str, ConfigItem] = field(default_factory=dict)

    def value(self, name: str, word: str, shown: str) -> Any:
        """A word in the type that is declared; Misuse when it isn't of that type."""
        item = self.items.get(name)
        match item.type if item else None:
            case None:
                return scalar(word)
            case "string":
                return word
            case "secret":
                return _secret(word, shown)
            case kind:
                return _plain(word, str(kind), shown)


def contract_of(tree: Listing, product: str) -> Contract:
    """The items of all releases of a product, newest first; what a newer one declares counts."""
    items: dict[str, ConfigItem] = {}
    for version in reversed(list(_versions(tree, product))):
        found = document_at(tree, release_path(product, version), Release)
        items.update(found.spec.config if found else {})
    return Contract(items)


def _versions(tree: Listing, product: str) -> Iterator[str]:
    """Newest first."""
    names = [entry.name for entry in tree.folder(f"products/{product}/releases") if entry.is_folder]
    known = [(order, name) for name in names if (order := _order(name)) is not None]
    yield from (name for _, name in sorted(known, reverse=True))


def _order(name: str) -> Any:
    try:
        return precedence(name)
    except ValueError:
        return None


def _plain(word: str, kind: str, shown: str) -> Any:
    value = None if is_ambiguous(word) else plain(word)
    if type(value) not in TYPES[kind]:
        raise Misuse.of("edit/wrong-type", Place(field=shown), value=word, type=kind)
    return value


def _secret(word: str, shown: str) -> dict[str, str]:
    """A reference; what somebody typed instead is not repeated, it may be the secret itself."""
    if not re.fullmatch(SECRET_NAME, word):
        raise Misuse.of("edit/secret-by-name", Place(field=shown))
    return {"secret": word}
