"""Setting fields of one document: `config.listen=9090`, in the types of its model, comments and order kept."""

from collections.abc import Sequence
from typing import Any

from tiangong.author.contract import contract_of
from tiangong.author.listing import Listing
from tiangong.author.target import Target, wished_by_profiles
from tiangong.documents.dump import dump
from tiangong.documents.edit import applied, remove_field, set_field
from tiangong.documents.parse import parse
from tiangong.documents.paths import names_in
from tiangong.documents.strict import Location, dotted, load
from tiangong.documents.values import locate, typed
from tiangong.errors import Misuse
from tiangong.model.environment import Profile

SPEC, LABELS = ("spec",), ("metadata", "labels")
LABELS_WORD = "labels"


def assigned(tree: Listing, target: Target, pairs: Sequence[str], removed: Sequence[str] = ()) -> bytes:
    """The document's text with fields set and removed; Misuse with everything that is wrong with it then.

    `tree`: where the releases stand that say of which types config is.
    """
    raw = target.text
    for word in removed:
        without = remove_field(raw, target.path, _location(word, target, raw))
        if without == raw:
            raise Misuse.of("edit/not-set", field=word, target=target.shown)
        raw = without
    for pair in pairs:
        name, equals, word = pair.partition("=")
        if not (equals and name):
            raise Misuse.of("edit/bad-pair", pair=pair)
        location = _location(name, target, raw)
        value = _value(tree, target, raw, location, word)
        raw = _with(target, raw, location, value)
    parse(raw, target.path)
    return raw


def _location(word: str, target: Target, raw: bytes) -> Location:
    """`labels.x` are those of `metadata`; everything else stands below `spec`, whether or not that is written."""
    data = load(raw, target.path).data
    word = word.removeprefix("metadata.") if word.startswith("metadata.labels.") else word.removeprefix("spec.")
    if word.startswith(f"{LABELS_WORD}."):
        return locate(word.partition(".")[2], data, LABELS)
    return locate(word, data, SPEC)


def _value(tree: Listing, target: Target, raw: bytes, location: Location, word: str) -> Any:
    shown = dotted(location)
    if len(location) > 2 and location[-2] == "config":
        product = _product(tree, target, load(raw, target.path).data, location)
        return contract_of(tree, product).value(str(location[-1]), word, shown)
    return typed(target.kind, location, word, shown)


def _product(tree: Listing, target: Target, data: Any, location: Location) -> str:
    """The product whose config is set: named beside it in a profile, else that of the installation."""
    if target.kind is Profile:
        for part in location[:-2]:
            data = data[part]
        return str(data.get("product", ""))
    names = names_in("Installation", target.path)
    given = wished_by_profiles(tree, names["environment"]).get(names["name"]) if names else None
    return str(data["spec"].get("product") or (given.product if given else ""))


def _with(target: Target, raw: bytes, location: Location, value: Any) -> bytes:
    """A document that isn't there yet is written as data, so that it looks like one somebody wrote."""
    if target.raw is None:
        return dump(applied(load(raw, target.path).data, location, value))
    return set_field(raw, target.path, location, value)
