"""What changed between two versions of a document, field by field, without what signing stamps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tiangong.documents.stamp import content
from tiangong.documents.strict import dotted
from tiangong.errors import Misuse

LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: `old` or `new` is None where there was or will be none; short, as people write it."""

    field: str
    old: str | None
    new: str | None


def field_changes(before: bytes | None, after: bytes | None, path: str) -> tuple[FieldChange, ...]:
    """The fields in which two versions differ; one change for the whole when one of them can't be read."""
    try:
        old, new = (content(raw, path) if raw is not None else {} for raw in (before, after))
    except Misuse:
        return ()
    return tuple(between(old, new))


def between(old: Any, new: Any) -> Iterator[FieldChange]:
    """The fields in which plain data differs."""
    return _between(old, new, ())


def _between(old: Any, new: Any, location: tuple[str | int, ...]) -> Iterator[FieldChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _at(old, new, key, (*location, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _between(one, other, (*location, index))
    elif old != new:
        yield FieldChange(dotted(location), shown(old), shown(new))


def _at(
    old: Mapping[str, Any], new: Mapping[str, Any], key: str, location: tuple[str | int, ...]
) -> Iterator[FieldChange]:
    if key not in old:
        yield FieldChange(dotted(location), None, shown(new[key]))
    elif key not in new:
        yield FieldChange(dotted(location), shown(old[key]), None)
    else:
        yield from _between(old[key], new[key], location)


def shown(value: Any) -> str:
    """A value in a few characters."""
    if isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items()) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(shown, value)) + "]"
    elif isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "null"}[value]
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
