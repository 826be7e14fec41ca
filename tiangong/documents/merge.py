"""Two people's edits of one document, put together field by field; where both changed one field, nobody guesses.

Mappings are merged key by key. Lists of things with a name (or version range, key, product) thing by thing, lists in
which order means nothing by what was added and removed; any other list is one value.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tiangong.documents.edit import GONE, applied
from tiangong.documents.strict import Location

IDENTITIES = ("name", "versions", "key", "product")
"""fields that tell the entries of a list apart, the first one all entries have"""
UNORDERED = frozenset({"who", "environments", "products", "paths", "hosts", "executors", "commands", "installations"})
"""lists that are sets"""


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """A value to be set at a location, or `GONE`. Edits count one after the other."""

    location: Location
    value: Any


@dataclass(frozen=True, slots=True)
class Clash:
    """A field both changed to different values; `GONE` where it isn't there. `location` as in their version."""

    location: Location
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """What of mine has to be done to theirs, and where that can't be told."""

    edits: tuple[FieldEdit, ...]
    clashes: tuple[Clash, ...]

    def onto(self, theirs: Any) -> Any:
        """Their data with my edits."""
        data = copy.deepcopy(theirs)
        for edit in self.edits:
            data = applied(data, edit.location, edit.value)
        return data


def merge(base: Any, mine: Any, theirs: Any) -> Merge:
    """Put my edits since `base` on top of theirs; `base` is `GONE` when both made the document."""
    found = list(_between(base, mine, theirs, ()))
    edits = tuple(one for one in found if isinstance(one, FieldEdit))
    return Merge(edits, tuple(one for one in found if isinstance(one, Clash)))


Found = Iterator[FieldEdit | Clash]


def _between(base: Any, mine: Any, theirs: Any, at: Location) -> Found:
    if _same(mine, theirs) or _same(mine, base):
        return
    if isinstance(mine, dict) and isinstance(theirs, dict):
        yield from _fields(base if isinstance(base, dict) else {}, mine, theirs, at)
    elif isinstance(mine, list) and isinstance(theirs, list):
        yield from _lists(base, mine, theirs, at)
    elif _same(theirs, base):
        yield FieldEdit(at, mine)
    else:
        yield Clash(at, base, mine, theirs)


def _same(one: Any, other: Any) -> bool:
    """Equal, and of one type: 1 is neither true nor 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _fields(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], at: Location) -> Found:
    for key in dict.fromkeys([*theirs, *mine]):
        yield from _between(base.get(key, GONE), mine.get(key, GONE), theirs.get(key, GONE), (*at, key))


def _lists(base: Any, mine: list[Any], theirs: list[Any], at: Location) -> Found:
    old = base if isinstance(base, list) else []
    name = _identity(old, mine, theirs)
    if name and not _in_order(name, old, mine, theirs):
        name = None
    if _same(theirs, base):
        yield from _alone(name, old, mine, at)
    elif name:
        yield from _named(name, old, mine, theirs, at)
    elif at and at[-1] in UNORDERED and all(_is_set(one) for one in (old, mine, theirs)):
        yield from _sets(old, mine, theirs, at)
    else:
        yield Clash(at, base, mine, theirs)


def _alone(name: str | None, base: list[Any], mine: list[Any], at: Location) -> Found:
    """Nobody else touched the list: entry by entry where that is clear, so that comments beside the others stay."""
    if name and (edits := list(_named(name, base, mine, base, ()))) and _same(_after(edits, base), mine):
        yield from (FieldEdit((*at, *one.location), one.value) for one in edits if isinstance(one, FieldEdit))
    elif not name and len(base) == len(mine):
        for index, (old, new) in enumerate(zip(base, mine, strict=True)):
            yield from _between(old, new, old, (*at, index))
    else:
        yield FieldEdit(at, mine)


def _after(edits: Sequence[FieldEdit | Clash], data: Any) -> Any:
    return Merge(tuple(one for one in edits if isinstance(one, FieldEdit)), ()).onto(data)


# ── lists of things with a name ──────────────────────────────────────────────────────────────────────────────────
def _identity(*lists: Sequence[Any]) -> str | None:
    """The field that tells all entries of all versions apart."""
    if not all(isinstance(entry, dict) for entries in lists for entry in entries):
        return None
    for name in IDENTITIES:
        words = [[entry.get(name) for entry in entries] for entries in lists]
        if all(_is_set(one) and None not in one for one in words):
            return name
    return None


def _is_set(entries: Sequence[Any]) -> bool:
    """Only words, each once."""
    return all(isinstance(one, str) for one in entries) and len(set(entries)) == len(entries)


def _in_order(name: str, base: list[Any], mine: list[Any], theirs: list[Any]) -> bool:
    """Tell whether what I kept stands in the order it had: then there is nothing to be said about order."""
    names = [entry[name] for entry in mine]
    kept = [entry[name] for entry in base if entry[name] in names]
    before = {entry[name] for entry in base}
    there = [entry[name] for entry in theirs if entry[name] in before]
    stayed = [entry[name] for entry in base if entry[name] in there]
    return [one for one in names if one in before] == kept and there == stayed


def _named(name: str, base: list[Any], mine: list[Any], theirs: list[Any], at: Location) -> Found:
    old, new = ({entry[name]: entry for entry in entries} for entries in (base, mine))
    gone: list[int] = []
    for index, entry in enumerate(theirs):
        word = entry[name]
        if word in new:
            yield from _between(old.get(word, GONE), new[word], entry, (*at, index))
        elif word in old and _same(old[word], entry):
            gone.append(index)
        elif word in old:
            yield Clash((*at, index), old[word], GONE, entry)
    there = {entry[name] for entry in theirs}
    only_mine = {word: entry for word, entry in new.items() if word not in there}
    for word, entry in only_mine.items():
        if word in old and not _same(old[word], entry):
            yield Clash((*at, len(theirs)), old[word], entry, GONE)
    yield from _rebuilt(len(theirs), gone, [entry for word, entry in only_mine.items() if word not in old], at)


def _sets(base: list[Any], mine: list[Any], theirs: list[Any], at: Location) -> Found:
    gone = [index for index, word in enumerate(theirs) if word in base and word not in mine]
    added = [word for word in mine if word not in base and word not in theirs]
    yield from _rebuilt(len(theirs), gone, added, at)


def _rebuilt(length: int, gone: list[int], added: list[Any], at: Location) -> Found:
    """Removals from the end, so that numbers stay right; then what is new, at the end."""
    for index in reversed(gone):
        yield FieldEdit((*at, index), GONE)
    for number, entry in enumerate(added, length - len(gone)):
        yield FieldEdit((*at, number), entry)
