"""A strict subset of YAML: what two parsers could read differently is refused, with the way to write it.

Profile: UTF-8 without BOM, LF, at most 1 MiB, depth 32, 50,000 nodes, one document that is a mapping. No anchors,
aliases, tags, merge keys, duplicate keys, directives, document markers, block or complex keys, and no characters
people can't see. Reads the events of libyaml, never builds objects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml
from yaml import events
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from tiangong.documents.scalars import FORBIDDEN, is_ambiguous, plain
from tiangong.errors import Fact, Misuse, Place

LARGEST = 1 << 20
DEEPEST = 32
MOST_NODES = 50_000
LONGEST_SHOWN = 80

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Plain data, and where each part of it stands."""

    data: dict[str, Any]
    path: str
    marks: Mapping[Location, tuple[int, int]]
    """location → 1-based line and column of the value"""
    written: Mapping[Location, str]
    """location → text of a number, truth value or null as it was written"""

    def place(self, location: Sequence[str | int]) -> Place:
        """Where a part stands; of a missing part, where its parent stands."""
        spot = tuple(location)
        while spot and spot not in self.marks:
            spot = spot[:-1]
        line, column = self.marks.get(spot, (1, 1))
        return Place(self.path, line, column, dotted(location))


def dotted(location: Sequence[str | int]) -> str:
    """Write a location as people do: `spec.steps[2].with`."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return shortened(words.removeprefix("."))


def shortened(text: str) -> str:
    """Cut text from outside to a length that fits into a sentence."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def load(raw: bytes, path: str) -> Parsed:
    """Read one document; Misuse with its place for everything outside the profile."""
    _check_bytes(raw, path)
    return _Reader(path).read(raw)


def _check_bytes(raw: bytes, path: str) -> None:
    if len(raw) > LARGEST:
        raise Misuse.of("document/too-large", Place(path), size=len(raw), limit=LARGEST)
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Misuse.of("document/byte-order-mark", Place(path, 1, 1))
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Misuse.of("document/not-utf8", Place(path, raw.count(b"\n", 0, error.start) + 1)) from None
    if found := FORBIDDEN.search(text):
        place = _place_of(text, found.start(), path)
        if text.startswith("\r\n", found.start()):
            raise Misuse.of("document/crlf", place)
        raise Misuse.of("document/character", place, character=f"U+{ord(found[0]):04X}")


def _place_of(text: str, index: int, path: str) -> Place:
    return Place(path, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


@dataclass(slots=True)
class _Level:
    """One open mapping or list; `key` is the mapping's key that waits for its value."""

    value: dict[str, Any] | list[Any]
    location: Location
    key: str | None = None

    @property
    def wants_key(self) -> bool:
        return self.key is None and type(self.value) is dict

    def below(self) -> Location:
        return (*self.location, self.key if self.key is not None else len(self.value))


class _Reader:
    """Folds the events of one parse into plain data; used once."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._stack: list[_Level] = []
        self._marks: dict[Location, tuple[int, int]] = {}
        self._written: dict[Location, str] = {}
        self._root: Any = None
        self._nodes = 0
        self._documents = 0
        self._takers = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: lambda event: self._open(event, {}),
            events.SequenceStartEvent: lambda event: self._open(event, []),
            events.MappingEndEvent: self._close,
            events.SequenceEndEvent: self._close,
            events.AliasEvent: lambda event: self._refuse(event, "document/alias"),
            events.DocumentStartEvent: self._begin,
            events.DocumentEndEvent: self._end,
        }

    def read(self, raw: bytes) -> Parsed:
        parser = CParser(raw)
        try:
            while parser.check_event():
                event = parser.get_event()
                if take := self._takers.get(type(event)):
                    take(event)
        except yaml.YAMLError as error:
            self._syntax(error)
        finally:
            parser.dispose()
        if not isinstance(self._root, dict):
            raise Misuse.of("document/not-a-mapping", Place(self._path, 1))
        return Parsed(self._root, self._path, self._marks, self._written)

    def _begin(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1 or event.explicit or event.version or event.tags:
            self._refuse(event, "document/marker")

    def _end(self, event: Any) -> None:
        if event.explicit:
            self._refuse(event, "document/marker")

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        self._node(event)
        if self._stack and self._stack[-1].wants_key:
            self._refuse(event, "document/complex-key")
        if len(self._stack) >= DEEPEST:
            self._refuse(event, "document/too-deep", limit=DEEPEST)
        self._stack.append(_Level(value, self._put(event, value)))

    def _close(self, _event: Any) -> None:
        self._stack.pop()

    def _scalar(self, event: Any) -> None:
        self._node(event)
        if "\0" in event.value:
            self._refuse(event, "document/character", character="U+0000")
        if not event.style and is_ambiguous(event.value):
            self._refuse(event, "document/ambiguous", value=shortened(event.value))
        if self._stack and self._stack[-1].wants_key:
            self._key(event)
            return
        value = event.value if event.style else plain(event.value)
        location = self._put(event, value)
        if not isinstance(value, str):
            self._written[location] = event.value

    def _key(self, event: Any) -> None:
        top = self._stack[-1]
        key = event.value
        if event.style in ("|", ">") or not key or key == "<<":
            self._refuse(event, "document/bad-key", key=shortened(key))
        if not event.style and not isinstance(plain(key), str):
            self._refuse(event, "document/ambiguous-key", key=shortened(key))
        if key in top.value:
            self._refuse(event, "document/duplicate-key", key=shortened(key))
        top.key = key

    def _put(self, event: Any, value: Any) -> Location:
        if not self._stack:
            self._root = value
            self._marks[()] = _spot(event)
            return ()
        top = self._stack[-1]
        location = top.below()
        self._marks[location] = _spot(event)
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[str(top.key)] = value
            top.key = None
        return location

    def _node(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(event, "document/too-many", limit=MOST_NODES)
        if event.anchor or event.tag:
            self._refuse(event, "document/anchor-or-tag")

    def _refuse(self, event: Any, code: str, **facts: Fact) -> NoReturn:
        top = self._stack[-1] if self._stack else _Level({}, ())
        location = top.location if top.wants_key else top.below()
        raise Misuse.of(code, Place(self._path, *_spot(event), dotted(location)), **facts)

    def _syntax(self, error: yaml.YAMLError) -> NoReturn:
        mark = getattr(error, "problem_mark", None)
        place = Place(self._path, mark.line + 1, mark.column + 1) if mark else Place(self._path)
        why = str(getattr(error, "problem", None) or "it can't be read")
        raise Misuse.of("document/syntax", place, why=why) from None


def _spot(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
