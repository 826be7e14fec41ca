"""Words people type for one field of a document: where the field stands, and the value in the type its model has."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from tiangong.documents.merge import IDENTITIES
from tiangong.documents.scalars import is_ambiguous, plain
from tiangong.documents.schema import items_of, shape_at
from tiangong.documents.strict import Location, load
from tiangong.errors import Misuse, Place

PART = re.compile(r"(?P<dot>\.?)(?P<name>[^.\[\]]+)|\[(?P<inner>[^\[\]]+)\]")
NUMBER = re.compile(r"0|[1-9][0-9]{0,5}")
END = "+"


def locate(words: str, data: Any, start: Location = ()) -> Location:
    """The location of `windows.allow[nights].for` below `start` in some data; Misuse when it can't be one.

    In brackets stands an entry's number, its name (or version range, key, product), `+` for a new one at the end, or
    the name of a field that has a dot in it.
    """
    location = list(start)
    here = data
    for part in start:
        here = _below(here, part)
    for name, is_inner in _parts(words):
        part = _part(words, name, here) if is_inner else name
        location.append(part)
        here = _below(here, part)
    return tuple(location)


def _parts(words: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for found in PART.finditer(words):
        wants_dot = bool(end) and found["name"] is not None
        if found.start() != end or (found["name"] is not None and bool(found["dot"]) != wants_dot):
            break
        end = found.end()
        yield found["name"] or found["inner"], found["name"] is None
    if not end or end != len(words):
        raise Misuse.of("edit/bad-field", field=words)


def _part(words: str, name: str, here: Any) -> str | int:
    """What a word in brackets stands for: an entry of a list, also of one that isn't there yet, or a field."""
    if here is None and name in (END, "0"):
        return 0
    if not isinstance(here, list):
        return name
    if name == END or NUMBER.fullmatch(name):
        return len(here) if name == END else int(name)
    for number, entry in enumerate(here):
        if entry == name or (isinstance(entry, dict) and name in [entry.get(key) for key in IDENTITIES]):
            return number
    raise Misuse.of("edit/no-entry", field=words, name=name)


def _below(here: Any, part: str | int) -> Any:
    if isinstance(here, dict) and isinstance(part, str):
        return here.get(part)
    return here[part] if isinstance(here, list) and isinstance(part, int) and part < len(here) else None


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────
def typed(model: type[BaseModel], location: Location, word: str, shown: str) -> Any:
    """A word as the value it is meant to be at a place of a model. `shown`: the field, for messages.

    Lists are written `a, b` or `[a, b]`, mappings `{a: 1}`. What doesn't fit stays text, and the model refuses it.
    """
    return _typed(shape_at(model, location), model, word, shown)


def _typed(shape: dict[str, Any], model: type[BaseModel], word: str, shown: str) -> Any:
    kind = shape.get("type", "string" if "enum" in shape or "const" in shape else None)
    if kind == "string":
        return word
    if word.lstrip().startswith("{") or (word.lstrip().startswith("[") and kind != "object"):
        return _yaml(word, shown)
    if kind == "array":
        inner = items_of(shape, model)
        return [_typed(inner, model, part.strip(), shown) for part in word.split(",")] if word.strip() else []
    return scalar(word)


def scalar(word: str) -> Any:
    """A word as YAML reads it without quotes; text where readers would differ."""
    return word if "\n" in word or is_ambiguous(word) else plain(word)


def _yaml(word: str, shown: str) -> Any:
    try:
        return load(f"x: {word}\n".encode(), shown).data["x"]
    except Misuse as error:
        raise Misuse(*(replace(found, place=Place(field=shown)) for found in error.problems)) from None
