"""A strict subset of YAML: what two parsers could read differently is refused, with the way to write it.

Profile: UTF-8 without BOM, LF, at most 1 MiB, depth 32, 50,000 nodes, one document that is a mapping. No anchors,
aliases, tags, merge keys, duplicate keys, directives, document markers, block or complex keys, control or bidi characters.
Reads the events of libyaml, never builds objects.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml
from yaml import events
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from tiangong.errors import Fact, Misuse, Place

LARGEST = 1 << 20
DEEPEST = 32
MOST_NODES = 50_000

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}\Z")
# What YAML 1.1 reads as a number, a time or a truth value, and we don't (or the other way round).
NUMBER_LIKE = re.compile(
    r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?"
    r"|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"
)
DATE_LIKE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z")
TRUTH_LIKE = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Plain data, and where each part of it stands."""

    data: dict[str, Any]
    path: str
    marks: Mapping[Location, tuple[int, int]]
    """location → 1-based line and column"""

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
    return words.removeprefix(".")


def load(raw: bytes, path: str) -> Parsed:
    """Read one document; Misuse with its place for everything outside the profile."""
    return _Reader(path).read(raw)


@dataclass(slots=True)
class _Level:
    """One open mapping or list; `key` is the mapping's key that waits for its value."""

    value: dict[str, Any] | list[Any]
    location: Location
    key: str | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None

    def below(self) -> Location:
        return (*self.location, self.key if self.key is not None else len(self.value))


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._stack: list[_Level] = []
        self._marks: dict[Location, tuple[int, int]] = {}
        self._root: Any = None
        self._nodes = 0
        self._documents = 0

    def read(self, raw: bytes) -> Parsed:
        self._check_bytes(raw)
        parser = CParser(raw)
        try:
            while parser.check_event():
                self._take(parser.get_event())
        except yaml.YAMLError as error:
            self._syntax(error)
        finally:
            parser.dispose()
        if not isinstance(self._root, dict):
            raise Misuse.of("document/not-a-mapping", Place(self._path))
        return Parsed(self._root, self._path, self._marks)

    def _check_bytes(self, raw: bytes) -> None:
        if len(raw) > LARGEST:
            raise Misuse.of("document/too-large", Place(self._path), size=len(raw), limit=LARGEST)
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise Misuse.of("document/not-utf8", Place(self._path, line)) from None
        if raw.startswith(b"\xef\xbb\xbf"):
            raise Misuse.of("document/byte-order-mark", Place(self._path, 1))
        if "\r\n" in text:
            raise Misuse.of("document/crlf", Place(self._path, 1))
        if found := FORBIDDEN.search(text):
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1
            raise Misuse.of("document/character", Place(self._path, line, column), character=f"U+{ord(found[0]):04X}")

    def _take(self, event: Any) -> None:
        match event:
            case events.ScalarEvent():
                self._scalar(event)
            case events.MappingStartEvent():
                self._open(event, {})
            case events.SequenceStartEvent():
                self._open(event, [])
            case events.MappingEndEvent() | events.SequenceEndEvent():
                self._stack.pop()
            case events.AliasEvent():
                self._refuse(event, "document/alias")
            case events.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1 or event.explicit or event.version or event.tags:
                    self._refuse(event, "document/marker")
            case events.DocumentEndEvent():
                if event.explicit:
                    self._refuse(event, "document/marker")
            case _:
                pass

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        self._node(event)
        if self._stack and self._stack[-1].wants_key:
            self._refuse(event, "document/complex-key")
        if len(self._stack) >= DEEPEST:
            self._refuse(event, "document/too-deep", limit=DEEPEST)
        location = self._put(event, value)
        self._stack.append(_Level(value, location))

    def _scalar(self, event: Any) -> None:
        self._node(event)
        if self._stack and self._stack[-1].wants_key:
            self._key(event)
        else:
            self._put(event, event.value if event.style else self._plain(event))

    def _key(self, event: Any) -> None:
        top = self._stack[-1]
        key = event.value
        if event.style in ("|", ">") or not key or key == "<<":
            self._refuse(event, "document/bad-key", key=key)
        if key in top.value:
            self._refuse(event, "document/duplicate-key", key=key)
        top.key = key
        self._marks[(*top.location, key)] = _spot(event)

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

    def _plain(self, event: Any) -> Any:
        value: str = event.value
        if value in ("true", "false"):
            return value == "true"
        if value in ("null", "~", ""):
            return None
        if INTEGER.match(value):
            return int(value)
        if DECIMAL.match(value):
            return float(value)
        if value.lower() in TRUTH_LIKE or NUMBER_LIKE.match(value) or DATE_LIKE.match(value):
            self._refuse(event, "document/ambiguous", value=value)
        return value

    def _node(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(event, "document/too-many", limit=MOST_NODES)
        if event.anchor or event.tag:
            self._refuse(event, "document/anchor-or-tag")

    def _refuse(self, event: Any, code: str, **facts: Fact) -> NoReturn:
        line, column = _spot(event)
        raise Misuse.of(code, Place(self._path, line, column), **facts)

    def _syntax(self, error: yaml.YAMLError) -> NoReturn:
        mark = getattr(error, "problem_mark", None)
        place = Place(self._path, mark.line + 1, mark.column + 1) if mark else Place(self._path)
        raise Misuse.of(
            "document/syntax", place, why=str(getattr(error, "problem", None) or "it can't be read")
        ) from None


def _spot(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
